<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_GB">
<context>
<name>About</name>
<message numerus="yes"><source>%n note(s)</source><translation>
<numerusform>%n 条提示</numerusform>
</translation></message>
<message><source>Checking…</source><translation>正在检查…</translation></message>
<message><source>Copy report</source><translation>复制报告</translation></message>
<message><source>Copy the report as text</source><translation>将报告复制为文本</translation></message>
<message><source>Everything is fine</source><translation>一切正常</translation></message>
<message><source>Licences</source><translation>许可证</translation></message>
<message><source>Show the licences of the program and its parts</source><translation>显示本程序及其组成部分的许可证</translation></message>
<message><source>fine</source><translation>正常</translation></message>
<message><source>worth a look</source><translation>值得留意</translation></message>
<message><source>wrong</source><translation>有问题</translation></message>
</context>
<context>
<name>Action</name>
<message><source>About this computer</source><translation>关于此电脑</translation></message>
<message><source>Actual size</source><translation>实际大小</translation></message>
<message><source>Add a copy with the next seeds</source><translation>用后续种子添加副本</translation></message>
<message><source>Add a folder of models…</source><translation>添加模型文件夹…</translation></message>
<message><source>Add a picture whose lines, depth or pose the next pictures follow</source><translation>添加一张图片，后续图片将遵循它的线条、深度或姿势</translation></message>
<message><source>Add a tag</source><translation>添加标签</translation></message>
<message><source>Add folder…</source><translation>添加文件夹…</translation></message>
<message><source>Add model files…</source><translation>添加模型文件…</translation></message>
<message><source>Add noise</source><translation>添加噪声</translation></message>
<message><source>Add noise to the picture</source><translation>为图片添加噪声</translation></message>
<message><source>Add noise to the picture, or recover its noise</source><translation>给图片添加噪声，或还原它的噪声</translation></message>
<message><source>Add picture files</source><translation>添加图片文件</translation></message>
<message><source>Add to a collection</source><translation>添加到合集</translation></message>
<message><source>Add to the queue</source><translation>添加到队列</translation></message>
<message><source>Add…</source><translation>添加…</translation></message>
<message><source>Another seed</source><translation>换一个种子</translation></message>
<message><source>Axes</source><translation>轴</translation></message>
<message><source>Back to the model's defaults</source><translation>恢复模型默认值</translation></message>
<message><source>Branch from here</source><translation>从此处分支</translation></message>
<message><source>Bring back the prompt before this one</source><translation>恢复上一条提示词</translation></message>
<message><source>Canvas colour…</source><translation>画布颜色…</translation></message>
<message><source>Change…</source><translation>更改…</translation></message>
<message><source>Choose files…</source><translation>选择文件…</translation></message>
<message><source>Choose the colour behind transparent pictures</source><translation>选择透明图片背后的颜色</translation></message>
<message><source>Choose the two settings of the grid</source><translation>选择网格的两项设置</translation></message>
<message><source>Clear</source><translation>清空</translation></message>
<message><source>Clear the queue</source><translation>清空队列</translation></message>
<message><source>Code that generates the same pictures with this program</source><translation>用本程序生成相同图片的代码</translation></message>
<message><source>Collection…</source><translation>合集…</translation></message>
<message><source>Compare</source><translation>对比</translation></message>
<message><source>Compare picture files</source><translation>对比图片文件</translation></message>
<message><source>Compare picture files…</source><translation>对比图片文件…</translation></message>
<message><source>Compare pictures side by side</source><translation>并排对比图片</translation></message>
<message><source>Compare schedulers with the same seed</source><translation>用同一种子对比调度器</translation></message>
<message><source>Compare schedulers…</source><translation>对比调度器…</translation></message>
<message><source>Compare something else</source><translation>对比其他图片</translation></message>
<message><source>Compare the systems of the literature</source><translation>对比文献中的各种方法</translation></message>
<message><source>Compare this step with the last one</source><translation>将这一步与最后一步对比</translation></message>
<message><source>Compare with final</source><translation>与最终图对比</translation></message>
<message><source>Continue with changes</source><translation>应用更改并继续</translation></message>
<message><source>Copy</source><translation>复制</translation></message>
<message><source>Copy credit</source><translation>复制署名</translation></message>
<message><source>Copy path</source><translation>复制路径</translation></message>
<message><source>Copy the credit for the training drawings</source><translation>复制训练画作的署名</translation></message>
<message><source>Copy the path of the picture's file</source><translation>复制图片文件的路径</translation></message>
<message><source>Copy the picture for other programs</source><translation>复制图片，供其他程序使用</translation></message>
<message><source>Copy this step as shown</source><translation>按当前显示复制这一步</translation></message>
<message><source>Create</source><translation>创作</translation></message>
<message><source>Dark theme</source><translation>深色主题</translation></message>
<message><source>Delete</source><translation>删除</translation></message>
<message><source>Delete and show the next picture; Ctrl+Z brings it back</source><translation>删除并显示下一张图片；按 Ctrl+Z 可恢复</translation></message>
<message><source>Delete; Ctrl+Z brings it back</source><translation>删除；按 Ctrl+Z 可恢复</translation></message>
<message><source>Desktop theme</source><translation>跟随系统主题</translation></message>
<message><source>Detail…</source><translation>细节…</translation></message>
<message><source>Does it reproduce?</source><translation>能否复现？</translation></message>
<message><source>Download a model with all its parts, or resume a download</source><translation>下载模型及其所有部件，或继续下载</translation></message>
<message><source>Draw on it</source><translation>在上面绘制</translation></message>
<message><source>Draw on the picture, which each stroke generates again</source><translation>在图片上绘制，每一笔都会重新生成图片</translation></message>
<message><source>Draw, and the picture follows each stroke</source><translation>绘制，图片随每一笔更新</translation></message>
<message><source>Duplicate</source><translation>复制一份</translation></message>
<message><source>Earlier prompt</source><translation>上一条提示词</translation></message>
<message><source>Edit</source><translation>编辑</translation></message>
<message><source>Edit a folder…</source><translation>编辑文件夹…</translation></message>
<message><source>Edit all pictures of a folder from one prompt, or upscale them</source><translation>用一个提示词编辑文件夹中的所有图片，或放大它们</translation></message>
<message><source>Edit its settings; Generate puts it back</source><translation>编辑其设置；点“生成”放回队列</translation></message>
<message><source>Edit picture</source><translation>编辑图片</translation></message>
<message><source>Effect of each word</source><translation>每个词的影响</translation></message>
<message><source>Enlarge and refine…</source><translation>放大并精修…</translation></message>
<message><source>Examples</source><translation>示例</translation></message>
<message><source>Explore pictures near this one</source><translation>探索与这张相近的图片</translation></message>
<message><source>Export set…</source><translation>导出套图…</translation></message>
<message><source>Export the animation…</source><translation>导出动画…</translation></message>
<message><source>Export…</source><translation>导出…</translation></message>
<message><source>Extend</source><translation>扩图</translation></message>
<message><source>Extend the picture in a larger frame</source><translation>在更大的画框中扩展图片</translation></message>
<message><source>Family</source><translation>谱系</translation></message>
<message><source>Family tree</source><translation>方法谱系</translation></message>
<message><source>Fast</source><translation>快速</translation></message>
<message><source>Favourite</source><translation>收藏</translation></message>
<message><source>Find any action by name</source><translation>按名称查找任意操作</translation></message>
<message><source>Find similar</source><translation>查找相似图片</translation></message>
<message><source>First step</source><translation>第一步</translation></message>
<message><source>Fit</source><translation>适应</translation></message>
<message><source>Fit the picture in the window</source><translation>使图片适应窗口</translation></message>
<message><source>Fit the pictures in their places</source><translation>使各图片适应各自位置</translation></message>
<message><source>Fix</source><translation>修复</translation></message>
<message><source>Follow a picture…</source><translation>遵循一张图片…</translation></message>
<message><source>Free memory</source><translation>释放内存</translation></message>
<message><source>Gallery</source><translation>图库</translation></message>
<message><source>Generate</source><translation>生成</translation></message>
<message><source>Generate it again from its file and compare</source><translation>根据文件重新生成并对比</translation></message>
<message><source>Generate what a word describes again at full size, such as a face</source><translation>以完整尺寸重新生成某个词所描述的部分，例如脸</translation></message>
<message><source>Get a model…</source><translation>获取模型…</translation></message>
<message><source>Give back all memory of the models, also on the GPU</source><translation>归还模型占用的全部内存，包括 GPU 上的</translation></message>
<message><source>Go to</source><translation>前往</translation></message>
<message><source>Grid over two settings…</source><translation>两项设置的网格…</translation></message>
<message><source>Here</source><translation>此处</translation></message>
<message><source>Hide or show the side panels; Tab works after a click on the canvas</source><translation>隐藏或显示侧边面板；点击画布后也可按 Tab</translation></message>
<message><source>Keep</source><translation>保留</translation></message>
<message><source>Keep as picture</source><translation>保存为图片</translation></message>
<message><source>Keep or delete pictures one by one: the selected ones, or all that are listed</source><translation>逐张保留或删除图片：所选的图片，或列出的全部图片</translation></message>
<message><source>Keep the selected while others are made again</source><translation>重新生成其他图片时保留所选图片</translation></message>
<message><source>Keyboard shortcuts</source><translation>键盘快捷键</translation></message>
<message><source>Larger brush</source><translation>增大画笔</translation></message>
<message><source>Larger pictures</source><translation>放大缩略图</translation></message>
<message><source>Learn</source><translation>学习</translation></message>
<message><source>Leave the branch</source><translation>退出分支</translation></message>
<message><source>Leave the branch; pictures start from noise again</source><translation>退出分支；图片重新从噪声开始</translation></message>
<message><source>Light theme</source><translation>浅色主题</translation></message>
<message><source>Live</source><translation>实时</translation></message>
<message><source>Lock</source><translation>锁定</translation></message>
<message><source>Make a set of pictures in one style from a list</source><translation>根据列表制作同一风格的套图</translation></message>
<message><source>Make all waiting pictures on the cluster of the settings</source><translation>在设置中的集群上生成所有等待中的图片</translation></message>
<message><source>Make similar pictures</source><translation>生成相似的图片</translation></message>
<message><source>Make the picture</source><translation>生成图片</translation></message>
<message><source>Make the remaining steps</source><translation>完成剩余步骤</translation></message>
<message><source>Make the remaining steps with {changes}</source><translation>以 {changes} 完成剩余步骤</translation></message>
<message><source>Make the selected again, or all that are not locked</source><translation>重新生成所选图片，或所有未锁定的图片</translation></message>
<message><source>Mark as a favourite and show the next picture</source><translation>收藏并显示下一张图片</translation></message>
<message><source>Mark the focused picture, or that in the centre, as a favourite</source><translation>收藏当前聚焦的图片或中心图片</translation></message>
<message><source>Mark the picture shown as a favourite</source><translation>收藏当前显示的图片</translation></message>
<message><source>Mask</source><translation>蒙版</translation></message>
<message><source>Models</source><translation>模型</translation></message>
<message><source>Move the keyboard focus to the picture, the list, the top bar and back</source><translation>将键盘焦点依次移到图片、列表、顶栏</translation></message>
<message><source>New set</source><translation>新建套图</translation></message>
<message><source>Newest step</source><translation>最新一步</translation></message>
<message><source>Next</source><translation>下一张</translation></message>
<message><source>Next part of the page</source><translation>页面的下一部分</translation></message>
<message><source>Next step</source><translation>下一步</translation></message>
<message><source>Next view</source><translation>下一种视图</translation></message>
<message><source>Noise</source><translation>噪声</translation></message>
<message><source>One file with the pictures and their settings, without links</source><translation>包含图片及其设置的单个文件，不含链接</translation></message>
<message><source>Open as set</source><translation>作为套图打开</translation></message>
<message><source>Open folder</source><translation>打开文件夹</translation></message>
<message><source>Open its folder</source><translation>打开所在文件夹</translation></message>
<message><source>Open or close the queue</source><translation>打开或关闭队列</translation></message>
<message><source>Open or close the stack</source><translation>展开或折叠堆叠</translation></message>
<message><source>Paint the part to regenerate</source><translation>涂抹要重新生成的部分</translation></message>
<message><source>Paste a picture</source><translation>粘贴图片</translation></message>
<message><source>Pause</source><translation>暂停</translation></message>
<message><source>Pause or resume</source><translation>暂停或继续</translation></message>
<message><source>Pause or resume the queue</source><translation>暂停或继续队列</translation></message>
<message><source>Pause or resume this one</source><translation>暂停或继续此项</translation></message>
<message><source>Pictures between two seeds or prompts</source><translation>两个种子或提示词之间的图片</translation></message>
<message><source>Play the steps</source><translation>播放各步</translation></message>
<message><source>Present the steps</source><translation>演示各步</translation></message>
<message><source>Preset</source><translation>预设</translation></message>
<message><source>Presets…</source><translation>预设…</translation></message>
<message><source>Previous part of the page</source><translation>页面的上一部分</translation></message>
<message><source>Previous step</source><translation>上一步</translation></message>
<message><source>Previous view</source><translation>上一种视图</translation></message>
<message><source>Queue</source><translation>队列</translation></message>
<message><source>Quit</source><translation>退出</translation></message>
<message><source>Recover noise</source><translation>还原噪声</translation></message>
<message><source>Recover the noise that leads to this picture, for other words in the same layout</source><translation>还原得到这张图片的噪声，以便在同样的构图中换用其他文字</translation></message>
<message><source>Redo</source><translation>重做</translation></message>
<message><source>Reject</source><translation>淘汰</translation></message>
<message><source>Remove</source><translation>移除</translation></message>
<message><source>Remove all waiting pictures; Undo brings them back</source><translation>移除所有等待中的图片；可撤销恢复</translation></message>
<message><source>Remove from favourites</source><translation>取消收藏</translation></message>
<message><source>Remove it from the queue</source><translation>从队列中移除</translation></message>
<message><source>Remove the selected from the set</source><translation>将所选图片移出套图</translation></message>
<message><source>Repeat</source><translation>重复</translation></message>
<message><source>Repeat what was undone</source><translation>重做已撤销的操作</translation></message>
<message><source>Repeat with the next seeds until stopped</source><translation>用后续种子重复，直到停止</translation></message>
<message><source>Resume</source><translation>继续</translation></message>
<message><source>Reverse the order</source><translation>颠倒顺序</translation></message>
<message><source>Review</source><translation>挑选</translation></message>
<message><source>Run the queue on a cluster</source><translation>在集群上运行队列</translation></message>
<message><source>Save</source><translation>保存</translation></message>
<message><source>Save animation…</source><translation>保存动画…</translation></message>
<message><source>Save as WebP, GIF or MP4</source><translation>保存为 WebP、GIF 或 MP4</translation></message>
<message><source>Save as picture</source><translation>保存为图片</translation></message>
<message><source>Save larger, as SVG or as icons</source><translation>放大保存，或存为 SVG、图标</translation></message>
<message><source>Save the comparison as a notebook</source><translation>将对比保存为笔记本</translation></message>
<message><source>Save the comparison as a web page</source><translation>将对比保存为网页</translation></message>
<message><source>Save the comparison as one labelled picture</source><translation>将对比保存为一张带标注的图片</translation></message>
<message><source>Save the picture as it is now</source><translation>按当前状态保存图片</translation></message>
<message><source>Save the prediction of this step in the gallery</source><translation>将这一步的预测图保存到图库</translation></message>
<message><source>Save the settings under a name, or use saved ones</source><translation>命名保存当前设置，或使用已保存的设置</translation></message>
<message><source>Save the sheet as one labelled picture</source><translation>将图表保存为一张带标注的图片</translation></message>
<message><source>Save the steps as an animation</source><translation>将各步保存为动画</translation></message>
<message><source>Search actions</source><translation>搜索操作</translation></message>
<message><source>Search field</source><translation>搜索框</translation></message>
<message><source>Set</source><translation>套图</translation></message>
<message><source>Setting</source><translation>设置</translation></message>
<message><source>Settings</source><translation>设置</translation></message>
<message><source>Show all pictures of this stack, or only the newest</source><translation>显示此堆叠的全部图片，或仅显示最新一张</translation></message>
<message><source>Show eight others at this distance</source><translation>显示此距离上的另外八张</translation></message>
<message><source>Show example prompts</source><translation>显示示例提示词</translation></message>
<message><source>Show file settings</source><translation>查看文件中的设置</translation></message>
<message><source>Show its branches and its parents</source><translation>显示其分支与来源</translation></message>
<message><source>Show near-identical pictures that follow each other as one</source><translation>将相邻的近似图片显示为一张</translation></message>
<message><source>Show pictures like this one, by their prompts and their looks</source><translation>按提示词和外观显示与这张相似的图片</translation></message>
<message><source>Show the formula of this step, its noise levels and its code</source><translation>显示这一步的公式、噪声级和代码</translation></message>
<message><source>Show the grid</source><translation>显示网格</translation></message>
<message><source>Show the next picture</source><translation>显示下一张图片</translation></message>
<message><source>Show the noisy and the predicted picture in full screen</source><translation>全屏显示带噪图像和预测图像</translation></message>
<message><source>Show the pictures of a folder without copying them</source><translation>显示文件夹中的图片，不进行复制</translation></message>
<message><source>Show this set in the gallery</source><translation>在图库中显示此套图</translation></message>
<message><source>Show which of its settings are used, ignored or unknown</source><translation>查看其中哪些设置被使用、忽略或无法识别</translation></message>
<message><source>Shuffle</source><translation>换一批</translation></message>
<message><source>Side panels</source><translation>侧边面板</translation></message>
<message><source>Sketch</source><translation>草图</translation></message>
<message><source>Smaller brush</source><translation>减小画笔</translation></message>
<message><source>Smaller pictures</source><translation>缩小缩略图</translation></message>
<message><source>Stacks</source><translation>堆叠</translation></message>
<message><source>Start from a picture…</source><translation>从图片开始…</translation></message>
<message><source>Start from the picture on the clipboard</source><translation>从剪贴板中的图片开始</translation></message>
<message><source>Start from the picture, repaint a part or a detail of it, or extend it</source><translation>从图片开始、重绘其局部或细节，或扩展图片</translation></message>
<message><source>Start from this</source><translation>从此图开始</translation></message>
<message><source>Start the next pictures from this one</source><translation>以这张图片为起点生成后续图片</translation></message>
<message><source>Start the next pictures from this step</source><translation>从这一步开始生成后续图片</translation></message>
<message><source>Start with an empty sheet; this set stays in the gallery</source><translation>从空白开始；这组套图保留在图库中</translation></message>
<message><source>Steps</source><translation>步骤</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Stop all running jobs</source><translation>停止所有运行中的任务</translation></message>
<message><source>Stop playing</source><translation>停止播放</translation></message>
<message><source>Stop what is running after this step</source><translation>在这一步之后停止运行</translation></message>
<message><source>Swap</source><translation>交换</translation></message>
<message><source>Tag</source><translation>标签</translation></message>
<message><source>Teach a model from your own pictures</source><translation>用自己的图片训练模型</translation></message>
<message><source>This step, in numbers</source><translation>这一步的数值</translation></message>
<message><source>Toggle full screen</source><translation>切换全屏</translation></message>
<message><source>Train</source><translation>训练</translation></message>
<message><source>Try again</source><translation>重试</translation></message>
<message><source>Try again with settings that work</source><translation>用可行的设置重试</translation></message>
<message><source>Undo</source><translation>撤销</translation></message>
<message><source>Undo the last action</source><translation>撤销上一个操作</translation></message>
<message><source>Update the picture as you change the prompt and sliders</source><translation>随提示词和滑块的变化更新图片</translation></message>
<message><source>Upscale the picture, and let the model refine it in tiles</source><translation>放大图片，并由模型分块精修</translation></message>
<message><source>Use</source><translation>使用</translation></message>
<message><source>Use a faster version of this model with few steps</source><translation>使用此模型步数很少的快速版本</translation></message>
<message><source>Use all settings of this picture</source><translation>使用这张图片的全部设置</translation></message>
<message><source>Use model files where they are, without copying them</source><translation>在原位置使用模型文件，不复制</translation></message>
<message><source>Use settings</source><translation>使用设置</translation></message>
<message><source>Use the models of another program without copying them</source><translation>直接使用其他程序的模型，不复制</translation></message>
<message><source>Use the settings of the picture shown</source><translation>使用当前图片的设置</translation></message>
<message><source>Vary</source><translation>变体</translation></message>
<message><source>Vary the picture</source><translation>生成图片变体</translation></message>
<message><source>Watch samplers on points in the plane</source><translation>观察采样器如何移动平面上的点</translation></message>
<message><source>Write a folder with its icons for an app or a website</source><translation>写出一个供应用或网站使用的图标文件夹</translation></message>
<message><source>Write something else for the selected in the list</source><translation>在列表中为所选图片写上别的内容</translation></message>
<message><source>adetailer segment face hands fix restore refine inpaint</source><translation>脸部 手部 修复 细节 adetailer segment face hands fix restore refine inpaint</translation></message>
<message><source>again repeat</source><translation>恢复 重复</translation></message>
<message><source>album folder group set</source><translation>相册 文件夹 分组 收藏夹 album folder group set</translation></message>
<message><source>animate preview animation timelapse stop</source><translation>动画 预览 延时 停止 animate preview animation timelapse stop</translation></message>
<message><source>at once parallel vram memory together</source><translation>同时 并行 显存 内存 一起 at once parallel vram memory together</translation></message>
<message><source>attention maps cross-attention heatmap daam tokens words</source><translation>注意力 热力图 词元 词语 attention maps cross-attention heatmap daam tokens words</translation></message>
<message><source>background ground checkerboard transparency dark light</source><translation>背景 棋盘格 透明 深色 浅色 background ground checkerboard transparency dark light</translation></message>
<message><source>batch count batch size images amount how many number</source><translation>张数 数量 批次 总批次数 图片 batch count batch size images amount how many number</translation></message>
<message><source>batch directory process inpaint upscale many</source><translation>batch 批量 目录 inpaint upscale</translation></message>
<message><source>browser images outputs history</source><translation>浏览 图片 输出 历史 browser images outputs history</translation></message>
<message><source>cancel abort interrupt</source><translation>取消 中止 中断 cancel abort interrupt</translation></message>
<message><source>cancel all empty</source><translation>取消 全部 清空 cancel all empty</translation></message>
<message><source>cfg rescale</source><translation>CFG重缩放 cfg rescale</translation></message>
<message><source>cfg scale classifier free guidance scale strictness adherence</source><translation>提示词引导系数 CFG 强度 贴合度 cfg scale classifier free guidance scale strictness adherence</translation></message>
<message><source>checkpoint ckpt weights safetensors unet</source><translation>检查点 大模型 底模 权重 checkpoint ckpt weights safetensors unet</translation></message>
<message><source>checkpoints ckpt lora weights safetensors load install</source><translation>检查点 大模型 底模 权重 加载 安装 checkpoints ckpt lora weights safetensors load install</translation></message>
<message><source>clear empty</source><translation>清空 空白</translation></message>
<message><source>clip stop at last layers</source><translation>CLIP终止层数 最后几层 clip stop at last layers</translation></message>
<message><source>clipboard</source><translation>剪贴板 clipboard</translation></message>
<message><source>clipboard file name location folder</source><translation>剪贴板 文件 名称 位置 文件夹 clipboard file name location folder</translation></message>
<message><source>command palette commands</source><translation>命令面板 命令 command palette commands</translation></message>
<message><source>controlnet control net t2i adapter canny depth pose scribble reference ip-adapter lines image prompt style</source><translation>controlnet t2i adapter scribble 控制网络 canny 深度 depth 姿势 pose 参考 ip-adapter 线条 图像提示词 风格</translation></message>
<message><source>creativity variety diversity</source><translation>创意 多样性 变化 creativity variety diversity</translation></message>
<message><source>cull culling sort rate pick reject slideshow</source><translation>挑选 筛选 整理 评分 选片 淘汰 幻灯片 cull culling sort rate pick reject slideshow</translation></message>
<message><source>day mode appearance</source><translation>白天 日间 亮色 模式 外观 day mode appearance</translation></message>
<message><source>doctor system info diagnostics health version report gpu memory</source><translation>诊断 系统信息 健康 版本 报告 显卡 内存 doctor system info diagnostics health version report gpu memory</translation></message>
<message><source>download hugging face hub url internet flux sdxl install</source><translation>下载 hugging face hub url 互联网 flux sdxl 安装</translation></message>
<message><source>exclude avoid unwanted without uncond</source><translation>反向提示词 排除 避免 不要 exclude avoid unwanted without uncond</translation></message>
<message><source>exit close</source><translation>关闭 退出 exit close</translation></message>
<message><source>export</source><translation>导出 export</translation></message>
<message><source>export html take home</source><translation>导出 网页 带走 export html take home</translation></message>
<message><source>export ipynb jupyter python take home</source><translation>导出 笔记本 Jupyter Python 带走 export ipynb jupyter python take home</translation></message>
<message><source>film gif mp4 video webp movie</source><translation>视频 影片 动图 film gif mp4 video webp movie</translation></message>
<message><source>find filter</source><translation>查找 筛选 find filter</translation></message>
<message><source>fixed noise number</source><translation>固定 噪声 随机数 数字 fixed noise number</translation></message>
<message><source>fork</source><translation>分叉 fork</translation></message>
<message><source>formula alpha sigma eta code python norms mathematics</source><translation>公式 阿尔法 西格玛 代码 范数 数学 formula alpha sigma eta code python norms mathematics</translation></message>
<message><source>fp16 fp32 bf16 half float dtype</source><translation>半精度 单精度 fp16 fp32 bf16 half float dtype</translation></message>
<message><source>fullscreen maximise maximize window</source><translation>全屏 最大化 窗口 fullscreen maximise maximize window</translation></message>
<message><source>gpu cuda cpu mps hardware</source><translation>显卡 处理器 硬件 gpu cuda cpu mps hardware</translation></message>
<message><source>group collapse expand unstack</source><translation>分组 堆叠 折叠 展开 取消堆叠 group collapse expand unstack</translation></message>
<message><source>group duplicates collapse expand series burst</source><translation>分组 堆叠 重复 折叠 展开 系列 连拍 group duplicates collapse expand series burst</translation></message>
<message><source>help hotkeys keys manual documentation</source><translation>帮助 热键 按键 手册 文档 help hotkeys keys manual documentation</translation></message>
<message><source>hires fix denoising strength</source><translation>高分辨率修复 重绘幅度 hires fix denoising strength</translation></message>
<message><source>hires fix upscale by</source><translation>高分辨率修复 放大倍数 hires fix upscale by</translation></message>
<message><source>history last previous recall</source><translation>历史 上次 之前 恢复</translation></message>
<message><source>ideas inspiration templates sample</source><translation>灵感 创意 模板 样例 ideas inspiration templates sample</translation></message>
<message><source>img2img clipboard image</source><translation>图生图 剪贴板 图片 img2img clipboard image</translation></message>
<message><source>img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</source><translation>图生图 初始图 垫图 加载 上传 局部重绘 蒙版 草图 img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</translation></message>
<message><source>img2img image to image i2i init send to</source><translation>图生图 初始图 垫图 发送到 img2img image to image i2i init send to</translation></message>
<message><source>import browse open images output directory path</source><translation>导入 浏览 打开 图片 输出 目录 路径 import browse open images output directory path</translation></message>
<message><source>import comfyui a1111 forge directory path checkpoints loras</source><translation>导入 comfyui a1111 forge 目录 路径 checkpoints loras</translation></message>
<message><source>import load install open checkpoints lora vae safetensors gguf</source><translation>导入 加载 安装 打开 checkpoints lora vae safetensors gguf</translation></message>
<message><source>inpaint inpainting brush edit part retouch</source><translation>局部重绘 画笔 局部编辑 修图 外绘 inpaint inpainting brush edit part retouch</translation></message>
<message><source>interpolate interpolation morph blend travel slerp</source><translation>插值 渐变 融合 变形 interpolate interpolation morph blend travel slerp</translation></message>
<message><source>interrupt cancel abort skip</source><translation>中断 取消 中止 跳过 interrupt cancel abort skip</translation></message>
<message><source>invert inversion ddim reverse</source><translation>反演 反推 逆向 invert inversion ddim reverse</translation></message>
<message><source>jobs list enqueue pending history</source><translation>任务 列表 排队 等待 历史 jobs list enqueue pending history</translation></message>
<message><source>lab plane toy points score course lesson</source><translation>实验 平面 点 分数 课程 lab plane toy points score course lesson</translation></message>
<message><source>label keyword</source><translation>标记 关键词 label keyword</translation></message>
<message><source>like this related duplicates alike meaning semantic</source><translation>相似 类似 相关 重复 含义 语义 like this related duplicates alike meaning semantic</translation></message>
<message><source>look preset artist lora</source><translation>画风 预设 艺术家 look preset artist lora</translation></message>
<message><source>lora finetune fine-tune dreambooth own style dataset</source><translation>LoRA 微调 训练 画风 风格 数据集 lora finetune fine-tune dreambooth own style dataset</translation></message>
<message><source>metadata png info pnginfo parameters exif workflow read</source><translation>元数据 图片信息 参数 工作流 读取 metadata png info pnginfo parameters exif workflow read</translation></message>
<message><source>night mode appearance</source><translation>夜间 暗色 模式 外观 night mode appearance</translation></message>
<message><source>noising forward diffuse denoise</source><translation>加噪 前向 扩散 去噪 noising forward diffuse denoise</translation></message>
<message><source>outpaint outpainting uncrop expand canvas</source><translation>外绘 扩图 扩展 画布 outpaint outpainting uncrop expand canvas</translation></message>
<message><source>paint painting canvas scribble doodle live realtime</source><translation>绘画 画布 涂鸦 实时 手绘</translation></message>
<message><source>pane panel switch cycle focus region</source><translation>窗格 面板 切换 焦点 区域</translation></message>
<message><source>parents children history tree lineage</source><translation>父级 子级 历史 树 血缘 parents children history tree lineage</translation></message>
<message><source>positive text description caption variants dynamic wildcards</source><translation>正向提示词 文本 描述 标题 变体 动态 通配符 positive text description caption variants dynamic wildcards</translation></message>
<message><source>preferences options configuration config</source><translation>首选项 选项 配置 preferences options configuration config</translation></message>
<message><source>presentation fullscreen slideshow lecture teach beamer projector</source><translation>演示 全屏 幻灯片 讲课 投影 presentation fullscreen slideshow lecture teach beamer projector</translation></message>
<message><source>prompts from file series icons batches</source><translation>批量提示词 系列 图标 批次 prompts from file series icons batches</translation></message>
<message><source>random randomize randomise dice roll reroll</source><translation>随机 骰子 重掷 random randomize randomise dice roll reroll</translation></message>
<message><source>ray nodes machines distribute remote</source><translation>集群 节点 机器 分布式 远程 ray nodes machines distribute remote</translation></message>
<message><source>realtime real time interactive auto</source><translation>即时 交互 自动 realtime real time interactive auto</translation></message>
<message><source>redraw regenerate retry again</source><translation>重画 重新生成 重试 再来</translation></message>
<message><source>refiner switch at</source><translation>精修 切换时机 refiner switch at</translation></message>
<message><source>reset clear restore settings</source><translation>重置 清除 还原 设置 reset clear restore settings</translation></message>
<message><source>resume continue hold</source><translation>继续 恢复 保持 resume continue hold</translation></message>
<message><source>run create draw render invoke imagine txt2img text2image go</source><translation>运行 创建 绘制 渲染 文生图 run create draw render invoke imagine txt2img text2image go</translation></message>
<message><source>sampler sampling method solver ksampler</source><translation>采样器 采样方法 求解器 sampler sampling method solver ksampler</translation></message>
<message><source>samplers</source><translation>采样器 samplers</translation></message>
<message><source>sampling steps iterations quality</source><translation>采样步数 迭代步数 质量 sampling steps iterations quality</translation></message>
<message><source>save image intermediate</source><translation>保存图片 中间结果 save image intermediate</translation></message>
<message><source>save svg png ico icns sprite assets developer palette colours</source><translation>保存 svg png ico icns 精灵图 资源 开发者 调色板 颜色</translation></message>
<message><source>schedule type scheduler sigmas timesteps noise schedule karras</source><translation>调度类型 时间步 噪声调度 schedule type scheduler sigmas timesteps noise schedule karras</translation></message>
<message><source>send to txt2img recall remix load parameters workflow</source><translation>发送到文生图 调用 加载 参数 工作流 send to txt2img recall remix load parameters workflow</translation></message>
<message><source>side by side difference ab</source><translation>并排 差异 比较 side by side difference ab</translation></message>
<message><source>sketch paint over overpaint canvas</source><translation>草图 覆盖 绘画 画布</translation></message>
<message><source>star like heart bookmark</source><translation>星标 喜欢 红心 书签 star like heart bookmark</translation></message>
<message><source>strength denoise denoising strength</source><translation>重绘幅度 去噪强度 strength denoise denoising strength</translation></message>
<message><source>styles template favourite settings store load save profile</source><translation>样式 模板 收藏 设置 存储 加载 保存 配置 styles template favourite settings store load save profile</translation></message>
<message><source>swap replace rename edit</source><translation>替换 更换 重命名 编辑</translation></message>
<message><source>system auto appearance</source><translation>系统 自动 外观 system auto appearance</translation></message>
<message><source>take back revert restore</source><translation>还原 恢复 回退 take back revert restore</translation></message>
<message><source>tiled diffusion multidiffusion tiles large upscale 4k</source><translation>tiled diffusion multidiffusion 分块 大图 放大 4k</translation></message>
<message><source>toggle sidebar focus mode zen distraction</source><translation>切换 侧栏 专注模式 toggle sidebar focus mode zen distraction</translation></message>
<message><source>trash bin remove discard</source><translation>回收站 移除 丢弃 trash bin remove discard</translation></message>
<message><source>trash delete</source><translation>回收站 删除 trash delete</translation></message>
<message><source>turbo lightning lcm distilled speed</source><translation>加速 蒸馏 速度 turbo lightning lcm distilled speed</translation></message>
<message><source>unload models vram gpu ram release engine restart</source><translation>卸载 模型 显存 gpu 内存 释放 引擎 重启</translation></message>
<message><source>unlock pin freeze</source><translation>解锁 固定 冻结</translation></message>
<message><source>upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</source><translation>放大 高清 缩放 下载 保存 超分辨率 透明 upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</translation></message>
<message><source>upscale super resolution large 4k tiled diffusion multidiffusion ultimate</source><translation>放大 超分辨率 大图 4k tiled diffusion multidiffusion ultimate 分块</translation></message>
<message><source>variations variation subseed explore similar</source><translation>变体 变异 探索 相似 variations variation subseed explore similar</translation></message>
<message><source>verify same check again</source><translation>验证 相同 检查 再次 verify same check again</translation></message>
<message><source>width height resolution dimensions aspect ratio</source><translation>宽度 高度 分辨率 尺寸 宽高比 width height resolution dimensions aspect ratio</translation></message>
<message><source>xyz plot xy matrix x/y/z prompt matrix</source><translation>XYZ图表 矩阵 提示词矩阵 xyz plot xy matrix x/y/z prompt matrix</translation></message>
<message><source>zoom whole</source><translation>缩放 整体 zoom whole</translation></message>
</context>
<context>
<name>Application</name>
<message><source>Opening pictures from outside does not work</source><translation>无法从外部打开图片</translation></message>
</context>
<context>
<name>AxisEdit</name>
<message><source>None</source><translation>无</translation></message>
<message><source>Setting {direction}</source><translation>{direction}的设置</translation></message>
<message><source>Such as {example}</source><translation>例如 {example}</translation></message>
<message><source>The setting that the grid varies {direction}</source><translation>网格{direction}变化的设置</translation></message>
<message><source>Tick the values to compare</source><translation>勾选要对比的值</translation></message>
<message><source>Values {direction}</source><translation>{direction}的值</translation></message>
<message><source>{example}; the others replace the first, which is in the prompt</source><translation>{example}；提示词中的第一个值会依次替换为其余的值</translation></message>
</context>
<context>
<name>Backlog</name>
<message><source>{error} The run continues, but would be lost in a crash.</source><translation>{error} 生成仍在继续，但若程序崩溃，结果将会丢失。</translation></message>
</context>
<context>
<name>BoardCollection</name>
<message><source>in the gallery as “{name}”</source><translation>已在图库中，名为“{name}”</translation></message>
</context>
<context>
<name>BoardHeader</name>
<message><source>Back to the picture; jobs continue</source><translation>返回图片；任务继续运行</translation></message>
</context>
<context>
<name>BoardRunner</name>
<message><source>waits for the run</source><translation>等待当前生成结束</translation></message>
<message><source>waits until a picture can be saved</source><translation>等待图片可以保存</translation></message>
<message><source>waits while the run is paused</source><translation>生成已暂停，正在等待</translation></message>
<message><source>{finished} of {total}</source><translation>{finished} / {total}</translation></message>
</context>
<context>
<name>BoardView</name>
<message><source>Make the missing pictures on the cluster of the settings</source><translation>在设置中的集群上生成缺少的图片</translation></message>
<message><source>Run on a cluster</source><translation>在集群上运行</translation></message>
<message><source>Wait until the pictures are made, or stop making them.</source><translation>请等待图片生成完毕，或停止生成。</translation></message>
</context>
<context>
<name>Boards</name>
<message><source>Leave the set with {keys} first.</source><translation>请先用 {keys} 退出套图。</translation></message>
<message><source>Started from noise, without the branch</source><translation>已从噪声开始，未使用分支</translation></message>
<message><source>The picture may look different from its branch.</source><translation>图片可能与其分支不同。</translation></message>
<message><source>{model} is not installed</source><translation>未安装 {model}</translation></message>
<message><source>{model} is used instead.</source><translation>改用 {model}。</translation></message>
</context>
<context>
<name>BranchController</name>
<message><source>A branch shares this with its picture; press × below to leave the branch and change it</source><translation>分支与原图共用此设置；要更改，请按下方的 × 退出分支</translation></message>
<message><source>Branch from step {step} of {subject}</source><translation>从{subject}的第 {step} 步分支</translation></message>
<message><source>Change a setting for another one, or leave the branch with ×.</source><translation>更改一项设置可生成另一个，或用 × 离开分支。</translation></message>
<message><source>Changed</source><translation>更改</translation></message>
<message><source>Continue from step {step} with the settings above</source><translation>用上方的设置从第 {step} 步继续</translation></message>
<message><source>Continues step {step} of {subject}</source><translation>从{subject}的第 {step} 步继续</translation></message>
<message><source>Generate branch</source><translation>生成分支</translation></message>
<message><source>Nothing is changed yet</source><translation>尚未更改任何设置</translation></message>
<message numerus="yes"><source>Only %n step(s) left: the picture will hardly change</source><translation>
<numerusform>仅剩 %n 步：图片几乎不会改变</numerusform>
</translation></message>
<message><source>Put {model} into the models folder to branch from it.</source><translation>要从它分支，请将 {model} 放入模型文件夹。</translation></message>
<message><source>The branch would be the same picture. Change a setting, or leave the branch with ×.</source><translation>分支会得到相同的图片。请更改某项设置，或按 × 退出分支。</translation></message>
<message><source>The model of this picture is missing</source><translation>缺少这张图片所用的模型</translation></message>
<message><source>This branch is made already</source><translation>此分支已生成</translation></message>
<message><source>This branch is queued already</source><translation>此分支已在队列中</translation></message>
<message><source>a picture without a prompt</source><translation>无提示词的图片</translation></message>
</context>
<context>
<name>Canvas</name>
<message><source>Picture</source><translation>图片</translation></message>
<message><source>{width} by {height} pixels</source><translation>{width} × {height} 像素</translation></message>
</context>
<context>
<name>CanvasBar</name>
<message><source>Continue</source><translation>继续</translation></message>
<message><source>Fit</source><translation>适应</translation></message>
<message><source>Pause</source><translation>暂停</translation></message>
<message><source>Pause after this step</source><translation>在这一步之后暂停</translation></message>
<message><source>Show all views: noise, difference, both</source><translation>显示所有视图：噪声、差异、两者</translation></message>
<message><source>Show only the current view</source><translation>只显示当前视图</translation></message>
<message><source>Toolbar of the picture</source><translation>图片工具栏</translation></message>
<message><source>View mode</source><translation>视图模式</translation></message>
<message><source>Words</source><translation>词语</translation></message>
</context>
<context>
<name>CanvasColourButton</name>
<message><source>Custom colour…</source><translation>自定义颜色…</translation></message>
</context>
<context>
<name>CanvasPanel</name>
<message><source>Paused</source><translation>已暂停</translation></message>
<message><source>Picture area</source><translation>图片区域</translation></message>
<message><source>Step {number}</source><translation>第 {number} 步</translation></message>
<message><source>at step {number} of {steps}</source><translation>在第 {number} 步，共 {steps} 步</translation></message>
<message><source>of {steps}</source><translation>共 {steps} 步</translation></message>
<message><source>{milliseconds} ms a step</source><translation>每步 {milliseconds} ms</translation></message>
</context>
<context>
<name>Capabilities</name>
<message><source>All {count} have the hashes they were installed with.</source><translation>全部 {count} 个文件的哈希值均与安装时一致。</translation></message>
<message><source>Allowed. While a model that you chose is downloaded, a separate process connects to huggingface.co or to the address that you entered.</source><translation>已允许。下载您选择的模型时，一个单独的进程会连接到 huggingface.co 或您输入的地址。</translation></message>
<message><source>Downloads</source><translation>下载</translation></message>
<message><source>Files that differ from what was installed: {different}. Reinstall the program.</source><translation>与安装时不同的文件：{different} 个。请重新安装本程序。</translation></message>
<message><source>Model files</source><translation>模型文件</translation></message>
<message><source>Network</source><translation>网络</translation></message>
<message><source>None. The program runs its own code and that of its listed packages.</source><translation>无。本程序只运行自身及所列软件包的代码。</translation></message>
<message><source>Not used. The program opens no connection unless you add other computers, start its server or download a model.</source><translation>未使用。除非您添加其他计算机、启动服务器或下载模型，程序不会打开任何连接。</translation></message>
<message><source>Off. No model is downloaded.</source><translation>关闭。不下载任何模型。</translation></message>
<message><source>Plugins</source><translation>插件</translation></message>
<message><source>Program files</source><translation>程序文件</translation></message>
<message><source>Read as numbers and text. Code in a model file is never run.</source><translation>作为数值和文本读取。绝不运行模型文件中的代码。</translation></message>
<message><source>This is a source tree, which has no list of hashes.</source><translation>这是源代码目录，没有哈希值列表。</translation></message>
<message><source>Used by ssh or Ray for {hosts}, only while you generate there. No other connection is opened, except for downloads.</source><translation>仅在 {hosts} 上生成时由 ssh 或 Ray 使用。除下载外不打开其他连接。</translation></message>
</context>
<context>
<name>Catalogue</name>
<message><source>Better drafts than SD-Turbo in a few steps, for 8 GB of memory.</source><translation>几步即可得到比 SD-Turbo 更好的草图，适合 8 GB 内存。</translation></message>
<message><source>Commercial use depends on the terms of the licence; read them first.</source><translation>商业用途取决于许可证条款；请先阅读。</translation></message>
<message><source>Commercial use is allowed.</source><translation>允许商业用途。</translation></message>
<message><source>Commercial use is allowed; the licence forbids some uses, such as deceiving or harming people.</source><translation>允许商业用途；许可证禁止某些用途，例如欺骗或伤害他人。</translation></message>
<message><source>Commercial use is free up to a yearly revenue of 1 million US dollars, under the licence's terms.</source><translation>按照许可证条款，年收入 100 万美元以内可免费用于商业用途。</translation></message>
<message><source>Detailed images in 4 steps, from one file in fp8.</source><translation>4 步生成细节丰富的图像，单个 fp8 文件。</translation></message>
<message><source>Fast images in 4 steps, and editing with up to four reference images.</source><translation>4 步快速生成，并可用最多四张参考图像编辑。</translation></message>
<message><source>Large images with natural colours, in 8 steps and fp8.</source><translation>色彩自然的大图像，8 步，fp8。</translation></message>
<message><source>Larger images, with many LoRAs, ControlNets and fine-tuned models.</source><translation>更大的图像，有许多 LoRA、ControlNet 和微调模型。</translation></message>
<message><source>Long prompts and text in images, in fp8; the slowest here.</source><translation>长提示词和图像中的文字，fp8；此处最慢。</translation></message>
<message><source>Many styles, with a negative prompt and guidance; slow.</source><translation>多种风格，支持负面提示词和引导；较慢。</translation></message>
<message><source>Photographs and text in images, in 8 steps.</source><translation>照片和图像中的文字，8 步。</translation></message>
<message><source>Quick drafts at 512 × 512 in a few steps, also on a CPU.</source><translation>几步生成 512 × 512 的草图，也可用 CPU。</translation></message>
<message><source>Small, with the largest choice of LoRAs, ControlNets and fine-tuned models.</source><translation>小巧，LoRA、ControlNet 和微调模型最多。</translation></message>
<message><source>The smallest of the larger models, with a negative prompt and guidance.</source><translation>大型模型中最小的，支持负面提示词和引导。</translation></message>
</context>
<context>
<name>Cell</name>
<message><source>Use {picture}</source><translation>使用 {picture}</translation></message>
</context>
<context>
<name>ChangedSettings</name>
<message><source>Draw each picture with another seed again</source><translation>重新为每张图片使用不同的种子</translation></message>
<message><source>Sets and drafts use this faster version of the model, with few steps. Click to use the full model.</source><translation>图标集和草稿使用此模型的快速版本，步数较少。点击可改用完整模型。</translation></message>
<message><source>{setting}: back to the model's default</source><translation>{setting}：恢复模型的默认值</translation></message>
</context>
<context>
<name>Changes</name>
<message><source>Change the prompt or guidance</source><translation>请更改提示词或引导</translation></message>
<message><source>seed of later noise</source><translation>后续噪声的种子</translation></message>
</context>
<context>
<name>Collapsible</name>
<message><source>Hide: {section}</source><translation>隐藏：{section}</translation></message>
<message><source>Show: {section}</source><translation>显示：{section}</translation></message>
</context>
<context>
<name>Combo</name>
<message><source>All {count}…</source><translation>全部（{count}）…</translation></message>
</context>
<context>
<name>Commands</name>
<message><source>A set has no single picture. Leave the set first.</source><translation>套图没有单张图片。请先退出套图。</translation></message>
<message><source>Click a picture first.</source><translation>请先点击一张图片。</translation></message>
<message><source>Generate or choose a picture first.</source><translation>请先生成或选择一张图片。</translation></message>
<message><source>Only models with a ControlNet or with references follow pictures.</source><translation>只有带 ControlNet 或参考图的模型才能遵循图片。</translation></message>
<message><source>Select a picture first.</source><translation>请先选择一张图片。</translation></message>
<message><source>Settings reset to the model's defaults</source><translation>设置已恢复为模型默认值</translation></message>
<message><source>The selected model and pictures do not use it.</source><translation>所选模型和图片不使用它。</translation></message>
<message><source>The selected model cannot start from a picture.</source><translation>所选模型不能从图片开始。</translation></message>
<message><source>{keys} shows what can be done here.</source><translation>按 {keys} 查看此处可以执行的操作。</translation></message>
<message><source>“{action}” cannot be used now</source><translation>现在无法使用“{action}”</translation></message>
</context>
<context>
<name>CompareController</name>
<message><source>Comparison</source><translation>对比</translation></message>
<message><source>Comparison cleared</source><translation>已清空对比</translation></message>
<message><source>Comparison saved</source><translation>对比已保存</translation></message>
<message><source>Left out: {files}.</source><translation>未加入：{files}。</translation></message>
<message><source>Only the first {count} are shown.</source><translation>仅显示前 {count} 张。</translation></message>
<message><source>Pictures ({suffixes})</source><translation>图片 ({suffixes})</translation></message>
<message><source>Pictures to compare</source><translation>要对比的图片</translation></message>
<message><source>Some files cannot be read</source><translation>部分文件无法读取</translation></message>
<message><source>Too many pictures to compare</source><translation>要对比的图片过多</translation></message>
<message><source>Web page of the comparison</source><translation>对比的网页</translation></message>
<message><source>{file} is in your pictures folder.</source><translation>{file} 已存入图片文件夹。</translation></message>
<message><source>{picture} removed from the comparison</source><translation>已将 {picture} 移出对比</translation></message>
<message><source>{picture}: step {step}</source><translation>{picture}：第 {step} 步</translation></message>
</context>
<context>
<name>ComparePage</name>
<message><source>Add another picture to compare: drop it here, or press Add.</source><translation>再添加一张图片进行对比：拖放到此处，或点“添加”。</translation></message>
<message><source>All pictures beside each other</source><translation>所有图片并排显示</translation></message>
<message><source>Black where both are equal</source><translation>相同之处为黑色</translation></message>
<message><source>Difference</source><translation>差异</translation></message>
<message><source>Drop picture files here, or choose them below.</source><translation>将图片文件拖放到此处，或在下方选择。</translation></message>
<message><source>Flicker</source><translation>闪烁</translation></message>
<message><source>In the gallery, select two or more and press Compare.</source><translation>在图库中选择两张或更多，然后点“对比”。</translation></message>
<message><source>Mode of comparison</source><translation>对比方式</translation></message>
<message><source>Needs exactly two pictures</source><translation>需要正好两张图片</translation></message>
<message><source>On the strip of steps, right-click a step and compare it with the final picture.</source><translation>在步骤条上右键单击某一步，可与最终图对比。</translation></message>
<message><source>One after the other in one place; Space pauses, ← → switch</source><translation>在同一位置轮流显示；空格键暂停，← → 切换</translation></message>
<message><source>One over the other; drag the line, or use ← →</source><translation>叠放显示；拖动分界线，或用 ← →</translation></message>
<message><source>Side by side</source><translation>并排</translation></message>
<message><source>Slider</source><translation>滑块</translation></message>
<message><source>{percent} %</source><translation>{percent} %</translation></message>
</context>
<context>
<name>Completions</name>
<message><source>Completions</source><translation>补全</translation></message>
<message><source>Press Enter or Tab to use one</source><translation>按回车键或 Tab 采用</translation></message>
<message><source>embedding</source><translation>嵌入</translation></message>
<message><source>used before</source><translation>曾用过</translation></message>
</context>
<context>
<name>Conditions</name>
<message><source>Any</source><translation>任意</translation></message>
<message><source>Control</source><translation>控制</translation></message>
<message><source>Interpolation</source><translation>插值</translation></message>
<message><source>No network; quick and soft</source><translation>不用神经网络；快速而柔和</translation></message>
<message><source>References</source><translation>参考图</translation></message>
</context>
<context>
<name>ControlImageList</name>
<message><source> or </source><translation> 或 </translation></message>
<message><source>A control image ({kinds}) to follow; it can be dropped here</source><translation>控制图（{kinds}）；可拖放到此处</translation></message>
<message><source>A picture that the model sees; it can be dropped here</source><translation>供模型参考的图片；可拖放到此处</translation></message>
<message><source>A picture to follow</source><translation>引导生成的控制图</translation></message>
<message><source>Follow a picture…</source><translation>添加控制图…</translation></message>
<message><source>Reference ({count} of {most})…</source><translation>参考图（{count}/{most}）…</translation></message>
<message><source>Remove all</source><translation>全部移除</translation></message>
</context>
<context>
<name>ControlImageRow</name>
<message><source>From</source><translation>开始</translation></message>
<message><source>How closely it is followed: 0 not at all</source><translation>遵循的程度：0 为完全不遵循</translation></message>
<message><source>Image prompt</source><translation>图像提示词</translation></message>
<message><source>Kind of control image</source><translation>控制图的种类</translation></message>
<message><source>Move up</source><translation>上移</translation></message>
<message><source>Part of the steps after which it ends</source><translation>完成此比例的步骤后停止作用</translation></message>
<message><source>Part of the steps before it acts</source><translation>完成此比例的步骤后开始作用</translation></message>
<message><source>Picture {number}</source><translation>图片 {number}</translation></message>
<message><source>Preprocessor</source><translation>预处理器</translation></message>
<message><source>Stop following this picture</source><translation>不再使用此控制图</translation></message>
<message><source>The next pictures show what this one shows, or have its style</source><translation>接下来的图片会呈现这张图片的内容或风格</translation></message>
<message><source>To</source><translation>结束</translation></message>
<message><source>Weight</source><translation>权重</translation></message>
<message><source>What is done to the picture before the model sees it</source><translation>模型看到图片之前对其进行的处理</translation></message>
<message><source>What the model is given</source><translation>提供给模型的图片</translation></message>
<message><source>What the picture shows the model</source><translation>图片向模型表明的内容</translation></message>
</context>
<context>
<name>ControlImages</name>
<message><source>About the control image</source><translation>关于控制图像</translation></message>
<message><source>Follow a picture</source><translation>选择控制图</translation></message>
</context>
<context>
<name>Controls</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n 张</numerusform>
</translation></message>
<message><source>The model that generates the picture; the Models page tells more</source><translation>用来生成图片的模型；详见“模型”页</translation></message>
<message><source>With parts of {files}</source><translation>使用 {files} 的部件</translation></message>
<message><source>the picture had {value}</source><translation>图片中为 {value}</translation></message>
<message><source>{value} in a new set</source><translation>新套图中为 {value}</translation></message>
</context>
<context>
<name>CreatePage</name>
<message><source>Width of the picture list</source><translation>图片列表的宽度</translation></message>
<message><source>Width of the settings</source><translation>设置的宽度</translation></message>
<message><source>Your picture will appear here</source><translation>图片将显示在这里</translation></message>
<message><source>{sentence} Press Generate, or choose an example.</source><translation>{sentence}点“生成”，或选择一个示例。</translation></message>
<message><source>{sentence} Press Generate.</source><translation>{sentence}点“生成”。</translation></message>
</context>
<context>
<name>Density</name>
<message><source>Checkerboard</source><translation>棋盘格</translation></message>
<message><source>Letters</source><translation>字母</translation></message>
<message><source>Moons</source><translation>月牙</translation></message>
<message><source>Ring</source><translation>圆环</translation></message>
<message><source>Spiral</source><translation>螺旋</translation></message>
<message><source>Two modes</source><translation>两个峰</translation></message>
</context>
<context>
<name>Detail</name>
<message><source>It stays as it is. Try another word.</source><translation>图片保持不变。请换一个词。</translation></message>
<message><source>Looking for “{word}”</source><translation>正在寻找“{word}”</translation></message>
<message><source>There is no “{word}” in the picture</source><translation>图片中没有“{word}”</translation></message>
</context>
<context>
<name>DetailPopup</name>
<message><source>Detail</source><translation>重新生成</translation></message>
<message><source>Detail “{word}”</source><translation>重新生成“{word}”</translation></message>
<message><source>Find the word and generate it again</source><translation>找到该词所描述的部分并重新生成</translation></message>
<message><source>Prompt</source><translation>提示词</translation></message>
<message><source>Prompt, or empty for the word</source><translation>提示词，留空则使用该词</translation></message>
<message><source>What the word describes is generated again at full size. All other pixels stay.</source><translation>该词所描述的部分以完整尺寸重新生成，其他像素保持不变。</translation></message>
<message><source>Word</source><translation>词</translation></message>
<message><source>Word, such as face</source><translation>词，例如脸</translation></message>
</context>
<context>
<name>Details</name>
<message><source>About the system</source><translation>关于此方法</translation></message>
<message><source>Basis of</source><translation>衍生出</translation></message>
<message><source>Builds on</source><translation>基于</translation></message>
<message><source>Claim</source><translation>论断</translation></message>
<message><source>Copy the command</source><translation>复制命令</translation></message>
<message><source>Generate pictures with it</source><translation>用它生成图片</translation></message>
<message><source>Generate points with it</source><translation>用它生成点</translation></message>
<message><source>It starts with</source><translation>起点</translation></message>
<message><source>Its loss</source><translation>损失</translation></message>
<message><source>More actions</source><translation>更多操作</translation></message>
<message><source>Result</source><translation>结果</translation></message>
<message><source>The claim also restricts</source><translation>论断还限制</translation></message>
<message><source>The mathematics</source><translation>数学公式</translation></message>
<message><source>Try it</source><translation>试用</translation></message>
<message><source>Weights</source><translation>权重</translation></message>
<message><source>What a step does</source><translation>一步的作用</translation></message>
<message><source>What is learned</source><translation>学习的内容</translation></message>
</context>
<context>
<name>DetailsPanel</name>
<message><source>Edited from</source><translation>编辑自</translation></message>
<message><source>Its file</source><translation>文件</translation></message>
<message><source>Reproducibility</source><translation>可复现性</translation></message>
<message><source>Select a picture to see how it was made.</source><translation>选择一张图片，查看它是如何生成的。</translation></message>
<message><source>Show the picture as it was generated</source><translation>显示最初生成的图片</translation></message>
<message><source>check</source><translation>检查</translation></message>
<message><source>details</source><translation>详情</translation></message>
</context>
<context>
<name>Device</name>
<message numerus="yes"><source>CPU · %n thread(s)</source><translation>
<numerusform>CPU · %n 线程</numerusform>
</translation></message>
</context>
<context>
<name>Diagnosis</name>
<message><source>Broken: captions have no effect. Check that they belong to their images.</source><translation>异常：描述没有作用。请检查它们是否对应各自的图像。</translation></message>
<message><source>Broken: numbers overflow. Train in fp32, or at a lower rate.</source><translation>异常：数值溢出。请用 fp32 或更低的学习率训练。</translation></message>
<message><source>Broken: predicted images are too bright or too dark. Check the range of the data.</source><translation>异常：预测图像过亮或过暗。请检查数据的取值范围。</translation></message>
<message><source>Broken: the data has {spread} times the spread that the model expects.</source><translation>异常：数据的离散程度是模型预期的 {spread} 倍。</translation></message>
<message><source>Broken: the error rises below σ = {ratio}.</source><translation>异常：误差在 σ = {ratio} 以下上升。</translation></message>
<message><source>Broken: the images have more noise than the network is told.</source><translation>异常：图像的噪声比告知网络的更多。</translation></message>
<message><source>Broken: the loss jumps or does not fall. Lower the learning rate.</source><translation>异常：损失跳动或不下降。请降低学习率。</translation></message>
<message><source>Broken: the network is no better than an untrained one. Check its targets, or raise the learning rate.</source><translation>异常：网络不比未训练的好。请检查目标，或提高学习率。</translation></message>
<message><source>Broken: the network learns another target than the sampler uses.</source><translation>异常：网络学习的目标与采样器使用的不同。</translation></message>
<message><source>Broken: the weights grow too fast. Lower the learning rate.</source><translation>异常：权重增长过快。请降低学习率。</translation></message>
<message><source>Broken: {layer} has not changed since the start.</source><translation>异常：{layer} 自开始以来没有变化。</translation></message>
<message><source>It is copying: stop, or add images.</source><translation>它在照搬：请停止，或添加图像。</translation></message>
<message><source>It is too early to tell what is learned.</source><translation>现在判断学会了什么还为时过早。</translation></message>
<message><source>Layout and details are learned; {percent} % of what this data allows.</source><translation>布局和细节都已学会；达到这些数据所允许的 {percent} %。</translation></message>
<message><source>Layout is learned down to σ = {ratio}; details are not; {percent} % of what this data allows.</source><translation>布局已学到 σ = {ratio}，细节尚未学会；达到这些数据所允许的 {percent} %。</translation></message>
<message><source>Layout is not learned yet; {percent} % of what this data allows.</source><translation>布局尚未学会；达到这些数据所允许的 {percent} %。</translation></message>
<message><source>The training was too short to tell what was learned.</source><translation>训练时间太短，无法判断学到了什么。</translation></message>
<message><source>The weights are not averaged: images will vary from step to step.</source><translation>权重没有取平均：图像会随每一步变化。</translation></message>
</context>
<context>
<name>Difference</name>
<message><source>the same, pixel for pixel</source><translation>完全相同，逐像素一致</translation></message>
<message><source>{numbers}, shown × {gain}</source><translation>{numbers}，放大 {gain} 倍显示</translation></message>
<message><source>{share} % of the pixels, {mean} of 255 on average</source><translation>{share} % 的像素不同，平均差 {mean}/255</translation></message>
</context>
<context>
<name>DistanceChart</name>
<message><source>Distance from the true distribution</source><translation>与真实分布的距离</translation></message>
<message><source>Two true samples</source><translation>两个真实样本</translation></message>
<message><source>distance from the truth · evaluations of the denoiser</source><translation>与真实分布的距离 · 去噪器求值次数</translation></message>
</context>
<context>
<name>Doctor</name>
<message><source>1 image, index damaged</source><translation>1 张图片，索引已损坏</translation></message>
<message><source>1 image, index sound</source><translation>1 张图片，索引正常</translation></message>
<message><source>Allow reading it, or start the program as its owner.</source><translation>请允许读取，或以其所有者身份启动程序。</translation></message>
<message><source>Allow writing there, or choose another folder.</source><translation>请允许写入，或选择其他文件夹。</translation></message>
<message><source>Cache folder</source><translation>缓存文件夹</translation></message>
<message><source>Check that its disk is connected and not full.</source><translation>请检查其磁盘是否已连接且未满。</translation></message>
<message><source>Choose another device in the settings; until then the fastest is used.</source><translation>请在设置中选择其他设备；在此之前使用最快的设备。</translation></message>
<message><source>Chosen device</source><translation>所选设备</translation></message>
<message><source>Close other programs during a run, or choose smaller models.</source><translation>生成时请关闭其他程序，或选择较小的模型。</translation></message>
<message><source>Connect its disk, or choose another folder in the settings.</source><translation>请连接其磁盘，或在设置中选择其他文件夹。</translation></message>
<message><source>Connect its disk, or remove it in the settings.</source><translation>请连接其磁盘，或在设置中移除该文件夹。</translation></message>
<message><source>Crashes</source><translation>崩溃</translation></message>
<message><source>Data folder</source><translation>数据文件夹</translation></message>
<message><source>Device {number}</source><translation>设备 {number}</translation></message>
<message><source>Devices</source><translation>设备</translation></message>
<message><source>Error</source><translation>错误</translation></message>
<message><source>Errors</source><translation>错误</translation></message>
<message><source>Free some space on this disk.</source><translation>请释放此磁盘上的空间。</translation></message>
<message><source>Gallery</source><translation>图库</translation></message>
<message><source>Install it with  {command}  if you want it.</source><translation>如有需要，请用以下命令安装：{command}</translation></message>
<message><source>Last crash</source><translation>最近一次崩溃</translation></message>
<message><source>Memory</source><translation>内存</translation></message>
<message><source>Model file</source><translation>模型文件</translation></message>
<message><source>Model folder</source><translation>模型文件夹</translation></message>
<message><source>Models</source><translation>模型</translation></message>
<message><source>Pictures folder</source><translation>图片文件夹</translation></message>
<message><source>Presets</source><translation>预设</translation></message>
<message><source>Processor</source><translation>处理器</translation></message>
<message><source>Recorded steps</source><translation>已保存的步骤</translation></message>
<message><source>Reinstall the program, or put a model into the models folder.</source><translation>请重新安装程序，或将模型放入模型文件夹。</translation></message>
<message><source>Reinstall the program.</source><translation>请重新安装程序。</translation></message>
<message><source>Report it to the developers, with this report.</source><translation>请连同此报告一起报告给开发者。</translation></message>
<message><source>Report it to the developers, with {file}.</source><translation>请连同 {file} 一起报告给开发者。</translation></message>
<message><source>Run `{command} gallery rebuild`; it does not change the images.</source><translation>请运行 `{command} gallery rebuild`；图片不会改变。</translation></message>
<message><source>System</source><translation>系统</translation></message>
<message><source>Try again in a moment.</source><translation>请稍后再试。</translation></message>
<message><source>Use the newest version of the program on this computer.</source><translation>请使用此计算机上最新版本的程序。</translation></message>
<message><source>Wildcards</source><translation>通配符</translation></message>
<message><source>cannot be opened</source><translation>无法打开</translation></message>
<message><source>its index cannot be checked now</source><translation>目前无法检查其索引</translation></message>
<message><source>its index cannot be read</source><translation>无法读取索引</translation></message>
<message><source>its index is in use by another program</source><translation>其索引正被另一程序使用</translation></message>
<message><source>its index is of a newer version</source><translation>其索引来自更新的版本</translation></message>
<message><source>none</source><translation>无</translation></message>
<message><source>none recorded in {folder}</source><translation>{folder} 中没有记录</translation></message>
<message><source>none so far</source><translation>目前没有</translation></message>
<message><source>not in this bundle, which saves films as GIF or WebP</source><translation>此发行包不含它；影片会保存为 GIF 或 WebP</translation></message>
<message><source>not installed</source><translation>未安装</translation></message>
<message><source>not installed; needed for saving films as MP4</source><translation>未安装；将动画保存为 MP4 时需要</translation></message>
<message><source>this user may not read its index</source><translation>此用户无权读取其索引</translation></message>
<message><source>torch cannot be loaded ({error})</source><translation>无法加载 torch（{error}）</translation></message>
<message><source>{count} images, index damaged</source><translation>{count} 张图片，索引已损坏</translation></message>
<message><source>{count} images, index sound</source><translation>{count} 张图片，索引正常</translation></message>
<message><source>{count} threads</source><translation>{count} 个线程</translation></message>
<message><source>{device} is missing</source><translation>缺少 {device}</translation></message>
<message><source>{folder}, {size} free</source><translation>{folder}，可用 {size}</translation></message>
<message><source>{folder}: cannot be written to</source><translation>{folder}：无法写入</translation></message>
<message><source>{folder}: missing</source><translation>{folder}：不存在</translation></message>
<message><source>{path} cannot be used</source><translation>无法使用 {path}</translation></message>
<message><source>{shipped} built in, {own} of your own</source><translation>内置 {shipped} 个，自己的 {own} 个</translation></message>
<message><source>{shipped} built in, {own} of your own; LoRAs, VAEs and other parts of your own: {added}</source><translation>内置 {shipped} 个，自己的 {own} 个；自己的 LoRA、VAE 和其他部件：{added}</translation></message>
<message><source>{version}, for saving films as MP4</source><translation>{version}，用于将动画保存为 MP4</translation></message>
</context>
<context>
<name>DownloadDialog</name>
<message numerus="yes"><source>%n file(s)</source><translation>
<numerusform>%n 个文件</numerusform>
</translation></message>
<message><source>A model on huggingface.co, or an https address that ends in .safetensors, .gguf or .ckpt</source><translation>huggingface.co 上的模型，或以 .safetensors、.gguf 或 .ckpt 结尾的 https 地址</translation></message>
<message><source>A picture with it</source><translation>一张图片</translation></message>
<message><source>Added: {names}.</source><translation>已添加：{names}。</translation></message>
<message><source>All of it was here already.</source><translation>全部都已在这里。</translation></message>
<message><source>Allow downloads</source><translation>允许下载</translation></message>
<message><source>Another model</source><translation>其他模型</translation></message>
<message><source>Cancel</source><translation>取消</translation></message>
<message><source>Cancelled. What has arrived is kept; a new start resumes it.</source><translation>已取消。已收到的部分会保留，重新开始即可继续。</translation></message>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Download</source><translation>下载</translation></message>
<message><source>Download it</source><translation>下载</translation></message>
<message><source>Download the model in the field</source><translation>下载输入框中的模型</translation></message>
<message><source>Download this model with all its parts</source><translation>下载此模型及其所有部件</translation></message>
<message><source>Downloads are off. If you allow them, the program connects to huggingface.co, or to an address that you enter, while it downloads a model that you chose.</source><translation>下载已关闭。如果允许，程序在下载您选择的模型时会连接到 huggingface.co 或您输入的地址。</translation></message>
<message><source>Family</source><translation>系列</translation></message>
<message><source>From</source><translation>来源</translation></message>
<message><source>Get a model</source><translation>获取模型</translation></message>
<message><source>Licence</source><translation>许可证</translation></message>
<message><source>Memory</source><translation>内存</translation></message>
<message><source>Models to download</source><translation>可下载的模型</translation></message>
<message><source>OWNER/NAME of huggingface.co, or the address of a file</source><translation>huggingface.co 的 OWNER/NAME，或文件的地址</translation></message>
<message><source>Open the model's page in the browser</source><translation>在浏览器中打开模型页面</translation></message>
<message><source>Progress of the download</source><translation>下载进度</translation></message>
<message><source>Read the licence</source><translation>阅读许可证</translation></message>
<message><source>Resume</source><translation>继续</translation></message>
<message><source>Stop; what has arrived is kept</source><translation>停止；已收到的部分会保留</translation></message>
<message><source>The same as in Settings under Permissions</source><translation>与设置中的“权限”相同</translation></message>
<message><source>The selected model</source><translation>所选模型</translation></message>
<message><source>about {size}, {files}</source><translation>约 {size}，{files}</translation></message>
<message><source>about {time} at {side} × {side}, on this computer</source><translation>在这台计算机上约 {time}（{side} × {side}）</translation></message>
<message><source>estimating…</source><translation>正在估算…</translation></message>
<message><source>{file}: checking and adding it…</source><translation>{file}：正在检查并添加…</translation></message>
<message><source>{file}: {done} of {total}</source><translation>{file}：{done} / {total}</translation></message>
<message><source>{model}: asking for its files…</source><translation>{model}：正在查询其文件…</translation></message>
<message><source>{progress}, {time} left</source><translation>{progress}，剩余 {time}</translation></message>
<message><source>{size}; with less, weights are read from the disk at each step, which is slower</source><translation>{size}；更少时每一步都从磁盘读取权重，会更慢</translation></message>
</context>
<context>
<name>DropArea</name>
<message><source>Drop a folder of pictures here</source><translation>将图片文件夹拖放到此处</translation></message>
</context>
<context>
<name>DropZones</name>
<message><source>Start from it</source><translation>从此图开始</translation></message>
<message><source>Use its settings</source><translation>使用其设置</translation></message>
<message><source>as stored in the file</source><translation>文件中保存的设置</translation></message>
<message><source>use it as the start of the next pictures</source><translation>作为后续图片的起点</translation></message>
</context>
<context>
<name>Enlarge</name>
<message><source>Enlarging · {share} %</source><translation>正在放大 · {share} %</translation></message>
</context>
<context>
<name>EnlargePopup</name>
<message><source>An upscaler enlarges the picture, and the model refines it in overlapping tiles.</source><translation>放大器放大图片，再由模型以重叠的分块精修。</translation></message>
<message><source>Built in</source><translation>内置</translation></message>
<message><source>Enlarge and refine</source><translation>放大并精修</translation></message>
<message><source>Enlarge the picture and save it in the gallery</source><translation>放大图片并保存到图库</translation></message>
<message><source>Factor</source><translation>倍数</translation></message>
<message><source>Upscaler</source><translation>放大器</translation></message>
<message><source>{width} × {height} pixels</source><translation>{width} × {height} 像素</translation></message>
</context>
<context>
<name>Errors</name>
<message><source>1 entry</source><translation>1 个条目</translation></message>
<message><source>A name pattern cannot be empty; the default is {default}.</source><translation>文件名格式不能为空；默认为 {default}。</translation></message>
<message><source>A name pattern has no field {field}; choose from {known}.</source><translation>文件名格式没有字段 {field}；请从 {known} 中选择。</translation></message>
<message><source>A picture can have at most {most} details; leave out the others.</source><translation>一张图片最多可有 {most} 个细节；请去掉其余的。</translation></message>
<message><source>A picture to detail has at most {most} pixels a side; reduce it first.</source><translation>要重绘细节的图片每边最多 {most} 像素；请先缩小。</translation></message>
<message><source>A word of what to detail has at most {most} characters; shorten it.</source><translation>细节的词最多 {most} 个字符；请缩短。</translation></message>
<message><source>An entry of the queue was damaged; it was moved to {file}.</source><translation>队列中的一个条目已损坏，已移到 {file}。</translation></message>
<message><source>Another GDM Studio is busy with the gallery; try again in a moment.</source><translation>另一个 GDM Studio 正在使用图库；请稍后重试。</translation></message>
<message><source>Check the prompt</source><translation>请检查提示词</translation></message>
<message><source>Check the settings</source><translation>请检查设置</translation></message>
<message><source>Downloads are off; allow them in Settings under Permissions, or by `gdm-studio models get --allow`.</source><translation>下载已关闭；请在设置的“权限”中允许，或使用 `gdm-studio models get --allow`。</translation></message>
<message><source>Downloads need the package huggingface_hub. {advice}</source><translation>下载需要软件包 huggingface_hub。{advice}</translation></message>
<message><source>HF_HUB_OFFLINE forbids connections to the hub; unset it, then start the download again.</source><translation>HF_HUB_OFFLINE 禁止连接到 hub；请取消设置，然后重新开始下载。</translation></message>
<message><source>In {folder}, the edited pictures would be among those to edit; choose another folder for them.</source><translation>在 {folder} 中，编辑后的图片会混入待编辑的图片；请为它们选择另一个文件夹。</translation></message>
<message><source>Name a word that describes what to detail, such as face.</source><translation>请写一个描述要重绘部分的词，例如脸。</translation></message>
<message><source>Name a word that describes what to select.</source><translation>请输入一个描述要选择内容的词。</translation></message>
<message><source>No engine process can be started; the window generates images itself, but slower.</source><translation>无法启动引擎进程；窗口将自行生成图像，但速度较慢。</translation></message>
<message><source>No installed font has the characters {characters}; install a font for them, such as Noto Sans.</source><translation>已安装的字体都不包含字符 {characters}；请安装包含它们的字体，例如 Noto Sans。</translation></message>
<message><source>On {host}: {error}</source><translation>在 {host} 上：{error}</translation></message>
<message><source>Reinstall the program.</source><translation>请重新安装程序。</translation></message>
<message><source>Run `{command}` to repair the program.</source><translation>运行 `{command}` 即可修复程序。</translation></message>
<message><source>That did not work</source><translation>操作未成功</translation></message>
<message><source>The cluster does not answer; check its address in Settings.</source><translation>集群没有响应；请在设置中检查其地址。</translation></message>
<message><source>The colour profile of the picture cannot be used; its colours are read as sRGB.</source><translation>图片的颜色配置文件无法使用；其颜色按 sRGB 读取。</translation></message>
<message><source>The connection to {host} was lost ({reason}); start the download again to resume it.</source><translation>与 {host} 的连接已断开（{reason}）；重新开始下载即可继续。</translation></message>
<message><source>The device cannot be used</source><translation>无法使用该设备</translation></message>
<message><source>The disk of {folder} does not answer; check that it is connected, or choose another folder.</source><translation>{folder} 所在的磁盘没有响应；请检查连接，或选择其他文件夹。</translation></message>
<message><source>The disk of {folder} has {free} GB free, but {size} GB are needed; free some space, then try again.</source><translation>{folder} 所在磁盘剩余 {free} GB，但需要 {size} GB；请释放空间后重试。</translation></message>
<message><source>The disk of {folder} is full; free some space, then try again.</source><translation>{folder} 所在的磁盘已满；请释放空间后重试。</translation></message>
<message><source>The drive of {place} is not connected; connect it, or choose another folder.</source><translation>{place} 所在的驱动器未连接；请连接它，或选择其他文件夹。</translation></message>
<message><source>The engine cannot be started; restart the program.</source><translation>无法启动引擎；请重启程序。</translation></message>
<message><source>The engine did not answer. It was started again.</source><translation>引擎没有响应，已重新启动。</translation></message>
<message><source>The engine did not answer; another one begins again.</source><translation>引擎没有响应；另一个引擎将重新开始。</translation></message>
<message><source>The engine did not answer; another one continues at the last recorded step.</source><translation>引擎没有响应；另一个引擎将从最后记录的步骤继续。</translation></message>
<message><source>The engine ended twice at step {step}; generate fewer images at a time.</source><translation>引擎在步骤 {step} 结束了两次；请减少一次生成的图片数量。</translation></message>
<message><source>The engine ended twice at step {step}; try a smaller size.</source><translation>引擎在步骤 {step} 结束了两次；请尝试较小的尺寸。</translation></message>
<message><source>The engine ended twice at step {step}; use another device.</source><translation>引擎在步骤 {step} 结束了两次；请使用其他设备。</translation></message>
<message><source>The engine ended twice while it worked on this; try again.</source><translation>引擎在处理时结束了两次；请重试。</translation></message>
<message><source>The engine ended unexpectedly. It was started again.</source><translation>引擎意外结束，已重新启动。</translation></message>
<message><source>The engine ended unexpectedly; another one begins again.</source><translation>引擎意外结束；另一个引擎将重新开始。</translation></message>
<message><source>The engine ended unexpectedly; another one continues at the last recorded step.</source><translation>引擎意外结束；另一个引擎将从最后记录的步骤继续。</translation></message>
<message><source>The engine has ended; try again.</source><translation>引擎已结束；请重试。</translation></message>
<message><source>The file cannot be used</source><translation>无法使用该文件</translation></message>
<message><source>The file of settings was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>设置文件已损坏；它保留为 {file}，并已替换为可读取的内容。</translation></message>
<message><source>The folder could not be opened</source><translation>无法打开文件夹</translation></message>
<message><source>The folder {folder} cannot be created; choose another.</source><translation>无法创建文件夹 {folder}；请选择其他文件夹。</translation></message>
<message><source>The folder {folder} cannot be read; choose another one.</source><translation>无法读取文件夹 {folder}；请选择其他文件夹。</translation></message>
<message><source>The gallery's index was damaged and is built again from the files; nothing of yours was in it.</source><translation>图库的索引已损坏，正在从文件重新建立；其中没有您的数据。</translation></message>
<message><source>The last prompt is too long to be shown; the prompt is empty now. The file is kept as {file}.</source><translation>上一个提示词太长，无法显示；提示词现在为空。文件保留为 {file}。</translation></message>
<message><source>The mask is the start picture itself; paint it white, or make it transparent, where to redraw.</source><translation>蒙版就是初始图片本身；请将要重绘的部分涂成白色或设为透明。</translation></message>
<message><source>The mask marks nothing to redraw; paint it white, or make it transparent, where that should be.</source><translation>蒙版没有标出要重绘的部分；请将该部分涂成白色或设为透明。</translation></message>
<message><source>The mask marks the whole picture to be redrawn.</source><translation>蒙版将整张图片标为重绘。</translation></message>
<message><source>The model cannot be used</source><translation>无法使用该模型</translation></message>
<message><source>The model finds no {word!r} in the picture; name it by another word.</source><translation>模型在图片中找不到 {word!r}；请换一个词。</translation></message>
<message><source>The model was not downloaded</source><translation>模型未下载</translation></message>
<message><source>The name is taken</source><translation>名称已被占用</translation></message>
<message><source>The path {path} is too long for this disk; choose a shorter one.</source><translation>路径 {path} 对于此磁盘来说太长；请选择更短的路径。</translation></message>
<message><source>The picture contains infinite or undefined values; make it again in full precision.</source><translation>图片包含无穷大或未定义的值；请以全精度重新生成。</translation></message>
<message><source>The picture contains infinite or undefined values; make it again on the CPU.</source><translation>图片包含无穷大或未定义的值；请在 CPU 上重新生成。</translation></message>
<message><source>The picture contains infinite or undefined values; try more steps, another scheduler or less guidance.</source><translation>图片包含无穷大或未定义的值；请增加步数、更换调度器或减弱引导。</translation></message>
<message><source>The picture could not be computed</source><translation>无法计算图片</translation></message>
<message><source>The picture is too long and narrow for {model} with tiles of {tile} pixels; crop it, or choose a larger factor or another model.</source><translation>这张图片对于使用 {tile} 像素分块的 {model} 来说过于狭长；请裁剪图片，或选择更大的倍数或其他模型。</translation></message>
<message><source>The picture would be {width}x{height} pixels; a side can have at most {most}. Choose a smaller factor.</source><translation>图片将为 {width}x{height} 像素；每边最多 {most}。请选择较小的倍数。</translation></message>
<message><source>The prompt becomes longer than {limit:,} characters; shorten its parts.</source><translation>提示词将超过 {limit:,} 个字符；请缩短其各部分。</translation></message>
<message><source>The proxy in ALL_PROXY, HTTPS_PROXY or HTTP_PROXY cannot be used, because its address does not begin with http; name an HTTP proxy there, or unset the variable.</source><translation>ALL_PROXY、HTTPS_PROXY 或 HTTP_PROXY 中的代理无法使用，因为其地址不以 http 开头；请在其中填写 HTTP 代理，或删除该变量。</translation></message>
<message><source>The saved state of the window was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>窗口的保存状态已损坏；它保留为 {file}，并已替换为可读取的内容。</translation></message>
<message><source>The server does not state the size of {name}; download it with a browser.</source><translation>服务器未说明 {name} 的大小；请用浏览器下载。</translation></message>
<message><source>The server sent another file than the {name} that it announced; this was deleted, try again later.</source><translation>服务器发送的文件与其声明的 {name} 不同；已删除，请稍后重试。</translation></message>
<message><source>The start picture is no longer on this machine; choose it again.</source><translation>初始图片已不在这台计算机上；请重新选择。</translation></message>
<message><source>The steps up to {step} do not fit the model as it is now, so the run starts again.</source><translation>到第 {step} 步为止的结果与当前的模型不符，因此重新开始运行。</translation></message>
<message><source>The transparent part of the mask is redrawn, {share} of the picture.</source><translation>将重绘蒙版的透明部分，占图片的 {share}。</translation></message>
<message><source>The wildcard {name!r} cannot be read: {error}</source><translation>无法读取通配符{name!r}：{error}</translation></message>
<message><source>The wildcard {name!r} has a line of more than {limit:,} characters; shorten it.</source><translation>通配符{name!r}有一行超过 {limit:,} 个字符；请缩短。</translation></message>
<message><source>The wildcard {name!r} has no lines; write one word or phrase per line.</source><translation>通配符{name!r}没有任何行；请每行写一个词或短语。</translation></message>
<message><source>The wildcard {name!r} is not a text file; save it as UTF-8.</source><translation>通配符{name!r}不是文本文件；请存为 UTF-8。</translation></message>
<message><source>The window did not answer with its last prompt; the prompt is empty now. The file is kept as {file}.</source><translation>窗口在使用上一个提示词时没有响应；提示词现在为空。文件保留为 {file}。</translation></message>
<message><source>There is a collection called {name} already; choose another name.</source><translation>已有名为 {name} 的合集；请换一个名称。</translation></message>
<message><source>There is a preset called {name!r} already; choose another name, or rename that one.</source><translation>已有名为{name!r}的预设；请换一个名称，或重命名那个预设。</translation></message>
<message><source>There is a run called {title}; choose it to continue it, or another name.</source><translation>已有名为 {title} 的训练；请选择它以继续，或换一个名称。</translation></message>
<message><source>There is no LoRA called {name!r} in the models folder; put its file there.</source><translation>模型文件夹中没有名为{name!r}的 LoRA；请将其文件放入其中。</translation></message>
<message><source>There is no LoRA called {name!r}; did you mean {names}?</source><translation>没有名为{name!r}的 LoRA；您是指 {names} 吗？</translation></message>
<message><source>There is no model called {name!r}, and no other; put a model file into the models folder.</source><translation>没有名为{name!r}的模型，也没有其他模型；请将模型文件放入模型文件夹。</translation></message>
<message><source>There is no model called {name!r}; did you mean {names}?</source><translation>没有名为{name!r}的模型；您是指 {names} 吗？</translation></message>
<message><source>There is no model called {name!r}; there are: {names}.</source><translation>没有名为{name!r}的模型；现有：{names}。</translation></message>
<message><source>There is no model {name!r} to download; enter an address, OWNER/NAME, or one of {names}.</source><translation>没有可下载的模型 {name!r}；请输入地址、OWNER/NAME 或以下名称之一：{names}。</translation></message>
<message><source>There is no wildcard called {name!r}; put {name}.txt into {folder}.</source><translation>没有名为{name!r}的通配符；请将 {name}.txt 放入 {folder}。</translation></message>
<message><source>There is no wildcard that matches {name!r} in {folder}.</source><translation>{folder} 中没有与 {name!r} 匹配的通配符。</translation></message>
<message><source>There is no {word!r} in the picture, which stays as it is.</source><translation>图片中没有 {word!r}，图片保持不变。</translation></message>
<message><source>There is not enough memory for even one picture; close other programs and try again.</source><translation>内存连一张图片都不够；请关闭其他程序后重试。</translation></message>
<message><source>There is too little memory for {side} pixels; choose a smaller size.</source><translation>内存不足以处理 {side} 像素；请选择较小的尺寸。</translation></message>
<message><source>These could not be read, and their places are empty: {files}.</source><translation>无法读取，其位置为空：{files}。</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose a smaller model.</source><translation>此图片至少需要 {least} 内存，而总共只有 {total}；请选择更小的模型。</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose {width} × {height} or less.</source><translation>此图片至少需要 {least} 内存，而总共只有 {total}；请选择 {width} × {height} 或更小的尺寸。</translation></message>
<message><source>This needs {packages}, not contained in the bundle; install GDM Studio from its source code to use it.</source><translation>这需要 {packages}，而此发行包不含它；要使用它，请从源代码安装 GDM Studio。</translation></message>
<message><source>This needs {packages}; run `{command}` to install it.</source><translation>这需要 {packages}；运行 `{command}` 即可安装。</translation></message>
<message><source>Used by its name, though its hash is another: {files}.</source><translation>哈希不同，但按名称使用：{files}。</translation></message>
<message><source>What was chosen for models was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>为模型选择的设置已损坏；它保留为 {file}，并已替换为可读取的内容。</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}.</source><translation>您的收藏、标签、备注和合集已损坏：{restored}。</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}; the damaged file is kept as {file}.</source><translation>您的收藏、标签、备注和合集已损坏：{restored}；损坏的文件保留为 {file}。</translation></message>
<message><source>embedding {name}</source><translation>嵌入 {name}</translation></message>
<message><source>model {name}</source><translation>模型 {name}</translation></message>
<message><source>nothing of it could be read, and there is no copy of it</source><translation>无法读取任何内容，也没有副本</translation></message>
<message><source>refiner {name}</source><translation>精修模型 {name}</translation></message>
<message><source>{advice} GIF and WebP work without it.</source><translation>{advice}GIF 和 WebP 不需要它。</translation></message>
<message><source>{count:,} entries</source><translation>{count:,} 个条目</translation></message>
<message><source>{count:,} pixels on a side</source><translation>每边 {count:,} 像素</translation></message>
<message><source>{entries} could be read</source><translation>可读取 {entries}</translation></message>
<message><source>{entries} could be read, {more} more came from the copy of {day}</source><translation>可读取 {entries}，另有 {more} 个来自 {day} 的副本</translation></message>
<message><source>{file} (hash {digest})</source><translation>{file}（哈希 {digest}）</translation></message>
<message><source>{file} has integers without scales at {name!r}, which no weights are; choose another file.</source><translation>{file} 的 {name!r} 是没有缩放系数的整数，不是权重；请选择其他文件。</translation></message>
<message><source>{file} is {architecture}, an upscaler that needs a package. {advice}</source><translation>{file} 是 {architecture}，一个需要软件包的放大模型。{advice}</translation></message>
<message><source>{first} or {second}</source><translation>{first} 或 {second}</translation></message>
<message><source>{folder} is not a folder; choose another.</source><translation>{folder} 不是文件夹；请另选一个。</translation></message>
<message><source>{folder} is read-only; choose another folder.</source><translation>{folder} 是只读的；请选择其他文件夹。</translation></message>
<message><source>{host} answers with status {status} instead of {name}; try again later.</source><translation>{host} 返回状态 {status} 而不是 {name}；请稍后重试。</translation></message>
<message><source>{host} cannot be reached ({reason}); check the connection, then start the download again.</source><translation>无法连接 {host}（{reason}）；请检查网络连接，然后重新开始下载。</translation></message>
<message><source>{host} does not accept your access token; log in again with `hf auth login`, or remove HF_TOKEN.</source><translation>{host} 不接受您的访问令牌；请用 `hf auth login` 重新登录，或删除 HF_TOKEN。</translation></message>
<message><source>{host} does not state the size and the hash of {name}; try again later.</source><translation>{host} 未说明 {name} 的大小和哈希；请稍后重试。</translation></message>
<message><source>{host} forbids the download of {name}; check the rights of your access token and of the page.</source><translation>{host} 禁止下载 {name}；请检查访问令牌的权限和该页面。</translation></message>
<message><source>{host} has a problem (status {status}); try again later.</source><translation>{host} 出现问题（状态 {status}）；请稍后重试。</translation></message>
<message><source>{host} has no file {name} ({status}); check the address.</source><translation>{host} 没有文件 {name}（{status}）；请检查地址。</translation></message>
<message><source>{host} has no public model {name}; check the name, or log in with `hf auth login` if it is private.</source><translation>{host} 没有公开模型 {name}；请检查名称，如果是私有的，请用 `hf auth login` 登录。</translation></message>
<message><source>{host} refuses more requests for now; resume the download later.</source><translation>{host} 暂时拒绝更多请求；请稍后继续下载。</translation></message>
<message><source>{host} refuses more requests for {seconds} seconds; resume the download after that.</source><translation>{host} 在 {seconds} 秒内拒绝更多请求；请在此之后继续下载。</translation></message>
<message><source>{host} refuses {name} without permission ({status}); check the address, or log in with `hf auth login`, and start the download again.</source><translation>{host} 拒绝未经许可提供 {name}（{status}）；请检查地址，或用 `hf auth login` 登录，然后重新开始下载。</translation></message>
<message><source>{model} cannot refine a picture in tiles; choose another model.</source><translation>{model} 无法分块精修图片；请选择其他模型。</translation></message>
<message><source>{model} cannot repaint a part of a picture; choose another model.</source><translation>{model} 不能重绘图片的局部；请选择其他模型。</translation></message>
<message><source>{model} has no text encoder ({kinds}); put one into the models folder.</source><translation>{model} 没有文本编码器（{kinds}）；请将其放入模型文件夹。</translation></message>
<message><source>{model} has no word maps; paint the mask, or choose another model.</source><translation>{model} 没有词语图；请涂抹蒙版，或选择其他模型。</translation></message>
<message><source>{name} asks everyone to accept its licence: open {page}, accept it there, log in with `hf auth login`, and start the download again.</source><translation>{name} 要求接受其许可证：请打开 {page} 并接受，用 `hf auth login` 登录，然后重新开始下载。</translation></message>
<message><source>{name} cannot be downloaded: its address leads in circles.</source><translation>无法下载 {name}：其地址循环跳转。</translation></message>
<message><source>{name} contains no weight files; choose another model.</source><translation>{name} 中没有权重文件；请选择其他模型。</translation></message>
<message><source>{name} has {count} weight files; add one to its name, as in {name}/{file} (there are: {some}).</source><translation>{name} 有 {count} 个权重文件；请在名称后加上一个，例如 {name}/{file}（有：{some}）。</translation></message>
<message><source>{name} is a LoRA for {other}, and this model is one of {base}; choose a LoRA for {base}.</source><translation>{name} 是用于 {other} 的 LoRA，而此模型属于 {base}；请选择用于 {base} 的 LoRA。</translation></message>
<message><source>{name} is an adapter of the kind {kind}, which is not supported; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} 是不支持的 {kind} 类型的适配器；请选择 LoRA、LoCon、LoHa、LoKr、GLoRA 或 DoRA 文件，或 LyCORIS 的 OFT、BOFT、IA3 或 T-LoRA 文件。</translation></message>
<message><source>{name} is an upscaler that is damaged or not whole; copy or download it again.</source><translation>{name} 是损坏或不完整的放大模型；请重新复制或下载。</translation></message>
<message><source>{name} is being downloaded by another window or command; wait for it.</source><translation>{name} 正由另一个窗口或命令下载；请等待。</translation></message>
<message><source>{name} is cut short; copy or download it again.</source><translation>{name} 不完整；请重新复制或下载。</translation></message>
<message><source>{name} is damaged or not whole; copy or download it again.</source><translation>{name} 已损坏或不完整；请重新复制或下载。</translation></message>
<message><source>{name} is damaged; copy or download it again.</source><translation>{name} 已损坏；请重新复制或下载。</translation></message>
<message><source>{name} is not a file of a model; enter another.</source><translation>{name} 不是模型文件；请输入其他文件。</translation></message>
<message><source>{name} is not a model file, or it is damaged; choose another file.</source><translation>{name} 不是模型文件，或已损坏；请选择其他文件。</translation></message>
<message><source>{name} is not a model file; choose one that ends in {suffixes}.</source><translation>{name} 不是模型文件；请选择以 {suffixes} 结尾的文件。</translation></message>
<message><source>{name} is not a supported LoRA; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} 不是受支持的 LoRA；请选择 LoRA、LoCon、LoHa、LoKr、GLoRA 或 DoRA 文件，或 LyCORIS 的 OFT、BOFT、IA3 或 T-LoRA 文件。</translation></message>
<message><source>{name} is not a supported kind of model; choose another model file.</source><translation>{name} 不是受支持的模型类型；请选择其他模型文件。</translation></message>
<message><source>{name} is not an upscaler; choose another file.</source><translation>{name} 不是放大模型；请选择其他文件。</translation></message>
<message><source>{name} is not completely downloaded; wait for the end of its download, or start it again.</source><translation>{name} 尚未下载完成；请等待下载结束，或重新下载。</translation></message>
<message><source>{name} is too large for the disk of {folder}; choose another disk.</source><translation>{name} 对于 {folder} 所在的磁盘来说太大；请选择其他磁盘。</translation></message>
<message><source>{name} on {host} has no {file}; check the name.</source><translation>{host} 上的 {name} 没有 {file}；请检查名称。</translation></message>
<message><source>{path} cannot be used: a part of it is a file, not a folder; choose another.</source><translation>无法使用 {path}：路径的一部分是文件而不是文件夹；请选择其他路径。</translation></message>
<message><source>{path} cannot be used: permission is missing; choose another place or allow it.</source><translation>无法使用 {path}：缺少权限；请选择其他位置，或授予权限。</translation></message>
<message><source>{path} cannot be used: {error}.</source><translation>无法使用 {path}：{error}。</translation></message>
<message><source>{path} has levels from {low} to {high}, whose white is unknown; save it with levels 0 to 1.</source><translation>{path} 的色阶从 {low} 到 {high}，无法得知白色的值；请以 0 到 1 的色阶保存。</translation></message>
<message><source>{path} has more pixels than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path} 的像素数超过上限 {limit}；请选择较小的副本。</translation></message>
<message><source>{path} has more than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path} 超过了上限 {limit}；请选择较小的副本。</translation></message>
<message><source>{path} has no mask, as other pictures of the folder have; add one.</source><translation>{path} 没有蒙版，而文件夹中的其他图片有；请添加一个。</translation></message>
<message><source>{path} is a TIFF that is damaged or of an unsupported kind; save it as PNG, or with 8 bits.</source><translation>{path} 是已损坏或不受支持类型的 TIFF；请保存为 PNG 或 8 位。</translation></message>
<message><source>{path} is a file, not a folder; choose another.</source><translation>{path} 是文件而不是文件夹；请选择其他路径。</translation></message>
<message><source>{path} is a folder, not a file; choose a file.</source><translation>{path} 是文件夹而不是文件；请选择文件。</translation></message>
<message><source>{path} is a {kind} picture, which is not supported; save it as PNG, JPEG or WebP.</source><translation>{path} 是不受支持的 {kind} 图片；请另存为 PNG、JPEG 或 WebP。</translation></message>
<message><source>{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.</source><translation>{path} 不是图片，或已损坏；请选择 PNG、JPEG 或 WebP 文件。</translation></message>
<message><source>{path} is not there; check that its disk is connected, or choose another.</source><translation>找不到 {path}；请检查其磁盘是否已连接，或另选一个。</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); move it out of the way, then try again.</source><translation>图库的 {path} 无法使用（{error}）；请将其移开后再试。</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); try again.</source><translation>图库的 {path} 无法使用（{error}）；请重试。</translation></message>
<message><source>{path} of the gallery cannot be written; check its disk and permissions.</source><translation>无法写入图库的 {path}；请检查其磁盘和权限。</translation></message>
<message><source>{title} has learned from other pictures; choose another name.</source><translation>{title} 是用其他图片训练的；请换一个名称。</translation></message>
<message><source>{title} is finished: all {count} samples are trained; raise the samples to train on, or choose another name.</source><translation>{title} 已完成：全部 {count} 个样本都已训练；请增加样本数，或换一个名称。</translation></message>
<message><source>{title} is still being trained; wait for its end, or choose another name.</source><translation>{title} 仍在训练；请等待结束，或换一个名称。</translation></message>
<message><source>{title} was started with other settings; choose another name.</source><translation>{title} 是用其他设置启动的；请换一个名称。</translation></message>
<message><source>{url} does not end in the name of a model file ({suffixes}); enter the address of one.</source><translation>{url} 不以模型文件名（{suffixes}）结尾；请输入模型文件的地址。</translation></message>
<message><source>{url} is not an https address; models are only downloaded by https.</source><translation>{url} 不是 https 地址；模型只通过 https 下载。</translation></message>
<message><source>{url} is not the page of a model; enter the address of one.</source><translation>{url} 不是模型页面；请输入模型页面的地址。</translation></message>
</context>
<context>
<name>ExampleTile</name>
<message><source>Draw “{prompt}”</source><translation>绘制“{prompt}”</translation></message>
</context>
<context>
<name>ExportController</name>
<message numerus="yes"><source>%n picture(s) copied</source><translation>
<numerusform>已复制 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) exported</source><translation>
<numerusform>已导出 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n shape(s)</source><translation>
<numerusform>%n 个形状</numerusform>
</translation></message>
<message><source>Credit copied</source><translation>署名已复制</translation></message>
<message><source>Export</source><translation>导出</translation></message>
<message><source>Export stopped</source><translation>导出已停止</translation></message>
<message><source>Exporting {progress}…</source><translation>正在导出 {progress}…</translation></message>
<message><source>No credit is known</source><translation>署名信息未知</translation></message>
<message><source>Nothing was written.</source><translation>未写入任何文件。</translation></message>
<message><source>Paste it into any program.</source><translation>可粘贴到任意程序中。</translation></message>
<message><source>Paste it where you show the picture or list your sources.</source><translation>请粘贴到展示图片或列出来源的地方。</translation></message>
<message><source>Paste them as files.</source><translation>可作为文件粘贴。</translation></message>
<message><source>Picture copied</source><translation>图片已复制</translation></message>
<message><source>Picture exported</source><translation>图片已导出</translation></message>
<message><source>Preparing the preview: {number} of {count}…</source><translation>正在准备预览：{number} / {count}…</translation></message>
<message><source>Preparing…</source><translation>正在准备…</translation></message>
<message><source>Sharpening…</source><translation>正在锐化…</translation></message>
<message><source>Sharpening… {percent} %</source><translation>正在锐化… {percent} %</translation></message>
<message><source>The contact sheet is incomplete</source><translation>缩略图总览不完整</translation></message>
<message><source>The sources of {models} are not known here; look at the licence.</source><translation>此处不知道 {models} 的来源；请查看许可证。</translation></message>
<message><source>{number} of {count}</source><translation>{number} / {count}</translation></message>
<message><source>{progress}, {percent} %</source><translation>{progress}，{percent} %</translation></message>
<message><source>{size} kB</source><translation>{size} kB</translation></message>
</context>
<context>
<name>ExportDialog</name>
<message><source>A dark line around the subject</source><translation>围绕主体的深色线条</translation></message>
<message><source>A line along the edge, so that pale subjects are seen on a pale page</source><translation>沿边缘的线条，使浅色主体在浅色页面上清晰可见</translation></message>
<message><source>All on one page, each with its prompt and seed</source><translation>全部放在一页，各附提示词和种子</translation></message>
<message><source>Another colour</source><translation>其他颜色</translation></message>
<message><source>Around pale parts, if they make up much of the edge; never in icon sets</source><translation>浅色部分占边缘较多时，在其周围；图标集除外</translation></message>
<message><source>As needed</source><translation>按需</translation></message>
<message><source>Authors of the model's training drawings</source><translation>模型训练画作的作者</translation></message>
<message><source>Background</source><translation>背景</translation></message>
<message><source>Black</source><translation>黑色</translation></message>
<message><source>Built in</source><translation>内置</translation></message>
<message><source>Colour of the background</source><translation>背景颜色</translation></message>
<message><source>Colours</source><translation>颜色数</translation></message>
<message><source>Contact sheet</source><translation>缩略图总览</translation></message>
<message><source>Convert to</source><translation>转换为</translation></message>
<message><source>Copies of the files, under names of your own</source><translation>文件的副本，可自定文件名</translation></message>
<message><source>Copy credit</source><translation>复制署名</translation></message>
<message><source>Copy the credit to the clipboard</source><translation>将署名复制到剪贴板</translation></message>
<message><source>Each area in one colour, as a designer draws icons</source><translation>每个区域只用一种颜色，如设计师绘制的图标</translation></message>
<message><source>Embed prompt and settings</source><translation>嵌入提示词和设置</translation></message>
<message><source>Enlarges pictures that are smaller than the chosen size</source><translation>放大小于所选尺寸的图片</translation></message>
<message><source>Everything</source><translation>全部</translation></message>
<message><source>Export</source><translation>导出</translation></message>
<message><source>Fewer colours give fewer shapes and a smaller file</source><translation>颜色越少，形状越少，文件越小</translation></message>
<message><source>File name</source><translation>文件名</translation></message>
<message><source>Flat colours</source><translation>纯色</translation></message>
<message><source>For apps: SVG, PNG, .ico, .icns, a sprite, a sheet and credits</source><translation>供应用使用：SVG、PNG、.ico、.icns、雪碧图、总览和署名</translation></message>
<message><source>Format</source><translation>格式</translation></message>
<message><source>GDM Studio reads them from the file again</source><translation>GDM Studio 可再从文件中读取</translation></message>
<message><source>Icon set</source><translation>图标集</translation></message>
<message><source>In a darker tone of their colour</source><translation>使用其颜色的较深色调</translation></message>
<message><source>In the merged picture and the names of layers</source><translation>写入合并后的图片和图层名称</translation></message>
<message><source>Include CREDITS.txt</source><translation>附带 CREDITS.txt</translation></message>
<message><source>Names</source><translation>命名</translation></message>
<message><source>No outline</source><translation>无轮廓</translation></message>
<message><source>Original files</source><translation>原始文件</translation></message>
<message><source>Originals</source><translation>原件</translation></message>
<message><source>Outline</source><translation>轮廓</translation></message>
<message><source>Pale parts</source><translation>浅色部分</translation></message>
<message><source>Quick, and keeps transparency</source><translation>快速，并保留透明度</translation></message>
<message><source>Rounds the borders of areas, in pixels of a picture of 256</source><translation>使区域边界变圆滑，以 256 像素图像的像素计</translation></message>
<message><source>Size</source><translation>尺寸</translation></message>
<message><source>Smoothing</source><translation>平滑</translation></message>
<message><source>The files in one archive, with a list of all their settings</source><translation>将文件打包为一个压缩包，附全部设置的清单</translation></message>
<message><source>Transparent</source><translation>透明</translation></message>
<message><source>Upscaler</source><translation>放大模型</translation></message>
<message><source>White</source><translation>白色</translation></message>
<message><source>ZIP</source><translation>ZIP</translation></message>
<message><source>as needed</source><translation>按需要</translation></message>
<message><source>{factor} times as wide and high</source><translation>宽和高各放大到 {factor} 倍</translation></message>
<message><source>{factor} × the picture</source><translation>图片的 {factor} 倍</translation></message>
<message><source>{size} pixels</source><translation>{size} 像素</translation></message>
<message><source>{size} pixels on the longer side</source><translation>长边 {size} 像素</translation></message>
</context>
<context>
<name>ExportFormat</name>
<message><source>App icons</source><translation>应用图标</translation></message>
<message><source>For iOS, Android, macOS and Windows apps, in a folder</source><translation>用于 iOS、Android、macOS 和 Windows 应用，存为一个文件夹</translation></message>
<message><source>For slides, documents and the web; keeps transparency</source><translation>用于幻灯片、文档和网页；保留透明</translation></message>
<message><source>JPEG</source><translation>JPEG</translation></message>
<message><source>Layers above the start picture, for Krita and GIMP</source><translation>位于初始图片之上的图层，用于 Krita 和 GIMP</translation></message>
<message><source>Lossless, smaller than PNG; for the web</source><translation>无损，比 PNG 小；用于网页</translation></message>
<message><source>Mac icon</source><translation>Mac 图标</translation></message>
<message><source>No transparency; fills the background</source><translation>不支持透明；填充背景</translation></message>
<message><source>One .icns with every size from 16 to 1024 pixels</source><translation>一个 .icns，含 16 至 1024 像素的所有尺寸</translation></message>
<message><source>One .ico with seven sizes from 16 to 256 pixels</source><translation>一个 .ico，含 16 至 256 像素的七种尺寸</translation></message>
<message><source>OpenRaster</source><translation>OpenRaster</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>SVG</source><translation>SVG</translation></message>
<message><source>Shapes that stay sharp at any size; best for flat styles</source><translation>任意大小都清晰的图形；最适合扁平风格</translation></message>
<message><source>WebP</source><translation>WebP</translation></message>
<message><source>Website icons</source><translation>网站图标</translation></message>
<message><source>Windows icon</source><translation>Windows 图标</translation></message>
<message><source>favicon.ico, icons for phones and the web manifest, in a folder</source><translation>favicon.ico、手机图标和网页清单，存为一个文件夹</translation></message>
</context>
<context>
<name>ExtendBar</name>
<message><source>Generate the added area</source><translation>生成扩展的区域</translation></message>
<message><source>Leave the picture as it was</source><translation>保持图片原样</translation></message>
<message><source>Pixels above</source><translation>上方像素</translation></message>
<message><source>Pixels below</source><translation>下方像素</translation></message>
<message><source>Pixels left</source><translation>左侧像素</translation></message>
<message><source>Pixels right</source><translation>右侧像素</translation></message>
<message><source>Pixels to add above; ↑ and ↓ change them</source><translation>在上方添加的像素；用 ↑ 和 ↓ 更改</translation></message>
<message><source>Pixels to add at the left; ↑ and ↓ change them</source><translation>在左侧添加的像素；用 ↑ 和 ↓ 更改</translation></message>
<message><source>Pixels to add at the right; ↑ and ↓ change them</source><translation>在右侧添加的像素；用 ↑ 和 ↓ 更改</translation></message>
<message><source>Pixels to add below; ↑ and ↓ change them</source><translation>在下方添加的像素；用 ↑ 和 ↓ 更改</translation></message>
<message><source>Undo the last change</source><translation>撤销上一次更改</translation></message>
<message><source>Use frame</source><translation>使用画框</translation></message>
</context>
<context>
<name>FactorGroup</name>
<message><source>Factors</source><translation>系数</translation></message>
</context>
<context>
<name>FailureReport</name>
<message><source>Close</source><translation>关闭</translation></message>
</context>
<context>
<name>Family</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n 步</numerusform>
</translation></message>
<message><source>as it was at step {step}</source><translation>第 {step} 步时的状态</translation></message>
<message><source>edited in another program</source><translation>在其他程序中编辑</translation></message>
<message><source>from step {step}</source><translation>自第 {step} 步</translation></message>
<message><source>from step {step} of “{title}”, which is not in the gallery</source><translation>自“{title}”的第 {step} 步，原图不在图库中</translation></message>
<message><source>{steps} · seed {seed}</source><translation>{steps} · 种子 {seed}</translation></message>
</context>
<context>
<name>FamilyGraph</name>
<message><source>Family tree of the systems</source><translation>各方法的谱系图</translation></message>
</context>
<context>
<name>FamilyTreeController</name>
<message><source>Command copied</source><translation>命令已复制</translation></message>
<message><source>{command} adds its weights.</source><translation>用 {command} 添加其权重。</translation></message>
<message><source>{command} trains it in {time}.</source><translation>用 {command} 训练它，约需 {time}。</translation></message>
</context>
<context>
<name>FamilyTreePage</name>
<message><source>Back to the lessons and the points</source><translation>返回课程和点</translation></message>
<message><source>By year, with lines to the systems that build on each</source><translation>按年份排列，用线连到在其基础上发展的方法</translation></message>
<message><source>Common errors in the literature</source><translation>文献中的常见错误</translation></message>
<message><source>Diffusion in 2D</source><translation>二维扩散</translation></message>
<message><source>Side by side</source><translation>并列对照</translation></message>
<message><source>The family tree</source><translation>方法谱系</translation></message>
<message><source>Tree</source><translation>谱系图</translation></message>
<message><source>View of the systems</source><translation>方法的视图</translation></message>
<message><source>Weights of pictures</source><translation>图片的权重</translation></message>
<message><source>Weights of points only</source><translation>仅有点的权重</translation></message>
<message><source>What each starts with, what is learned, what a step does</source><translation>各自的起点、学习的内容、一步的作用</translation></message>
</context>
<context>
<name>FamilyView</name>
<message><source>Family of the picture</source><translation>图片的谱系</translation></message>
<message><source>Family · the step at which each picture branched off</source><translation>谱系 · 各图片分支时的步骤</translation></message>
</context>
<context>
<name>FewSteps</name>
<message><source>Hyper</source><translation>Hyper</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>Lightning</source><translation>Lightning</translation></message>
<message><source>Turbo</source><translation>Turbo</translation></message>
<message><source>{steps} steps without guidance ({paper})</source><translation>{steps} 步，无引导（{paper}）</translation></message>
</context>
<context>
<name>FileDrops</name>
<message><source>Copy its text, and paste it where you want to have it.</source><translation>请复制其中的文字，粘贴到需要的位置。</translation></message>
<message><source>Drop a picture, a model, or a folder of them.</source><translation>请拖放图像、模型或包含它们的文件夹。</translation></message>
<message><source>Only {file} is used</source><translation>仅使用 {file}</translation></message>
<message><source>Save the picture as a file and drop that. “Get a model” downloads models.</source><translation>请先将图像保存为文件再拖放。模型可用“获取模型”下载。</translation></message>
<message><source>Web addresses cannot be dropped</source><translation>无法拖放网址</translation></message>
<message><source>{name} cannot be used here</source><translation>{name} 无法在此使用</translation></message>
</context>
<context>
<name>FilenamePattern</name>
<message><source>four letters of its unique id</source><translation>唯一标识的四个字符</translation></message>
<message><source>its first words, or the class</source><translation>提示词开头的几个词，或类别</translation></message>
<message><source>its number, {n:03} with zeros</source><translation>编号，{n:03} 补零</translation></message>
<message><source>its {setting}</source><translation>图片的{setting}</translation></message>
<message><source>number of steps</source><translation>步数</translation></message>
<message><source>the model's name</source><translation>模型名称</translation></message>
</context>
<context>
<name>FilmDialog</name>
<message><source>A notebook whose code generates the same steps with this program.</source><translation>一个笔记本，其中的代码用本程序生成相同的各步。</translation></message>
<message><source>A video for every player, without transparency.</source><translation>各种播放器都能播放的视频，不支持透明。</translation></message>
<message><source>A web page with a slider, the settings and a chart, in one file without links.</source><translation>一个网页，含滑块、设置和图表，单个文件，不含链接。</translation></message>
<message><source>Animation of the steps</source><translation>各步的动画</translation></message>
<message><source>Background</source><translation>背景</translation></message>
<message><source>Black</source><translation>黑色</translation></message>
<message><source>Format</source><translation>格式</translation></message>
<message><source>Loop</source><translation>循环</translation></message>
<message><source>Once</source><translation>一次</translation></message>
<message><source>Original</source><translation>原始</translation></message>
<message><source>Ping-pong</source><translation>往返</translation></message>
<message><source>Plays back to the noise, then forward again</source><translation>倒放回噪声，再正向播放</translation></message>
<message><source>Repeat</source><translation>重复</translation></message>
<message><source>Shown everywhere; 255 colours, and transparent pictures have hard edges.</source><translation>随处可显示；255 色，透明图片边缘生硬。</translation></message>
<message><source>Size</source><translation>尺寸</translation></message>
<message><source>Size, pixels</source><translation>尺寸（像素）</translation></message>
<message><source>Small and exact, with half-transparent edges; browsers and messengers show it.</source><translation>小巧精确，边缘半透明；浏览器和聊天软件可显示。</translation></message>
<message><source>Speed of the animation; the finished picture stays a little longer</source><translation>动画速度；完成的图片会多停留一会儿</translation></message>
<message><source>Starts again at the end</source><translation>播放完后从头开始</translation></message>
<message><source>Steps per second</source><translation>每秒步数</translation></message>
<message><source>Stops at the picture</source><translation>在完成的图片处停止</translation></message>
<message><source>The player decides whether a video repeats</source><translation>视频是否循环由播放器决定</translation></message>
<message><source>The size of the picture</source><translation>图片的尺寸</translation></message>
<message><source>Transparent</source><translation>透明</translation></message>
<message><source>View</source><translation>视图</translation></message>
<message><source>White</source><translation>白色</translation></message>
<message><source>{pixels} pixels on the longer side</source><translation>长边 {pixels} 像素</translation></message>
</context>
<context>
<name>FilmExport</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n 步</numerusform>
</translation></message>
<message><source>Animation exported</source><translation>动画已导出</translation></message>
<message><source>Animation of {title}</source><translation>“{title}”的动画</translation></message>
<message><source>Step {number} of {count}…</source><translation>第 {number} 步，共 {count} 步…</translation></message>
<message><source>Steps exported</source><translation>步骤已导出</translation></message>
<message><source>Writing…</source><translation>正在写入…</translation></message>
</context>
<context>
<name>FilmPreview</name>
<message><source>Preview of the animation</source><translation>动画预览</translation></message>
</context>
<context>
<name>Filmstrip</name>
<message><source>Actions for this step</source><translation>这一步的操作</translation></message>
<message><source>Actions for this step (Menu key, right-click)</source><translation>这一步的操作（Menu 键、右键单击）</translation></message>
<message><source>All pictures of this run</source><translation>本次生成的所有图片</translation></message>
<message><source>Back to the newest step</source><translation>返回最新一步</translation></message>
<message><source>Back to the run in progress</source><translation>返回进行中的生成</translation></message>
<message><source>Latest</source><translation>最新</translation></message>
<message><source>Loop</source><translation>循环</translation></message>
<message><source>Next picture</source><translation>下一张</translation></message>
<message><source>Picture {number} of {count}</source><translation>第 {number} 张，共 {count} 张</translation></message>
<message><source>Previous picture</source><translation>上一张</translation></message>
<message><source>Steps</source><translation>步骤</translation></message>
<message><source>drag to look back</source><translation>拖动可回看</translation></message>
<message><source>drag to look back, right-click to branch</source><translation>拖动可回看，右键单击可分支</translation></message>
<message><source>each one appears here as it is made</source><translation>每一步生成后都会显示在这里</translation></message>
</context>
<context>
<name>FolderDialog</name>
<message><source>Cancel</source><translation>取消</translation></message>
<message><source>Choose another folder</source><translation>选择其他文件夹</translation></message>
<message><source>Choose…</source><translation>选择…</translation></message>
<message><source>Close without writing anything</source><translation>关闭，不写入任何内容</translation></message>
<message><source>Export</source><translation>导出</translation></message>
<message><source>Folder</source><translation>文件夹</translation></message>
<message><source>Folder for {title}</source><translation>{title}的文件夹</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Write the files</source><translation>写入文件</translation></message>
</context>
<context>
<name>FolderEdit</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) edited</source><translation>
<numerusform>已编辑 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) not edited</source><translation>
<numerusform>%n 张图片未能编辑</numerusform>
</translation></message>
<message><source>Edit a folder</source><translation>编辑文件夹</translation></message>
<message><source>Folder with the pictures to edit</source><translation>待编辑图片所在的文件夹</translation></message>
<message><source>Open folder</source><translation>打开文件夹</translation></message>
<message><source>Show which</source><translation>查看列表</translation></message>
<message><source>Stopped · {edited}, {count} left</source><translation>已停止 · {edited}，剩余 {count} 张</translation></message>
<message><source>{folder} contains no pictures; choose another folder.</source><translation>{folder} 中没有图片；请选择其他文件夹。</translation></message>
<message><source>{number} of {count}</source><translation>{number} / {count}</translation></message>
<message><source>{pictures}, {count} with a mask</source><translation>{pictures}，其中 {count} 张有蒙版</translation></message>
</context>
<context>
<name>FolderEditDialog</name>
<message><source>All become {width} × {height} pixels, the only size of this model.</source><translation>所有图片都将变为 {width} × {height} 像素，这是此模型唯一的尺寸。</translation></message>
<message><source>Built in</source><translation>内置</translation></message>
<message><source>Each picture is generated from “{prompt}” by {model}.</source><translation>每张图片都由 {model} 根据“{prompt}”生成。</translation></message>
<message><source>Edit</source><translation>编辑</translation></message>
<message><source>Enlarge by a network; nothing else changes</source><translation>用网络放大，其他不变</translation></message>
<message><source>Inpaint</source><translation>局部重绘</translation></message>
<message><source>Inpaint area</source><translation>重绘区域</translation></message>
<message><source>Quick, and keeps transparency</source><translation>快速，并保留透明度</translation></message>
<message><source>Size</source><translation>尺寸</translation></message>
<message><source>Start from each</source><translation>以每张为起点</translation></message>
<message><source>The edited pictures keep their names, subfolders, EXIF data and colour profiles. Started again, the edit continues where it ended.</source><translation>编辑后的图片保留名称、子文件夹、EXIF 数据和颜色配置文件。再次开始时，会从中断处继续。</translation></message>
<message><source>Upscale</source><translation>放大</translation></message>
<message><source>Upscaler</source><translation>放大器</translation></message>
</context>
<context>
<name>Folders</name>
<message><source>Couldn't open the folder: {folder}. Open it in a file manager.</source><translation>无法打开文件夹：{folder}。请在文件管理器中打开。</translation></message>
<message><source>Open folder</source><translation>打开文件夹</translation></message>
<message><source>{folder} is not there. If it is on another disk, connect that; then try again.</source><translation>找不到 {folder}。如果它在其他磁盘上，请连接该磁盘后重试。</translation></message>
</context>
<context>
<name>FoldersRow</name>
<message><source>Add…</source><translation>添加…</translation></message>
<message><source>Open the default models folder</source><translation>打开默认的模型文件夹</translation></message>
<message><source>Remove from the list; the files stay</source><translation>从列表中移除；文件保留</translation></message>
<message><source>Remove {folder}</source><translation>移除 {folder}</translation></message>
<message><source>Search another folder for models</source><translation>在另一个文件夹中查找模型</translation></message>
<message><source>Show</source><translation>打开</translation></message>
</context>
<context>
<name>GalleryCells</name>
<message><source>Cannot be shown</source><translation>无法显示</translation></message>
</context>
<context>
<name>GalleryCommands</name>
<message numerus="yes"><source> (%n file(s))</source><translation>
<numerusform> (%n 个文件)</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to the favourites</source><translation>
<numerusform>已收藏 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to {name}</source><translation>
<numerusform>已将 %n 张图片添加到 {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) deleted</source><translation>
<numerusform>已删除 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) hidden</source><translation>
<numerusform>已隐藏 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from the favourites</source><translation>
<numerusform>已取消收藏 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from {name}</source><translation>
<numerusform>已将 %n 张图片移出 {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) restored</source><translation>
<numerusform>已恢复 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) tagged {name}</source><translation>
<numerusform>已为 %n 张图片添加标签 {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) taken back</source><translation>
<numerusform>已撤回 %n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>Collection of %n picture(s) created</source><translation>
<numerusform>已创建含 %n 张图片的合集</numerusform>
</translation></message>
<message><source>Ctrl+Z undoes it.</source><translation>按 Ctrl+Z 可撤销。</translation></message>
<message><source>Imported folders are not changed.</source><translation>导入的文件夹不会被更改。</translation></message>
<message><source>In {name} already</source><translation>已在 {name} 中</translation></message>
<message><source>It is under Recently deleted.</source><translation>在“最近删除”中。</translation></message>
<message><source>New collection</source><translation>新建合集</translation></message>
<message><source>No picture is selected</source><translation>未选择图片</translation></message>
<message><source>Not in {name}</source><translation>不在 {name} 中</translation></message>
<message><source>Picture deleted</source><translation>图片已删除</translation></message>
<message><source>Picture hidden</source><translation>图片已隐藏</translation></message>
<message><source>Picture restored</source><translation>图片已恢复</translation></message>
<message><source>Restore</source><translation>恢复</translation></message>
<message><source>They are under Recently deleted.</source><translation>在“最近删除”中。</translation></message>
<message><source>{before} renamed to {now}</source><translation>已将 {before} 重命名为 {now}</translation></message>
<message numerus="yes"><source>{name} removed from %n picture(s)</source><translation>
<numerusform>已从 %n 张图片移除标签 {name}</numerusform>
</translation></message>
</context>
<context>
<name>GalleryPage</name>
<message><source>Gallery</source><translation>图库</translation></message>
</context>
<context>
<name>GalleryPanel</name>
<message><source>Clear the search and show the new picture</source><translation>清除搜索并显示新图片</translation></message>
<message><source>Show it</source><translation>显示</translation></message>
<message><source>The search hides the new picture.</source><translation>搜索隐藏了新图片。</translation></message>
</context>
<context>
<name>GalleryService</name>
<message><source>Something was repaired</source><translation>已进行修复</translation></message>
<message><source>{file} is damaged; copy a backup of it to {folder}, or generate it again from its settings.</source><translation>{file} 已损坏；请将其备份复制到 {folder}，或根据其设置重新生成。</translation></message>
</context>
<context>
<name>GenerateButton</name>
<message><source>Starting…</source><translation>正在启动…</translation></message>
<message><source>Stopping…</source><translation>正在停止…</translation></message>
<message><source>The current step is being finished</source><translation>正在完成当前这一步</translation></message>
</context>
<context>
<name>GenerationController</name>
<message numerus="yes"><source>%n failed and can be tried again.</source><translation>
<numerusform>%n 项失败，可以重试。</numerusform>
</translation></message>
<message><source>A picture could not be saved</source><translation>一张图片未能保存</translation></message>
<message><source>A run is in progress</source><translation>正在生成</translation></message>
<message><source>Add to the queue</source><translation>添加到队列</translation></message>
<message><source>Everything is made.</source><translation>已全部生成。</translation></message>
<message><source>It could not be followed to its end.</source><translation>未能跟踪到结束。</translation></message>
<message><source>It starts after the running jobs</source><translation>将在运行中的任务之后开始</translation></message>
<message><source>Queued · {count}</source><translation>已排队 · {count}</translation></message>
<message><source>Queued · {count} · {total} waiting in all</source><translation>已排队 · {count} · 共有 {total} 张等待</translation></message>
<message><source>Resume</source><translation>继续</translation></message>
<message><source>The queue waits until it is.</source><translation>保存成功前，队列会等待。</translation></message>
<message><source>Try again once it has ended, or stop it first.</source><translation>请等生成结束或先停止它，再试一次。</translation></message>
<message><source>Try again once it is saved.</source><translation>请等图片保存后再试一次。</translation></message>
<message><source>Your pictures are ready</source><translation>图片已生成</translation></message>
<message><source>about {time} · {size}</source><translation>约 {time} · {size}</translation></message>
<message><source>starting…</source><translation>正在启动…</translation></message>
<message><source>{title} · waits for the paused queue</source><translation>{title} · 等待已暂停的队列</translation></message>
<message><source>{title} · waits for the paused run</source><translation>{title} · 等待已暂停的生成</translation></message>
</context>
<context>
<name>GenerationModes</name>
<message><source>A set is a list of prompts, and {model} reads none.</source><translation>套图由一列提示词组成，而 {model} 不读取提示词。</translation></message>
<message><source>Describe the picture, or let the model draw anything.</source><translation>请描述图片，或让模型随意绘制。</translation></message>
<message><source>Draw anything</source><translation>随意绘制</translation></message>
<message><source>It updates a single picture. Leave the set with {keys}.</source><translation>此模式只更新单张图片。请按 {keys} 退出套图。</translation></message>
<message><source>No set was found</source><translation>未找到套图</translation></message>
<message><source>The prompt is empty</source><translation>提示词为空</translation></message>
</context>
<context>
<name>Grid</name>
<message><source>No favourites yet. Press F to mark the selected picture.</source><translation>还没有收藏。按 F 可收藏所选图片。</translation></message>
<message><source>No imported pictures yet. Drop a file here, or add a folder.</source><translation>还没有导入的图片。将文件拖放到此处，或添加文件夹。</translation></message>
<message><source>No pictures from today yet.</source><translation>今天还没有图片。</translation></message>
<message><source>Nothing matches “{query}”.</source><translation>没有与“{query}”匹配的内容。</translation></message>
<message><source>Pictures</source><translation>图片</translation></message>
<message><source>There are no pictures in this folder.</source><translation>此文件夹中没有图片。</translation></message>
<message><source>Your pictures will appear here.</source><translation>图片将显示在这里。</translation></message>
</context>
<context>
<name>GridController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n 张图片</numerusform>
</translation></message>
<message><source>Another grid is being generated. Stop it, then restore this one.</source><translation>正在生成另一个网格。请先停止它，再恢复这个网格。</translation></message>
<message><source>Back to the grid</source><translation>返回网格</translation></message>
<message><source>Grid</source><translation>网格</translation></message>
<message numerus="yes"><source>Grid: %n picture(s)</source><translation>
<numerusform>网格：%n 张图片</numerusform>
</translation></message>
<message><source>It is in the pictures folder; its pictures are the collection “{name}”.</source><translation>已存入图片文件夹；其中的图片为合集“{name}”。</translation></message>
<message><source>Its name is “{name}”.</source><translation>名称为“{name}”。</translation></message>
<message><source>One picture for each value, or each pair</source><translation>每个值或每对值一张图片</translation></message>
<message><source>One picture for each value, or each pair; all other settings stay as they are.</source><translation>每个值或每对值一张图片；其他设置保持不变。</translation></message>
<message><source>Previous grid saved as a collection</source><translation>上一个网格已存为合集</translation></message>
<message><source>Restore it</source><translation>恢复</translation></message>
<message><source>Schedulers</source><translation>调度器</translation></message>
<message numerus="yes"><source>Schedulers: %n picture(s)</source><translation>
<numerusform>调度器：%n 张图片</numerusform>
</translation></message>
<message><source>Sheet saved</source><translation>图表已保存</translation></message>
<message><source>click one to use it</source><translation>点击一张即可使用</translation></message>
<message><source>connecting to the cluster…</source><translation>正在连接集群…</translation></message>
</context>
<context>
<name>GridSetup</name>
<message><source>Across</source><translation>横向</translation></message>
<message><source>Down</source><translation>纵向</translation></message>
<message><source>Make the grid</source><translation>生成网格</translation></message>
<message><source>One picture for each</source><translation>各一张图片</translation></message>
</context>
<context>
<name>GridView</name>
<message><source>Continue</source><translation>继续</translation></message>
<message><source>Each at its best</source><translation>各取最佳</translation></message>
<message><source>Every scheduler with its own default steps and spacing</source><translation>每个调度器使用各自默认的步数和步距</translation></message>
<message><source>Every scheduler with the steps and the spacing that are set</source><translation>所有调度器使用当前设置的步数和步距</translation></message>
<message><source>Make the missing pictures</source><translation>生成缺少的图片</translation></message>
<message><source>Same settings</source><translation>相同设置</translation></message>
<message><source>Settings of the schedulers</source><translation>调度器的设置</translation></message>
<message><source>Skip the missing pictures</source><translation>跳过缺少的图片</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
</context>
<context>
<name>Handout</name>
<message><source>A run on the plane</source><translation>平面上的一次运行</translation></message>
<message><source>Distance at the end</source><translation>终点处的距离</translation></message>
<message><source>Distance from the true distribution at each step</source><translation>每一步与真实分布的距离</translation></message>
<message><source>Each point starts as noise, and the sampler moves it towards the data. The notebook runs with the package `gdm_studio`.</source><translation>每个点从噪声开始，由采样器移向数据。此笔记本需用软件包 `gdm_studio` 运行。</translation></message>
<message><source>Images, compared</source><translation>图像对比</translation></message>
<message><source>In Python</source><translation>Python 代码</translation></message>
<message><source>Made with GDM Studio.</source><translation>由 GDM Studio 生成。</translation></message>
<message><source>Noise after each step, as the ratio of noise to signal</source><translation>每一步之后的噪声，以噪声与信号之比表示</translation></message>
<message><source>Nothing is known about how this image was made.</source><translation>这张图像的生成方式未知。</translation></message>
<message><source>Play</source><translation>播放</translation></message>
<message><source>Runs on the plane, compared</source><translation>平面上的运行对比</translation></message>
<message><source>Step</source><translation>步</translation></message>
<message><source>Step {step} in numbers</source><translation>第 {step} 步的数值</translation></message>
<message><source>Step {step} of {steps}</source><translation>第 {step}/{steps} 步</translation></message>
<message><source>Step {step} of {steps} · α {alpha:.3f} · σ {sigma:.3f} · distance {distance:.3f}</source><translation>第 {step}/{steps} 步 · α {alpha:.3f} · σ {sigma:.3f} · 距离 {distance:.3f}</translation></message>
<message><source>The network of this run is not part of the notebook. The exact denoiser takes its place.</source><translation>此笔记本不含这次运行的网络，以精确去噪器代替。</translation></message>
<message><source>The request below determines the image completely. Running it again generates the same image, step by step.</source><translation>下面的请求完全决定这张图像。再次运行会逐步生成相同的图像。</translation></message>
<message><source>evaluations of the denoiser</source><translation>去噪器求值次数</translation></message>
<message><source>step</source><translation>步</translation></message>
</context>
<context>
<name>Head</name>
<message><source>Its file does not say how it was made</source><translation>文件中没有生成方式的记录</translation></message>
<message><source>Move {letter} to the left</source><translation>左移 {letter}</translation></message>
<message><source>Move {letter} to the right</source><translation>右移 {letter}</translation></message>
<message><source>Remove {letter} from the comparison</source><translation>将 {letter} 移出对比</translation></message>
<message><source>Use the settings of {letter}</source><translation>使用 {letter} 的设置</translation></message>
<message><source>{title} · settings not known</source><translation>{title} · 设置未知</translation></message>
</context>
<context>
<name>IdleNotifier</name>
<message numerus="yes"><source>%n picture(s) still to make</source><translation>
<numerusform>还有 %n 张图片待生成</numerusform>
</translation></message>
<message><source>The queue resumes when you open GDM Studio again.</source><translation>再次打开 GDM Studio 时，队列会继续。</translation></message>
</context>
<context>
<name>ImageSignals</name>
<message><source>The file does not say which model made this picture.</source><translation>文件没有说明是哪个模型生成了这张图片。</translation></message>
<message><source>This picture has no settings from which to make it again.</source><translation>这张图片没有可用于重新生成的设置。</translation></message>
<message><source>This picture has no settings to use; drop it on the Create page to start from it.</source><translation>这张图片没有设置；将它拖到“创作”页面即可从它开始。</translation></message>
<message><source>Variations need the settings of a picture, and this one has none; start from it instead.</source><translation>变体需要图片的设置，而这张图片没有；请改为从它开始。</translation></message>
</context>
<context>
<name>ImportController</name>
<message><source>Add a folder of pictures to the gallery</source><translation>将图片文件夹添加到图库</translation></message>
<message><source>Added to the gallery</source><translation>已添加到图库</translation></message>
<message><source>{file} was copied; the original stays where it is.</source><translation>已复制 {file}；原文件保留在原处。</translation></message>
</context>
<context>
<name>InterpolationController</name>
<message><source>Animated WebP (*.webp)</source><translation>WebP 动图 (*.webp)</translation></message>
<message><source>Animation saved</source><translation>动画已保存</translation></message>
<message><source>Animation {file}</source><translation>动画 {file}</translation></message>
<message><source>Back to the row</source><translation>返回图片序列</translation></message>
<message numerus="yes"><source>Between two: %n picture(s)</source><translation>
<numerusform>两者之间：%n 张图片</numerusform>
</translation></message>
<message><source>From {prompt}, seed {seed}</source><translation>从 {prompt}，种子 {seed}</translation></message>
<message><source>GIF (*.gif)</source><translation>GIF (*.gif)</translation></message>
<message><source>MP4 video (*.mp4)</source><translation>MP4 视频 (*.mp4)</translation></message>
<message><source>Save animation</source><translation>保存动画</translation></message>
<message><source>every frame begins with the start picture</source><translation>每一帧都从初始图片开始</translation></message>
<message><source>no prompt</source><translation>无提示词</translation></message>
<message><source>only the masked part changes</source><translation>只有蒙版部分会变化</translation></message>
<message><source>press Make</source><translation>点“生成”</translation></message>
<message><source>seed {seed}</source><translation>种子 {seed}</translation></message>
<message><source>writing…</source><translation>正在写入…</translation></message>
<message><source>{percent} % of the way</source><translation>进程的 {percent} %</translation></message>
<message><source>{prompt}, seed {seed} → {end}</source><translation>{prompt}，种子 {seed} → {end}</translation></message>
</context>
<context>
<name>InterpolationRow</name>
<message><source>Use the seed and the prompt themselves</source><translation>直接使用种子和提示词本身</translation></message>
<message><source>Variation {percent} % of seed {seed}</source><translation>种子 {seed} 的变体 {percent} %</translation></message>
<message><source>{legs} steps away, the last {percent} % towards seed {seed}</source><translation>相距 {legs} 步，最后一步朝种子 {seed} 前进 {percent} %</translation></message>
<message><source>{legs} steps away, the last {percent} % towards {prompt}, seed {seed}</source><translation>相距 {legs} 步，最后一步朝 {prompt}、种子 {seed} 前进 {percent} %</translation></message>
<message><source>{percent} % towards {prompt}, seed {seed}</source><translation>朝 {prompt}、种子 {seed} 前进 {percent} %</translation></message>
</context>
<context>
<name>InterpolationView</name>
<message><source>Another seed</source><translation>换一个种子</translation></message>
<message><source>Between two pictures</source><translation>两张图片之间</translation></message>
<message><source>Drag along the row</source><translation>沿序列拖动</translation></message>
<message><source>Frames</source><translation>帧数</translation></message>
<message><source>Make</source><translation>生成</translation></message>
<message><source>Make the pictures of the row</source><translation>生成序列中的图片</translation></message>
<message><source>Picture of the row</source><translation>序列中的图片</translation></message>
<message><source>Pictures in the row</source><translation>序列中的图片数</translation></message>
<message><source>Prompt of the last picture</source><translation>最后一张图片的提示词</translation></message>
<message><source>Prompt of the last picture; empty for the same prompt</source><translation>最后一张图片的提示词；留空则相同</translation></message>
<message><source>Seed of the last picture</source><translation>最后一张图片的种子</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>To prompt</source><translation>终点提示词</translation></message>
<message><source>To seed</source><translation>终点种子</translation></message>
<message><source>the same prompt</source><translation>相同的提示词</translation></message>
</context>
<context>
<name>Introduction</name>
<message><source>Press Start. Test pictures and a diagnosis show whether it learns.</source><translation>点“开始”。测试图片和诊断会显示模型是否在学习。</translation></message>
<message><source>Teach a model your style, or train a model of your own. All on this computer.</source><translation>让模型学会自己的风格，或训练自己的模型。一切都在此电脑上完成。</translation></message>
<message><source>Train on your pictures</source><translation>用自己的图片训练</translation></message>
</context>
<context>
<name>InversionTool</name>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>剩余 %n 步</numerusform>
</translation></message>
<message><source>Change the prompt, then generate from the recovered noise.</source><translation>修改提示词，然后从还原的噪声生成。</translation></message>
<message><source>Finding the noise</source><translation>正在反演噪声</translation></message>
<message><source>Generate from it</source><translation>由此生成</translation></message>
<message><source>Ready: new words, same layout</source><translation>就绪：新的文字，同样的构图</translation></message>
<message><source>The picture as it is</source><translation>原图</translation></message>
<message><source>The picture was drawn for: {prompt}</source><translation>这张图片的提示词：{prompt}</translation></message>
<message><source>Use its prompt</source><translation>使用其提示词</translation></message>
<message><source>Your prompt is not the picture's</source><translation>您的提示词不是这张图片的提示词</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model} 不能从图片开始</translation></message>
<message><source>{percent} % noise</source><translation>{percent} % 噪声</translation></message>
</context>
<context>
<name>JobBar</name>
<message numerus="yes"><source>%n job(s)</source><translation>
<numerusform>%n 个任务</numerusform>
</translation></message>
<message><source>Choose a job to stop</source><translation>选择要停止的任务</translation></message>
<message><source>Show all running jobs in the queue</source><translation>在队列中显示所有运行中的任务</translation></message>
<message><source>Show {job}</source><translation>显示 {job}</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Stop this job after the current step</source><translation>在当前步骤之后停止此任务</translation></message>
<message><source>Stop {job}</source><translation>停止 {job}</translation></message>
<message><source>Stop…</source><translation>停止…</translation></message>
</context>
<context>
<name>JobLine</name>
<message><source>Progress of {job}</source><translation>{job} 的进度</translation></message>
<message><source>Show</source><translation>显示</translation></message>
<message><source>Show the pictures of this job</source><translation>显示此任务的图片</translation></message>
<message><source>Show {job}</source><translation>显示 {job}</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Stop {job}</source><translation>停止 {job}</translation></message>
</context>
<context>
<name>Label</name>
<message><source>{title}: {text}</source><translation>{title}：{text}</translation></message>
</context>
<context>
<name>LargePicture</name>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Space or Esc closes it; the arrow keys show the next picture</source><translation>按空格键或 Esc 关闭；方向键切换图片</translation></message>
<message><source>Toolbar of the picture</source><translation>图片工具栏</translation></message>
<message><source>{title}, large</source><translation>{title}，大图</translation></message>
</context>
<context>
<name>LearnPage</name>
<message><source>Compare the systems of the literature</source><translation>对比文献中的各种方法</translation></message>
<message><source>Data to noise</source><translation>数据到噪声</translation></message>
<message><source>Diffusion in 2D</source><translation>二维扩散</translation></message>
<message><source>Direction</source><translation>方向</translation></message>
<message><source>Drag through the steps</source><translation>拖动以浏览各步</translation></message>
<message><source>Draw lines here with the mouse.</source><translation>在此用鼠标画线。</translation></message>
<message><source>Exporting…</source><translation>正在导出…</translation></message>
<message><source>Family tree</source><translation>方法谱系</translation></message>
<message><source>First run</source><translation>第一次运行</translation></message>
<message><source>Lessons</source><translation>课程</translation></message>
<message><source>Measured when the training ends</source><translation>训练结束后测量</translation></message>
<message><source>Noise to data</source><translation>噪声到数据</translation></message>
<message><source>Notebook (Jupyter)</source><translation>笔记本（Jupyter）</translation></message>
<message><source>Panel</source><translation>面板</translation></message>
<message><source>Play the steps</source><translation>播放各步</translation></message>
<message><source>Second run</source><translation>第二次运行</translation></message>
<message><source>Settings</source><translation>设置</translation></message>
<message><source>Settings of the points</source><translation>点的设置</translation></message>
<message><source>Show the score as arrows</source><translation>用箭头显示分数</translation></message>
<message><source>Six short lessons, each with an exercise</source><translation>六节短课，每节都有练习</translation></message>
<message><source>Step</source><translation>步</translation></message>
<message><source>Step {step} of {steps}</source><translation>第 {step}/{steps} 步</translation></message>
<message><source>Take it home</source><translation>带走一份</translation></message>
<message><source>Take it home, as a web page or a notebook</source><translation>带走一份：网页或笔记本</translation></message>
<message><source>The process</source><translation>前向过程</translation></message>
<message><source>The process adds noise to true points</source><translation>向真实的点加入噪声</translation></message>
<message><source>The runs were exported</source><translation>运行已导出</translation></message>
<message><source>The sampler removes the noise</source><translation>采样器去除噪声</translation></message>
<message><source>This step, in numbers</source><translation>这一步的数值</translation></message>
<message><source>Web page (HTML)</source><translation>网页（HTML）</translation></message>
<message><source>{factor} × the exact error, step {step} of {steps}</source><translation>精确误差的 {factor} 倍，第 {step}/{steps} 步</translation></message>
<message><source>α {alpha} · σ {sigma} · distance {distance}</source><translation>α {alpha} · σ {sigma} · 距离 {distance}</translation></message>
</context>
<context>
<name>Lesson</name>
<message><source>1. Noise and its schedule</source><translation>1. 噪声及其调度</translation></message>
<message><source>2. What a network learns</source><translation>2. 网络学到什么</translation></message>
<message><source>20 steps</source><translation>20 步</translation></message>
<message><source>2000 points were drawn with the exact denoiser. Near how many different training points do they end?</source><translation>用精确去噪器生成了 2000 个点。它们最终落在多少个不同的训练点附近？</translation></message>
<message><source>3. Samplers and steps</source><translation>3. 采样器与步数</translation></message>
<message><source>4. Guidance, temperature</source><translation>4. 引导与温度</translation></message>
<message><source>5. Latents</source><translation>5. 潜变量</translation></message>
<message><source>50 steps</source><translation>50 步</translation></message>
<message><source>6. Why models memorise</source><translation>6. 模型为何死记硬背</translation></message>
<message><source>A common mistake: “DDIM adapts its schedule to the data.” It does not. You choose its noise levels before it starts, and all points pass through the same ones. It needs fewer steps than DDPM because its path has no new noise. Only methods with a tolerance, such as RK45, choose their steps on the way.</source><translation>一个常见的误解：“DDIM 会使其调度适应数据。”并非如此。噪声级在开始之前就已选定，所有点都经过同样的噪声级。它需要的步数比 DDPM 少，是因为它的路径上不加新噪声。只有 RK45 这类带容差的方法才会在途中选择步长。</translation></message>
<message><source>A coordinate is x = 1, at α = 0.6 and σ = 0.8. The network guesses x̂₀ = 0.5. Which noise ε follows?</source><translation>某个坐标为 x = 1，此时 α = 0.6，σ = 0.8。网络的猜测是 x̂₀ = 0.5。对应的噪声 ε 是多少？</translation></message>
<message><source>A network in place of the exact guess</source><translation>用网络代替精确的猜测</translation></message>
<message><source>A noisy point could have come from many clean points. The best possible guess is their average, weighted by how likely each is: x̂₀ = E[x₀ | x]. In training, a clean point, a noise level and noise are drawn at random. The network sees the noisy point and the level. Its loss is the squared error of its guess. Of two equally likely points, the middle has less of it, on average, than either.</source><translation>一个带噪的点可能来自许多干净的点。最佳的猜测是它们的平均，按各自的可能性加权：x̂₀ = E[x₀ | x]。训练时，随机抽取一个干净的点、一个噪声级和噪声。网络看到带噪的点和噪声级。其损失是猜测的平方误差。对于两个同样可能的点，猜中点的误差平均比猜其中任何一个都小。</translation></message>
<message><source>A picture of 512 × 512 pixels in 3 colours has 786432 numbers. Most of them can be guessed from their neighbours. Diffusion on all of them would spend its time on details that nobody sees.</source><translation>一张 512 × 512 像素、3 种颜色的图片有 786432 个数值，其中大多数可以由相邻的数值猜出。如果对所有数值都做扩散，时间就会花在谁也看不见的细节上。</translation></message>
<message><source>A prompt is a condition. On the plane it is the class: here, the first moon. The network can guess with the class, c, and without it, u. In training, the class is sometimes left out, so that one network learns both.</source><translation>提示词是一种条件。在这个平面上，条件就是类别：这里是第一个月牙。网络可以给出有类别的猜测 c，也可以给出无类别的猜测 u。训练时有时会略去类别，使一个网络学会两者。</translation></message>
<message><source>A sampler walks back from noise to data. The network knows every noise level, so the sampler may skip most of them. DDIM splits x into the guess x̂₀ and the predicted noise ε, and mixes them again with less noise:
x′ = α′·x̂₀ + σ′·ε
Move the slider back: Σ below the plane shows a step in numbers, with its code. The last step is only x′ = x̂₀.</source><translation>采样器从噪声走回数据。网络认识每个噪声级，所以采样器可以跳过其中大部分。DDIM 把 x 分成猜测 x̂₀ 和预测的噪声 ε，再以较少的噪声重新混合：
x′ = α′·x̂₀ + σ′·ε
把滑块往回拖，再点击平面下方的 Σ，可查看一步的数值及其代码。最后一步只是 x′ = x̂₀。</translation></message>
<message><source>A schedule says how fast α falls over 1000 steps; the slider stops at 40 of them. Halfway, α is 0.28 in the linear schedule and 0.70 in the cosine schedule, which spends more steps where shapes can be seen.</source><translation>调度决定 α 在 1000 步中下降得多快；滑块停在其中 40 步。走到一半时，线性调度的 α 为 0.28，余弦调度为 0.70，后者把更多步数用在还能看清形状的地方。</translation></message>
<message><source>An average is not the clean point itself, so even a perfect network has a loss. Exactly between the two modes, the best guess is the middle, where there is no data: in pictures, a blur.</source><translation>平均并不是那个干净的点本身，因此即使是完美的网络也有损失。在两个峰的正中间，最佳的猜测就是中点，而那里没有数据：对图片来说就是一片模糊。</translation></message>
<message><source>Better rules bend with the curve. DPM++ 2M also uses its previous guess. An evaluation is one guess; guesses take nearly all the time. In the chart, DPM++ 2M reaches 0.04 with 12 evaluations, and DDIM 0.08.</source><translation>更好的规则会随曲线弯曲。DPM++ 2M 也利用上一次的猜测。一次求值就是一次猜测，几乎所有时间都花在猜测上。图表中，求值 12 次时，DPM++ 2M 达到 0.04，DDIM 达到 0.08。</translation></message>
<message><source>Classifier-free guidance exaggerates the difference between the two guesses:
x̂₀ = u + g·(c − u)
At g = 0 the class has no effect, and at g = 1 it is the plain guess with the class. Above 1, points move away from what all classes have in common. Each step takes two guesses instead of one. With a negative prompt, u is the guess for that prompt.</source><translation>无分类器引导会放大两个猜测之间的差异：
x̂₀ = u + g·(c − u)
g = 0 时，类别不起作用；g = 1 时，就是有类别的猜测本身。大于 1 时，点会远离所有类别的共同之处。每一步需要两次猜测，而不是一次。有负面提示词时，u 就是对该提示词的猜测。</translation></message>
<message><source>Click a point to follow it. The red circle is the guess for it. At high noise the guess is near the middle of all data, at low noise in the nearest mode. The arrows point to α·x̂₀.</source><translation>点击一个点即可跟踪它，红圈是对它的猜测。噪声很大时，猜测接近全部数据的中央；噪声很小时，猜测落在最近的峰。箭头指向 α·x̂₀。</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM puts fresh noise in place of part of the predicted noise, except at the end. That corrects earlier errors, but needs more steps. η scales the fresh noise: 0 is DDIM, 1 is DDPM. With other fresh noise, the same start ends elsewhere. DDPM follows a stochastic differential equation (SDE), DDIM an ordinary one (ODE).</source><translation>除最后一步外，DDPM 用新噪声代替一部分预测的噪声。这会纠正之前的误差，但需要更多步数。η 是新噪声的系数：0 为 DDIM，1 为 DDPM。换一份新噪声，同一个起点会到达不同的终点。DDPM 遵循随机微分方程（SDE），DDIM 遵循常微分方程（ODE）。</translation></message>
<message><source>DDPM, with fresh noise</source><translation>DDPM，加入新噪声</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>Drag the slider to the place where data and noise are equally strong, α = σ. Then check.</source><translation>将滑块拖到数据与噪声一样强的位置，即 α = σ。然后点“检查”。</translation></message>
<message><source>Each point here stands for a picture. Drag the slider below: the points turn into noise, step by step. The grey glow is their true density; blue and orange are two classes. Nothing is learned yet. This half of diffusion is pure arithmetic.</source><translation>这里的每个点代表一张图片。拖动下方的滑块：这些点会一步步变成噪声。灰色光晕是这些点的真实密度，蓝色和橙色是两个类别。此时还没有学习任何东西，扩散的这一半纯粹是算术。</translation></message>
<message><source>Each point on this plane can stand for two latents, which a decoder turns into a picture. Nothing about the sampler would change: it sees numbers and noise, never pixels. The prompt is no latent: a text encoder turns it into numbers, which the denoiser reads at every step.</source><translation>这个平面上的每个点可以代表两个潜变量，由解码器变成一张图片。采样器不会有任何改变：它看到的是数值和噪声，从来不是像素。提示词不是潜变量：文本编码器把它变成数值，去噪器在每一步读取这些数值。</translation></message>
<message><source>Guidance 4</source><translation>引导 4</translation></message>
<message><source>How many latents has a picture of 1024 × 1024 pixels, if they have 4 channels and each side is 8 times smaller?</source><translation>一张 1024 × 1024 像素的图片有多少个潜变量，如果它们有 4 个通道，每边缩小到八分之一？</translation></message>
<message><source>In short: guidance makes a picture fit its prompt better, a low temperature makes it more ordinary. If colours become too strong or all pictures look the same, lower the guidance first.</source><translation>简而言之：引导使图片更符合提示词，较低的温度使图片更平常。如果颜色过浓，或所有图片看起来都一样，请先降低引导。</translation></message>
<message><source>Latents are not small pictures. Neighbouring latents belong to neighbouring places, but a single channel is no colour. The autoencoder (VAE) is not exact: a picture that is encoded and decoded again has lost fine texture and small letters. More steps cannot repair them.</source><translation>潜变量不是小图片。相邻的潜变量对应相邻的位置，但单个通道并不是一种颜色。自编码器（VAE）并不精确：图片编码后再解码，会失去细微纹理和小字。增加步数也无法修复。</translation></message>
<message><source>Let it predict the noise</source><translation>让它预测噪声</translation></message>
<message><source>Many small steps together are one large step:
x = α·x₀ + σ·ε
α scales the data: it is the product of all √(1 − β), which DDPM's paper calls √ᾱ. σ scales the noise. Both are shown below the plane. Since the cloud keeps its size, α² + σ² = 1: the variance is preserved (VP). At the end α is nearly 0: what remains is Gaussian noise with mean 0 and variance 1, from which a new picture can start.</source><translation>许多小步合起来就是一大步：
x = α·x₀ + σ·ε
α 是数据的系数，即所有 √(1 − β) 的乘积，DDPM 论文中记作 √ᾱ；σ 是噪声的系数。两者都显示在平面下方。由于点云的大小不变，α² + σ² = 1，即方差保持不变（VP）。最后 α 接近 0，剩下的是均值为 0、方差为 1 的高斯噪声，新图片可以由此开始。</translation></message>
<message><source>Models make new pictures because they do not reach that optimum. A network of limited size, seeing many pictures few times, cannot store each one. It has to learn what they share, and guesses mixtures of them. These errors are the new pictures.</source><translation>模型之所以能画出新图片，是因为它们达不到那个最优解。网络的规模有限，又只把大量图片各看几遍，无法记住每一张。它只能学习图片的共同之处，并猜测它们的混合。这些误差就是新图片。</translation></message>
<message><source>More steps do not help: the sampler follows the guess. Nor does another seed. To see whether a model copies, look for the training picture nearest to the result. To see it in training, hold some pictures out, as the page Train does. At high noise, the errors of held-out and training pictures agree, since only the average can be guessed. The gap opens at middle and low noise: if the model copies, the error of held-out pictures usually falls first, then stalls or rises, while that of training pictures keeps falling.</source><translation>增加步数没有用：采样器只是跟随猜测。换一个种子也一样。要判断模型是否在复制，请找出与结果最接近的训练图片。要在训练中看出来，请像“训练”页那样留出一些图片：噪声很大时，留出图片与训练图片的误差一致，因为只能猜到平均值。差距出现在中等和较低的噪声下：如果模型在复制，留出图片的误差通常先下降，然后停滞或上升，而训练图片的误差继续下降。</translation></message>
<message><source>Not yet. Count the clusters on the first plane.</source><translation>还不对。数一数第一个平面上有几簇点。</translation></message>
<message><source>Not yet. Divide the side by 8, square it, and multiply by the channels.</source><translation>还不对。将边长除以 8，求平方，再乘以通道数。</translation></message>
<message><source>Not yet. Multiply the difference of the guesses by 3, and add it to the guess without the class.</source><translation>还不对。从无类别的猜测出发，加上三倍的两个猜测之差。</translation></message>
<message><source>Not yet. Open Settings, move Steps, and read the distance below the first plane. Change nothing else.</source><translation>还不对。打开“设置”，调整“步数”，查看第一个平面下方的距离。其他都不要改。</translation></message>
<message><source>Not yet. Read α and σ below the plane: near 0.7 with VP, near 1 with VE.</source><translation>还不对。请看平面下方的 α 和 σ：使用 VP 时接近 0.7，使用 VE 时接近 1。</translation></message>
<message><source>Not yet. Subtract α·x̂₀ from x, then divide by σ.</source><translation>还不对。从 x 中减去 α·x̂₀，再除以 σ。</translation></message>
<message><source>Not yet. The distance is less than 0.1, but fewer steps will do.</source><translation>还不对。距离小于 0.1，但更少的步数就够了。</translation></message>
<message><source>On this page the exact guess is known, because the data is a known mixture. For real data, a network has to learn it. Watch one learn: below it, its error is compared with the exact guess's.</source><translation>在这个页面上，数据是已知的混合分布，所以精确的猜测是已知的。对于真实数据，必须由网络来学习。请观看一个网络如何学习：下方把它的误差与精确猜测的误差作比较。</translation></message>
<message><source>One small step keeps most of a point and adds a little Gaussian noise ε:
x ← √(1 − β)·x + √β·ε
Here β is the noise's share of the variance. Mind the roots. Data and noise both have variance 1, and variances add up: (1 − β) + β = 1. So the cloud keeps its size. Without the roots it would shrink at every step, which is a common mistake.</source><translation>一小步会保留点的大部分，并加入少许高斯噪声 ε：
x ← √(1 − β)·x + √β·ε
其中 β 是噪声在方差中所占的比例。注意根号。数据和噪声的方差都是 1，而方差可以相加：(1 − β) + β = 1。因此点云的大小不变。没有根号，它每一步都会缩小，这是一个常见的错误。</translation></message>
<message><source>Right. No matter how many points you draw, there are no more than these.</source><translation>正确。无论生成多少个点，都不会比这更多。</translation></message>
<message><source>Right. One step less, and the distance is 0.1 or more.</source><translation>正确。再少一步，距离就是 0.1 或更大。</translation></message>
<message><source>Right. With VP, both are 0.71 there, because twice the square of 0.71 is 1.</source><translation>正确。使用 VP 时，此处两者都是 0.71，因为 0.71 的平方的两倍是 1。</translation></message>
<message><source>Right: (1 − 0.6·0.5) / 0.8 = 0.875.</source><translation>正确：(1 − 0.6·0.5) / 0.8 = 0.875。</translation></message>
<message><source>Right: 0.2 + 3·(0.5 − 0.2) = 1.1, which is beyond both guesses.</source><translation>正确：0.2 + 3·(0.5 − 0.2) = 1.1，超出了两个猜测。</translation></message>
<message><source>Right: 128 × 128 × 4 = 65536, four times as many as for 512 × 512.</source><translation>正确：128 × 128 × 4 = 65536，是 512 × 512 时的四倍。</translation></message>
<message><source>Set Steps so that DDIM ends less than 0.1 from the truth, with as few steps as possible. Then check.</source><translation>设置“步数”，使 DDIM 的终点与真实分布的距离小于 0.1，且步数尽可能少。然后点“检查”。</translation></message>
<message><source>So an autoencoder is trained first. Its encoder turns the picture into fewer numbers, the latents; its decoder turns latents back into a picture. Stable Diffusion 1.5 at 512 × 512 has 64 × 64 × 4 = 16384 latents, 48 times fewer. The built-in Icons model turns 256 × 256 × 4 numbers into 4096, 64 times fewer. Diffusion happens on the latents alone, and the decoder runs once at the end.</source><translation>因此要先训练一个自编码器。编码器把图片变成较少的数值，即潜变量；解码器再把潜变量变回图片。Stable Diffusion 1.5 在 512 × 512 时有 64 × 64 × 4 = 16384 个潜变量，是原来的 48 分之一。内置的 Icons 模型把 256 × 256 × 4 个数值变成 4096 个，是原来的 64 分之一。扩散只在潜变量上进行，解码器只在最后运行一次。</translation></message>
<message><source>Some processes never shrink the data: with VE (variance exploding), α stays 1 and σ grows to 50. The points look alike, because this page scales them to the same size. So the chart shows α / √(α² + σ²), which falls for VE too. What counts is the ratio σ / α.</source><translation>有些过程从不缩小数据：在 VE（方差爆炸）中，α 始终为 1，σ 增大到 50。这些点看起来相似，是因为本页面将它们缩放到同样的大小。因此图表显示 α / √(α² + σ²)，它在 VE 中也会下降。重要的是比值 σ / α。</translation></message>
<message><source>Temperature 0.5</source><translation>温度 0.5</translation></message>
<message><source>Temperature is not guidance. It needs no class and no second guess. It multiplies the predicted noise ε by a number, which is above 1 for a temperature below 1, before x̂₀ is computed from it. So more noise is removed: points spread less around the modes of the distribution, and are more typical. At a temperature above 1, they spread more.</source><translation>温度不是引导，它不需要类别，也不需要第二次猜测。在由预测的噪声 ε 计算 x̂₀ 之前，它把 ε 乘以一个数，温度低于 1 时，这个数大于 1。于是去除的噪声更多，点在分布的各个峰周围更集中，也更典型。温度高于 1 时，点更分散。</translation></message>
<message><source>That is no accident. For a finite training set, the best possible guess x̂₀ is a weighted average of the training pictures. As the noise falls, one weight grows to 1, and the guess is that picture. So the network with the lowest possible training loss does nothing but copy.</source><translation>这并非偶然。训练集有限时，最佳的猜测 x̂₀ 是各训练图片的加权平均。随着噪声减小，其中一个权重趋近 1，猜测就成了那张图片。因此，训练损失最低的网络只会复制。</translation></message>
<message><source>The arrows show the same knowledge in another form: the score ∇ log p, the direction in which noisy points become more likely. It is opposite to the predicted noise ε. An arrow's dot is its tip; long arrows are shortened. Guess, noise, score and velocity v follow from each other, so a network may predict any of them:
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</source><translation>箭头以另一种形式展示同样的知识：得分 ∇ log p，即带噪的点变得更有可能的方向。它与预测的噪声 ε 方向相反。箭头上的圆点是它的尖端，长箭头会缩短显示。猜测、噪声、得分和速度 v 可以互相算出，因此网络可以预测其中任何一个：
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</translation></message>
<message><source>The class becomes clearer, and the variety smaller: across, the spread of the moon falls from 0.97 to 0.52. The end near the other moon is lost. The result no longer follows the true distribution, as the distance shows. Pictures with strong guidance look alike for the same reason.</source><translation>类别变得更清晰，多样性则变小：月牙横向的离散程度从 0.97 降到 0.52，靠近另一个月牙的一端消失了。距离表明，结果不再服从真实分布。引导很强的图片看起来都很像，也是这个原因。</translation></message>
<message><source>The cosine schedule</source><translation>余弦调度</translation></message>
<message><source>The guess with the class is 0.5, without it 0.2. What is it with guidance 3?</source><translation>有类别的猜测是 0.5，无类别的是 0.2。引导为 3 时是多少？</translation></message>
<message><source>The schedule expects data of variance 1. Latents are therefore scaled before noise is added, as all densities on this page are. Otherwise, the same σ would mean much noise for one model and little for another.</source><translation>调度以数据的方差为 1 作为前提。因此，加入噪声之前要先缩放潜变量，本页面上的所有密度也是如此。否则，同样的 σ 对一个模型意味着很多噪声，对另一个模型却很少。</translation></message>
<message><source>The training set of this plane has 5 pictures: five spots. The denoiser is exact. It has made 2000 new points. Look where they are: nearly all are copies of one of the five. Hardly anything new came out.</source><translation>这个平面的训练集有 5 张图片，即五个点。去噪器是精确的。它生成了 2000 个新点。看看它们在哪里：几乎全都是五个点之一的副本，几乎没有产生新东西。</translation></message>
<message><source>The true path is a curve, and DDIM's straight steps cut its corners. A single step ends near the average of all data. The distance is how far points must move to match the truth along a line, averaged over all lines; 0 is the same distribution. With 5 steps, DDIM ends 0.23 from the true spiral; with 20 steps, 0.05. The chart shows other numbers of steps; its dashed line is the distance of two true samples.</source><translation>真实路径是一条曲线，DDIM 的直线步子会抄近路。只走一步时，终点接近所有数据的平均值。距离是点须移动多远才能与真实分布一致，沿一条直线来看，并对所有方向取平均；0 表示分布相同。走 5 步时，DDIM 的终点与真实螺旋的距离为 0.23；走 20 步时为 0.05。图表显示其他步数；虚线是两组真实样本之间的距离。</translation></message>
<message><source>This network starts badly at high noise: x̂₀ = (x − σ·ε) / α divides its error by α, which is nearly 0 there. Its loss, the squared error of ε, hardly counts that.</source><translation>这个网络起初在高噪声下表现很差：x̂₀ = (x − σ·ε) / α 把它的误差除以 α，而 α 在那里接近 0。而它的损失，即 ε 的平方误差，几乎不反映这一点。</translation></message>
<message><source>Train a network for 1500 steps</source><translation>训练网络 1500 步</translation></message>
<message><source>VE, which only adds noise</source><translation>VE，只加噪声</translation></message>
<message><source>Watch it train: first its points lie between the five spots, later on them. A model memorises if its pictures are few, or repeated, or if training is long. That is why data sets are cleaned of duplicates, and why a LoRA on ten pictures should be stopped early.</source><translation>观察它的训练：起初它的点落在五个点之间，后来落在这些点上。图片少、有重复或训练时间长时，模型就会死记硬背。因此数据集要清除重复，用十张图片训练 LoRA 也应尽早停止。</translation></message>
</context>
<context>
<name>LessonPanel</name>
<message><source>Lesson</source><translation>课程</translation></message>
<message><source>Text of the lesson</source><translation>课程正文</translation></message>
<message><source>Type a number, such as 0.5.</source><translation>请输入数字，例如 0.5。</translation></message>
</context>
<context>
<name>LessonText</name>
<message><source>A number</source><translation>数字</translation></message>
<message><source>Answer</source><translation>答案</translation></message>
<message><source>Change this alone</source><translation>只更改这一项</translation></message>
<message><source>Check</source><translation>检查</translation></message>
<message><source>Check the answer</source><translation>检查答案</translation></message>
<message><source>Exercise</source><translation>练习</translation></message>
<message><source>Next lesson</source><translation>下一课</translation></message>
<message><source>Open the next lesson</source><translation>打开下一课</translation></message>
<message><source>Try it</source><translation>试一试</translation></message>
<message><source>Try it: {change}</source><translation>试一试：{change}</translation></message>
</context>
<context>
<name>LibraryMove</name>
<message><source>All of them are still in {folder}.</source><translation>所有图片仍在 {folder} 中。</translation></message>
<message><source>Move back</source><translation>移回</translation></message>
<message><source>Move the pictures to</source><translation>图片移动到</translation></message>
<message><source>Moving stopped</source><translation>已停止移动</translation></message>
<message><source>Preparing…</source><translation>正在准备…</translation></message>
<message><source>The pictures have been moved</source><translation>图片已移动</translation></message>
<message><source>They are in {folder} now.</source><translation>现在位于 {folder}。</translation></message>
<message><source>{done} of {total} copied</source><translation>已复制 {done} / {total}</translation></message>
</context>
<context>
<name>LibraryRow</name>
<message><source>Leave the pictures in the current folder</source><translation>图片保留在当前文件夹</translation></message>
<message><source>Move all pictures to another folder</source><translation>将所有图片移到另一个文件夹</translation></message>
<message><source>Move…</source><translation>移动…</translation></message>
<message><source>Open the folder</source><translation>打开该文件夹</translation></message>
<message><source>Show</source><translation>打开</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
</context>
<context>
<name>LicencesSheet</name>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Licence text</source><translation>许可证文本</translation></message>
<message><source>Licences</source><translation>许可证</translation></message>
<message><source>The package contains no licence text.</source><translation>该软件包不含许可证文本。</translation></message>
</context>
<context>
<name>Link</name>
<message><source>{name}: {value}</source><translation>{name}：{value}</translation></message>
</context>
<context>
<name>LitPicture</name>
<message><source>Arrow keys move to another place</source><translation>方向键移到其他位置</translation></message>
<message><source>The picture, lit where the word acted</source><translation>图片，词语起作用处高亮显示</translation></message>
</context>
<context>
<name>Live</name>
<message><source>Change the words, or roll the seed, for another one.</source><translation>要得到另一张，请修改词语或重掷种子。</translation></message>
<message><source>Live: {subject}</source><translation>实时：{subject}</translation></message>
<message><source>This picture is in the gallery</source><translation>这张图片已在图库中</translation></message>
<message><source>seed {seed}</source><translation>种子 {seed}</translation></message>
</context>
<context>
<name>LoadedSteps</name>
<message><source>Its steps appear once the run has ended</source><translation>生成结束后会显示其各步</translation></message>
<message><source>Loading its steps…</source><translation>正在加载其步骤…</translation></message>
<message><source>No steps were saved with this picture</source><translation>这张图片没有保存步骤</translation></message>
<message><source>{width} × {height} · seed {seed}</source><translation>{width} × {height} · 种子 {seed}</translation></message>
</context>
<context>
<name>LossChart</name>
<message><source>Loss</source><translation>损失</translation></message>
<message><source>This run</source><translation>本次运行</translation></message>
<message><source>error at the same noise · samples · {run} with a 95 % band</source><translation>相同噪声下的误差 · 样本数 · {run} 带 95 % 区间</translation></message>
<message><source>loss and its average · samples</source><translation>损失及其平均值 · 样本数</translation></message>
</context>
<context>
<name>MainSettings</name>
<message><source>More</source><translation>更多</translation></message>
</context>
<context>
<name>MaskBar</name>
<message><source>Brush</source><translation>画笔</translation></message>
<message><source>Brush size</source><translation>画笔大小</translation></message>
<message><source>Clear the mask</source><translation>清除蒙版</translation></message>
<message><source>Erase</source><translation>擦除</translation></message>
<message><source>Generate the painted part again</source><translation>重新生成涂抹的部分</translation></message>
<message><source>Leave the mask as it was</source><translation>保持蒙版原样</translation></message>
<message><source>Paint</source><translation>涂抹</translation></message>
<message><source>Paint the part to generate again; the right button erases</source><translation>涂抹要重新生成的部分；右键擦除</translation></message>
<message><source>Remove paint</source><translation>擦除涂抹</translation></message>
<message><source>Size</source><translation>大小</translation></message>
<message><source>Size of the brush (the wheel over the picture)</source><translation>画笔大小（在图片上滚动滚轮）</translation></message>
<message><source>Undo the last stroke</source><translation>撤销上一笔</translation></message>
<message><source>Use</source><translation>使用</translation></message>
<message><source>Use mask</source><translation>使用蒙版</translation></message>
</context>
<context>
<name>MaskTools</name>
<message><source>Another word</source><translation>其他词</translation></message>
<message><source>Another word to select by</source><translation>用于选择的其他词</translation></message>
<message><source>Area at a click</source><translation>点击处的区域</translation></message>
<message><source>Brush</source><translation>画笔</translation></message>
<message><source>Clear</source><translation>清空</translation></message>
<message><source>Colour at a click</source><translation>点击处的颜色</translation></message>
<message><source>Grow</source><translation>扩展</translation></message>
<message><source>Invert</source><translation>反选</translation></message>
<message><source>Lasso</source><translation>套索</translation></message>
<message><source>Rectangle</source><translation>矩形</translation></message>
<message><source>Select by a rectangle, a lasso, a click or a word; invert, grow or soften the mask</source><translation>用矩形、套索、点击或词语来选择；反选、扩展或柔化蒙版</translation></message>
<message><source>Select by word</source><translation>按词语选择</translation></message>
<message><source>Soften the edges</source><translation>柔化边缘</translation></message>
<message><source>Tools of the mask</source><translation>蒙版工具</translation></message>
</context>
<context>
<name>Menus</name>
<message><source>A CPU cannot compute float16; use bfloat16 for half precision</source><translation>CPU 无法计算 float16；半精度请用 bfloat16</translation></message>
<message><source>A refiner for the last steps of another model. Choose the other model, then the refiner under More.</source><translation>这是用于另一个模型最后几步的精修模型。请先选择那个模型，再在“高级”中选择它。</translation></message>
<message><source>Of earlier versions</source><translation>旧版本所用</translation></message>
<message><source>about {time} × the time, {difference} of 255 off</source><translation>约 {time} 倍时间，误差 {difference}/255</translation></message>
<message><source>better from {limit} steps on</source><translation>{limit} 步以上效果更好</translation></message>
<message><source>colours burn beyond {limit}</source><translation>超过 {limit} 颜色会过曝</translation></message>
<message><source>good from {limit}</source><translation>{limit} 起较好</translation></message>
<message><source>good up to {limit}</source><translation>{limit} 以内较好</translation></message>
<message><source>ignores words below {limit}</source><translation>低于 {limit} 会忽略词语</translation></message>
<message><source>no better beyond {limit}</source><translation>超过 {limit} 步不再改善</translation></message>
<message><source>photos smear below {limit}</source><translation>低于 {limit} 时照片会变模糊</translation></message>
<message><source>shapes repeat below {limit}</source><translation>低于 {limit} 形状会雷同</translation></message>
<message><source>shapes warp beyond {limit}</source><translation>超过 {limit} 形状会变形</translation></message>
</context>
<context>
<name>Mistakes</name>
<message><source>; put its file into the models folder</source><translation>；请将其文件放入模型文件夹</translation></message>
<message><source>; there is “{name}”</source><translation>；有“{name}”</translation></message>
<message><source>AND is read as “and”</source><translation>AND 会被读作 “and”</translation></message>
<message><source>In a negative prompt, AND joins the texts; its parts have no weights.</source><translation>在反向提示词中，AND 只连接文本；各部分没有权重。</translation></message>
<message><source>Incomplete LoRA</source><translation>LoRA 不完整</translation></message>
<message><source>LoRAs have no effect in the negative prompt; write {tag} into the prompt.</source><translation>LoRA 在负面提示词中不起作用；请将 {tag} 写入提示词。</translation></message>
<message><source>No LoRA “{name}”</source><translation>没有 LoRA“{name}”</translation></message>
<message><source>No embedding “{name}”</source><translation>没有嵌入“{name}”</translation></message>
<message><source>There is no LoRA called “{name}”{suggestion}.</source><translation>没有名为“{name}”的 LoRA{suggestion}。</translation></message>
<message><source>There is no embedding called “{name}”{suggestion}.</source><translation>没有名为“{name}”的嵌入{suggestion}。</translation></message>
<message><source>Write a LoRA as &lt;lora:name:1&gt;; this is read as words.</source><translation>LoRA 请写成 &lt;lora:name:1&gt;；这里会被当作普通词语。</translation></message>
<message><source>{name} is for {base}</source><translation>{name} 适用于 {base}</translation></message>
<message><source>{name} is for {base} and read as a word; this model is {model_base}.</source><translation>{name} 适用于 {base}，会被当作词语；此模型为 {model_base}。</translation></message>
<message><source>{name} is for {base}, this model is {model_base}.</source><translation>{name} 适用于 {base}，而此模型为 {model_base}。</translation></message>
<message><source>{tag} has no effect here</source><translation>{tag} 在此处不起作用</translation></message>
<message><source>{tag} is ignored</source><translation>{tag} 被忽略</translation></message>
<message><source>{tag} names no LoRA and is ignored.</source><translation>{tag} 未指明 LoRA，已被忽略。</translation></message>
<message><source>{wildcard} cannot be used</source><translation>无法使用 {wildcard}</translation></message>
<message><source>“{mark}” closes no bracket</source><translation>“{mark}”没有对应的左括号</translation></message>
<message><source>“{mark}” closes no bracket; remove it, or write “\{mark}” for the character.</source><translation>“{mark}”没有对应的左括号；请删除它，若要作为字符请写“\{mark}”。</translation></message>
<message><source>“{mark}” is never closed</source><translation>“{mark}”没有闭合</translation></message>
<message><source>“{mark}” is never closed; add “{closing}”, or write “\{mark}” for the character.</source><translation>“{mark}”没有闭合；请添加“{closing}”，若要作为字符请写“\{mark}”。</translation></message>
<message><source>“{parameter}” has no effect</source><translation>“{parameter}”不起作用</translation></message>
<message><source>“{parameter}” has no effect here; only the weights of {name} count.</source><translation>“{parameter}”在这里不起作用；只有 {name} 的权重有效。</translation></message>
<message><source>“{weight}” is not a number</source><translation>“{weight}”不是数字</translation></message>
<message><source>“{weight}” is not a number, so {name} has the weight 1.</source><translation>“{weight}”不是数字，因此 {name} 的权重为 1。</translation></message>
<message><source>“{weight}” is read as text; a weight is written like (word:1.2).</source><translation>“{weight}”被当作文字；权重应写成 (词:1.2)。</translation></message>
</context>
<context>
<name>ModelCard</name>
<message><source>Any style</source><translation>任意风格</translation></message>
<message><source>Blob</source><translation>团块</translation></message>
<message><source>Bold flat</source><translation>鲜明扁平</translation></message>
<message><source>Bold outline</source><translation>粗描边</translation></message>
<message><source>Bright classic</source><translation>明亮经典</translation></message>
<message><source>Doubles a picture with transparency; applied again for four and eight times.</source><translation>将带透明的图片放大一倍；重复应用可放大四倍和八倍。</translation></message>
<message><source>Duotone line</source><translation>双色线条</translation></message>
<message><source>Emoji</source><translation>表情符号</translation></message>
<message><source>Flat rounded</source><translation>圆润扁平</translation></message>
<message><source>Glossy 3D</source><translation>光泽 3D</translation></message>
<message><source>Icons in four steps: a distilled student, with guidance and temperature built in.</source><translation>四步生成图标：蒸馏模型，已内置引导和温度。</translation></message>
<message><source>Ink glyph</source><translation>墨色图形</translation></message>
<message><source>Line</source><translation>线条</translation></message>
<message><source>Outlined cartoon</source><translation>描边卡通</translation></message>
<message><source>Outlined pastel</source><translation>描边粉彩</translation></message>
<message><source>Shape</source><translation>剪影</translation></message>
<message><source>Simple flat</source><translation>简洁扁平</translation></message>
<message><source>Small pictures of things, animals, food and faces, in many drawing styles, with transparency.</source><translation>物品、动物、食物和面孔的小图片，有多种绘画风格，支持透明。</translation></message>
<message><source>Soft gradient</source><translation>柔和渐变</translation></message>
</context>
<context>
<name>ModelCardView</name>
<message><source>A picture made by {model}</source><translation>由 {model} 生成的图片</translation></message>
<message><source>A picture with it</source><translation>用它生成一张图片</translation></message>
<message><source>About the model</source><translation>关于此模型</translation></message>
<message><source>Generate pictures with it</source><translation>用它生成图片</translation></message>
<message><source>In use</source><translation>使用中</translation></message>
<message><source>Insert into the prompt</source><translation>插入提示词</translation></message>
<message><source>May I use its pictures commercially?</source><translation>可以将生成的图片用于商业用途吗？</translation></message>
<message><source>Measured</source><translation>测量结果</translation></message>
<message><source>Tags</source><translation>标签</translation></message>
<message><source>Tags, separated by commas</source><translation>标签，以逗号分隔</translation></message>
<message><source>There is no model yet. Copy a model's folder into the models folder.</source><translation>还没有模型。请将某个模型的文件夹复制到模型文件夹中。</translation></message>
<message><source>Training data</source><translation>训练数据</translation></message>
<message><source>Trigger words</source><translation>触发词</translation></message>
<message><source>Use it for the next pictures</source><translation>用于后续图片</translation></message>
<message><source>Use this model</source><translation>使用此模型</translation></message>
</context>
<context>
<name>ModelCheck</name>
<message><source>Adapter</source><translation>适配器</translation></message>
<message><source>Cancel the check ({percent} %)</source><translation>取消检查（{percent} %）</translation></message>
<message><source>Check</source><translation>检查</translation></message>
<message><source>Denoising</source><translation>去噪</translation></message>
<message><source>Encoded and decoded, pictures keep only {psnr} dB, and {least} dB are needed: the VAE is damaged or belongs to another model. Choose another VAE.</source><translation>图片编码再解码后仅保留 {psnr} dB，而至少需要 {least} dB：VAE 已损坏或属于其他模型。请选择其他 VAE。</translation></message>
<message><source>It changes nothing: it was made for another model, or is empty. Choose an adapter for this model.</source><translation>它没有任何作用：它为其他模型制作，或是空的。请选择适用于此模型的适配器。</translation></message>
<message><source>It changes predictions by {change} times their deviation: it was made for another model or another strength. Use a lower strength.</source><translation>它使预测改变了其标准差的 {change} 倍：它为其他模型或其他强度制作。请降低强度。</translation></message>
<message><source>It computes infinite or undefined numbers: weights are damaged, or too large for the number type. Choose fp32 or download it again.</source><translation>计算结果出现无穷大或未定义的数值：权重已损坏，或超出数值类型的范围。请选择 fp32 或重新下载。</translation></message>
<message><source>It denoises better if its output is read as {kind}: its prediction type is wrong. Choose another prediction type in its details.</source><translation>将输出视为 {kind} 时去噪更好：预测目标有误。请在其详情中选择其他预测目标。</translation></message>
<message><source>It denoises better with another order of its position numbers (RoPE): the file was converted for another program. Download another version.</source><translation>改变位置编号（RoPE）的顺序后去噪更好：该文件是为其他程序转换的。请下载其他版本。</translation></message>
<message><source>It denoises better with latents shifted by {kind}: the shift of the latents is wrong. Choose the VAE that was made for it.</source><translation>潜变量平移 {kind} 后去噪更好：潜变量的平移有误。请选择与其配套的 VAE。</translation></message>
<message><source>It denoises better with latents times {kind}: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>潜变量乘以 {kind} 后去噪更好：潜变量的缩放有误。请选择与其配套的 VAE。</translation></message>
<message><source>It denoises better with other timesteps ({kind}): its timesteps are on the wrong scale. Report this file.</source><translation>使用其他时间步（{kind}）时去噪更好：时间步的尺度有误。请报告此文件。</translation></message>
<message><source>It denoises better with queries and keys swapped: the file has them in another order. Download another version.</source><translation>交换查询和键后去噪更好：文件中两者的顺序不同。请下载其他版本。</translation></message>
<message><source>It denoises worse than {rival}: a layer is missing or damaged, or the VAE or the text encoder is for another model. Choose other parts, or download the model again.</source><translation>去噪效果不如{rival}：某一层缺失或损坏，或者 VAE 或文本编码器属于其他模型。请选择其他部件，或重新下载模型。</translation></message>
<message><source>Its error does not fall with the noise: its timesteps or its weights are wrong. Download the model again.</source><translation>误差不随噪声减小而下降：时间步或权重有误。请重新下载模型。</translation></message>
<message><source>No fault found.</source><translation>未发现问题。</translation></message>
<message><source>Nothing could be checked.</source><translation>没有可检查的内容。</translation></message>
<message><source>Prompt</source><translation>提示词</translation></message>
<message><source>Prompts change nothing: the text encoder is damaged or not connected. Choose other text encoders.</source><translation>提示词不起作用：文本编码器已损坏或未连接。请选择其他文本编码器。</translation></message>
<message><source>Test the VAE, the denoising and the prompts on a few pictures</source><translation>用几张图片测试 VAE、去噪和提示词</translation></message>
<message><source>The check ended unexpectedly; try again.</source><translation>检查意外结束；请重试。</translation></message>
<message><source>The latents are {times} times as large as the network expects: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>潜变量的大小是网络预期的 {times} 倍：潜变量的缩放有误。请选择与其配套的 VAE。</translation></message>
<message><source>There is a fault:</source><translation>发现问题：</translation></message>
<message><source>True captions are no better than others (for {better} of {count} pictures): the text encoder or the tokenizer belongs to another model. Choose other text encoders.</source><translation>正确的描述并不优于其他描述（优于者为 {better}/{count} 张图片）：文本编码器或分词器属于其他模型。请选择其他文本编码器。</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>it changes predictions by {change} of their deviation</source><translation>它使预测改变了其标准差的 {change} 倍</translation></message>
<message><source>its error is {best} to {worst} of that of the best Gaussian</source><translation>其误差是最佳高斯模型的 {best} 至 {worst} 倍</translation></message>
<message><source>not applicable, because its steps have too little noise</source><translation>不适用，因为其各步的噪声太少</translation></message>
<message><source>not applicable, because its steps have too much noise</source><translation>不适用，因为其各步的噪声太多</translation></message>
<message><source>not applicable, because this model does not take pictures</source><translation>不适用，因为此模型不接受图片</translation></message>
<message><source>not applicable, because this model draws in one step</source><translation>不适用，因为此模型一步完成绘制</translation></message>
<message><source>not applicable, because this model removes another degradation than noise</source><translation>不适用，因为此模型去除的不是噪声，而是其他退化</translation></message>
<message><source>not applicable, because this model takes no prompt</source><translation>不适用，因为此模型不接受提示词</translation></message>
<message><source>not applicable, because this model works on pixels</source><translation>不适用，因为此模型直接处理像素</translation></message>
<message><source>one grey picture</source><translation>一张灰色图片</translation></message>
<message><source>pictures keep {psnr} dB; at least {least} dB are needed</source><translation>图片保留 {psnr} dB；至少需要 {least} dB</translation></message>
<message><source>the best Gaussian</source><translation>最佳高斯模型</translation></message>
<message><source>true captions are better than others for {better} of {count} pictures</source><translation>{count} 张图片中，有 {better} 张的正确描述优于其他描述</translation></message>
</context>
<context>
<name>ModelChoices</name>
<message><source>As in its file ({value})</source><translation>按文件中的设定（{value}）</translation></message>
<message><source>Automatic</source><translation>自动</translation></message>
<message><source>Beside its file ({value})</source><translation>与其文件同处（{value}）</translation></message>
<message><source>Decodes latents into pictures, instead of its own VAE</source><translation>代替模型自带的 VAE，将潜变量解码为图片</translation></message>
<message><source>Decodes latents into pictures; this model has no VAE of its own</source><translation>将潜变量解码为图片；此模型没有自带的 VAE</translation></message>
<message><source>Fast by</source><translation>加速方式</translation></message>
<message><source>Few-step distillation</source><translation>少步数蒸馏</translation></message>
<message><source>How it was distilled, if it was</source><translation>若经过蒸馏，所用的方式</translation></message>
<message><source>Its file does not say</source><translation>文件中未说明</translation></message>
<message><source>Its name suggests {kind}. Choose it only if that is true.</source><translation>从名称看像是 {kind}。仅在确定时选择。</translation></message>
<message><source>Its own</source><translation>自带</translation></message>
<message><source>No</source><translation>否</translation></message>
<message><source>None</source><translation>无</translation></message>
<message><source>None: choose one</source><translation>无：请选择</translation></message>
<message><source>Not distilled</source><translation>未蒸馏</translation></message>
<message><source>Predicts</source><translation>预测目标</translation></message>
<message><source>Refiner</source><translation>精修模型</translation></message>
<message><source>The LoRA for few steps that the button Fast turns on</source><translation>“快速”按钮启用的少步数 LoRA</translation></message>
<message><source>The model that computes the last steps</source><translation>计算最后几步的模型</translation></message>
<message><source>The output of its network; a wrong choice turns every picture into noise</source><translation>网络的输出；选错会使所有图片变成噪声</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Whether its last noise level is pure noise; for models that predict v</source><translation>最后的噪声级是否为纯噪声；用于预测 v 的模型</translation></message>
<message><source>Yes</source><translation>是</translation></message>
<message><source>Zero terminal SNR</source><translation>终端零信噪比</translation></message>
</context>
<context>
<name>ModelDownload</name>
<message><source>The download ended unexpectedly; start it again to resume it.</source><translation>下载意外结束；重新开始即可继续。</translation></message>
</context>
<context>
<name>ModelKind</name>
<message numerus="yes"><source>%n ControlNet(s)</source><translation>
<numerusform>%n 个 ControlNet</numerusform>
</translation></message>
<message numerus="yes"><source>%n LoRA(s)</source><translation>
<numerusform>%n 个 LoRA</numerusform>
</translation></message>
<message numerus="yes"><source>%n VAE(s)</source><translation>
<numerusform>%n 个 VAE</numerusform>
</translation></message>
<message numerus="yes"><source>%n diffusion transformer(s)</source><translation>
<numerusform>%n 个扩散 Transformer</numerusform>
</translation></message>
<message numerus="yes"><source>%n embedding(s)</source><translation>
<numerusform>%n 个嵌入</numerusform>
</translation></message>
<message numerus="yes"><source>%n from the literature</source><translation>
<numerusform>%n 个来自文献</numerusform>
</translation></message>
<message numerus="yes"><source>%n image encoder(s)</source><translation>
<numerusform>%n 个图像编码器</numerusform>
</translation></message>
<message numerus="yes"><source>%n incomplete file(s)</source><translation>
<numerusform>%n 个不完整的文件</numerusform>
</translation></message>
<message numerus="yes"><source>%n language model(s)</source><translation>
<numerusform>%n 个语言模型</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n 个模型</numerusform>
</translation></message>
<message numerus="yes"><source>%n motion module(s)</source><translation>
<numerusform>%n 个运动模块</numerusform>
</translation></message>
<message numerus="yes"><source>%n preview decoder(s)</source><translation>
<numerusform>%n 个预览解码器</numerusform>
</translation></message>
<message numerus="yes"><source>%n text encoder(s)</source><translation>
<numerusform>%n 个文本编码器</numerusform>
</translation></message>
<message numerus="yes"><source>%n upscaler(s)</source><translation>
<numerusform>%n 个放大模型</numerusform>
</translation></message>
<message><source>Diffusion transformer</source><translation>扩散 Transformer</translation></message>
<message><source>Diffusion transformers</source><translation>扩散 Transformer</translation></message>
<message><source>Embedding</source><translation>嵌入</translation></message>
<message><source>Embeddings</source><translation>嵌入</translation></message>
<message><source>From the literature</source><translation>来自文献</translation></message>
<message><source>Image encoder</source><translation>图像编码器</translation></message>
<message><source>Image encoders</source><translation>图像编码器</translation></message>
<message><source>Incomplete files</source><translation>不完整的文件</translation></message>
<message><source>Language model</source><translation>语言模型</translation></message>
<message><source>Language models</source><translation>语言模型</translation></message>
<message><source>Models</source><translation>模型</translation></message>
<message><source>Motion module</source><translation>运动模块</translation></message>
<message><source>Motion modules</source><translation>运动模块</translation></message>
<message><source>Preview decoders</source><translation>预览解码器</translation></message>
<message><source>Previews</source><translation>预览</translation></message>
<message><source>Text encoder</source><translation>文本编码器</translation></message>
<message><source>Text encoders</source><translation>文本编码器</translation></message>
<message><source>Upscaler</source><translation>放大模型</translation></message>
<message><source>Upscalers</source><translation>放大模型</translation></message>
</context>
<context>
<name>ModelsController</name>
<message numerus="yes"><source>%n folder(s) or file(s) added</source><translation>
<numerusform>已添加 %n 个文件夹或文件</numerusform>
</translation></message>
<message><source>Added: {names}.</source><translation>已添加：{names}。</translation></message>
<message><source>Found {models}; nothing was copied.</source><translation>找到 {models}；未复制任何内容。</translation></message>
<message><source>It contains no usable model.</source><translation>其中没有可用的模型。</translation></message>
<message><source>Memory freed</source><translation>内存已释放</translation></message>
<message><source>Model files</source><translation>模型文件</translation></message>
<message><source>Models</source><translation>模型</translation></message>
<message><source>The next picture loads its model again.</source><translation>下一张图片会重新加载模型。</translation></message>
<message><source>Use it</source><translation>使用它</translation></message>
<message><source>Use the models in</source><translation>使用此文件夹中的模型</translation></message>
<message><source>Use these model files</source><translation>使用这些模型文件</translation></message>
<message><source>{file} added</source><translation>已添加 {file}</translation></message>
<message><source>{model} has no VAE of its own; copy one for {base}, such as {file}, into the models folder.</source><translation>{model} 没有自带的 VAE；请将适用于 {base} 的 VAE（例如 {file}）复制到模型文件夹。</translation></message>
<message><source>{model} has no VAE of its own; {vae} is installed and should fit.</source><translation>{model} 没有自带的 VAE；已安装的 {vae} 应该适用。</translation></message>
<message><source>{model} is here</source><translation>{model} 已就绪</translation></message>
</context>
<context>
<name>ModelsPage</name>
<message numerus="yes"><source>%n byte(s)</source><translation>
<numerusform>%n 字节</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n 个模型</numerusform>
</translation></message>
<message><source>Add a folder…</source><translation>添加文件夹…</translation></message>
<message><source>Add files…</source><translation>添加文件…</translation></message>
<message><source>All families</source><translation>所有系列</translation></message>
<message><source>All kinds</source><translation>所有种类</translation></message>
<message><source>All tags</source><translation>所有标签</translation></message>
<message><source>Author</source><translation>作者</translation></message>
<message><source>Date</source><translation>日期</translation></message>
<message><source>Drop a checkpoint on this window: one file (.safetensors, .ckpt), or a folder in diffusers' format. It is used in place; nothing is copied. Have ComfyUI, A1111 or Forge? Add its models folder. “Get a model” downloads one; others are shared on civitai.com, each with its own licence. LoRAs, embeddings and VAEs go into the same folders.</source><translation>将检查点拖放到此窗口：单个文件（.safetensors、.ckpt）或 diffusers 格式的文件夹。文件在原处使用，不会复制。有 ComfyUI、A1111 或 Forge？请添加其模型文件夹。“获取模型”可下载一个；其他模型在 civitai.com 上分享，各有其许可证。LoRA、嵌入和 VAE 放在相同的文件夹中。</translation></message>
<message><source>Family</source><translation>系列</translation></message>
<message><source>Files that cannot be used</source><translation>无法使用的文件</translation></message>
<message><source>Get a model…</source><translation>获取模型…</translation></message>
<message><source>Kind</source><translation>种类</translation></message>
<message><source>Last used</source><translation>上次使用</translation></message>
<message><source>Licence</source><translation>许可证</translation></message>
<message><source>Models</source><translation>模型</translation></message>
<message><source>Models of one family, or one kind of parts</source><translation>某一系列的模型，或某一种部件</translation></message>
<message><source>Models with one tag</source><translation>带某个标签的模型</translation></message>
<message><source>Name</source><translation>名称</translation></message>
<message><source>No model matches. Clear the search, or choose another kind, family or tag.</source><translation>没有匹配的模型。请清除搜索，或选择其他种类、系列或标签。</translation></message>
<message><source>On disk</source><translation>占用空间</translation></message>
<message><source>Only models, or one kind of model parts</source><translation>仅模型，或某一种模型部件</translation></message>
<message><source>Open models folder</source><translation>打开模型文件夹</translation></message>
<message><source>Parameters</source><translation>参数量</translation></message>
<message><source>Search models</source><translation>搜索模型</translation></message>
<message><source>Tag</source><translation>标签</translation></message>
<message><source>Tags</source><translation>标签</translation></message>
<message><source>Words of a name, author, licence, tag or description</source><translation>名称、作者、许可证、标签或说明中的词</translation></message>
<message><source>Your own models</source><translation>自己的模型</translation></message>
<message><source>never</source><translation>从未</translation></message>
<message><source>today</source><translation>今天</translation></message>
<message><source>yesterday</source><translation>昨天</translation></message>
<message><source>{models} · other files: {others}</source><translation>{models} · 其他文件：{others}</translation></message>
<message numerus="yes"><source>… and %n more</source><translation>
<numerusform>… 及另外 %n 项</numerusform>
</translation></message>
</context>
<context>
<name>More</name>
<message numerus="yes"><source>%n control picture(s)</source><translation>
<numerusform>%n 张控制图片</numerusform>
</translation></message>
<message><source>Advanced</source><translation>高级</translation></message>
<message><source>Auto</source><translation>自动</translation></message>
<message><source>Automatic</source><translation>自动</translation></message>
<message><source>Decodes latents into pictures</source><translation>将潜变量解码为图片</translation></message>
<message><source>Its own</source><translation>自带</translation></message>
<message><source>None</source><translation>无</translation></message>
<message><source>Show the effect of each word</source><translation>显示每个词的影响</translation></message>
<message><source>The model that computes the last steps</source><translation>计算最后几步的模型</translation></message>
<message><source>What should it not show?</source><translation>不想出现什么？</translation></message>
<message><source>What the picture should not show</source><translation>图片中不应出现的内容</translation></message>
<message><source>Width and height in pixels</source><translation>宽度和高度（像素）</translation></message>
<message><source>Without guidance (1.0) the negative prompt has no effect</source><translation>没有引导（1.0）时，负面提示词不起作用</translation></message>
<message><source>plain words</source><translation>普通文本</translation></message>
<message><source>without “{prompt}”</source><translation>不含“{prompt}”</translation></message>
<message><source>words</source><translation>词语影响</translation></message>
<message><source>{count} at once</source><translation>同时 {count} 张</translation></message>
<message><source>{side} pixels</source><translation>{side} 像素</translation></message>
</context>
<context>
<name>NoiseBar</name>
<message><source>Back to the picture</source><translation>返回图片</translation></message>
<message><source>Generate from here</source><translation>从这里生成</translation></message>
<message><source>Noise</source><translation>噪声</translation></message>
<message><source>Position in the forward process: 0 is the picture, 1 is the noise that a new run starts from</source><translation>前向过程中的位置：0 为图片，1 为新一次生成开始时的噪声</translation></message>
<message><source>Start the next pictures from exactly this noise</source><translation>正是从这个噪声开始生成后续图片</translation></message>
</context>
<context>
<name>NoiseCurve</name>
<message numerus="yes"><source>%n step(s) from σ {first} to {last}</source><translation>
<numerusform>σ 从 {first} 到 {last}，共 %n 步</numerusform>
</translation></message>
<message><source>Noise curve</source><translation>噪声曲线</translation></message>
<message><source>Skipped</source><translation>已跳过</translation></message>
<message><source>Step {number} of {steps}</source><translation>第 {number} 步，共 {steps} 步</translation></message>
<message><source>The noise left after each step</source><translation>每一步之后剩余的噪声</translation></message>
<message><source>noise σ · step</source><translation>噪声 σ · 步</translation></message>
<message><source>{step}: noise σ {sigma}</source><translation>{step}：噪声 σ {sigma}</translation></message>
</context>
<context>
<name>NoteField</name>
<message><source>Note</source><translation>备注</translation></message>
<message><source>Your notes about the picture; the search finds them</source><translation>对图片的备注；可被搜索到</translation></message>
</context>
<context>
<name>Notice</name>
<message><source>Dismiss</source><translation>关闭</translation></message>
<message><source>Show the whole message</source><translation>显示完整消息</translation></message>
<message><source>Undo</source><translation>撤销</translation></message>
</context>
<context>
<name>Notifier</name>
<message><source>Models</source><translation>模型</translation></message>
<message><source>Nothing to redo: you have changed it since</source><translation>无可重做：之后已被更改</translation></message>
<message><source>Nothing to undo</source><translation>没有可撤销的操作</translation></message>
<message><source>Nothing to undo: another program has done it</source><translation>无可撤销：另一程序已完成</translation></message>
<message><source>Nothing to undo: you have changed it since</source><translation>无可撤销：之后已被更改</translation></message>
<message><source>Undo</source><translation>撤销</translation></message>
<message><source>Undone</source><translation>已撤销</translation></message>
<message><source>Unexpected error</source><translation>意外错误</translation></message>
</context>
<context>
<name>NumberEdit</name>
<message><source>{name} must be from {low} to {high}; it is still {number}</source><translation>{name} 必须在 {low} 到 {high} 之间；仍为 {number}</translation></message>
<message><source>{name} must be from {low} to {high}; it is {number} now</source><translation>{name} 必须在 {low} 到 {high} 之间；现在为 {number}</translation></message>
<message><source>“{text}” is not a number; {name} is still {number}</source><translation>“{text}”不是数字；{name} 仍为 {number}</translation></message>
</context>
<context>
<name>OriginLink</name>
<message><source>Branch of</source><translation>分支自</translation></message>
<message><source>Show the picture that it branches from</source><translation>显示分支来源的图片</translation></message>
<message><source>step {step} of #{seed}</source><translation>#{seed} 的第 {step} 步</translation></message>
</context>
<context>
<name>Outpainting</name>
<message><source>Extend</source><translation>扩图</translation></message>
<message><source>This model cannot extend pictures</source><translation>此模型不能扩图</translation></message>
<message><source>the added area is generated, the picture stays</source><translation>生成扩展的区域，原图保持不变</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model} 不能从图片开始</translation></message>
<message><source>{model} generates only fixed sizes</source><translation>{model} 只能生成固定尺寸</translation></message>
</context>
<context>
<name>Palette</name>
<message><source>No action found.</source><translation>未找到操作。</translation></message>
<message><source>“{action}” cannot be used now.</source><translation>现在无法使用“{action}”。</translation></message>
<message><source>↑ ↓ choose   ·   Enter runs it   ·   Esc closes</source><translation>↑ ↓ 选择   ·   回车键 执行   ·   Esc 关闭</translation></message>
</context>
<context>
<name>Panes</name>
<message><source>Compared pictures</source><translation>对比中的图片</translation></message>
<message><source>{pictures}, slider at {share} %</source><translation>{pictures}，滑块位于 {share} %</translation></message>
</context>
<context>
<name>ParamRows</name>
<message><source>Off</source><translation>关</translation></message>
</context>
<context>
<name>PatternRow</name>
<message><source>Next file: {name}</source><translation>下一个文件：{name}</translation></message>
</context>
<context>
<name>PausedRunEditor</name>
<message><source>Discard these changes</source><translation>放弃这些更改</translation></message>
<message><source>For the next picture</source><translation>用于下一张图片</translation></message>
<message><source>Paused</source><translation>已暂停</translation></message>
<message><source>Paused · changed</source><translation>已暂停 · 有更改</translation></message>
<message><source>This cannot change in a paused run; resume or stop it first</source><translation>生成暂停时不能更改此项；请先继续或停止</translation></message>
<message><source>Use for this picture</source><translation>用于这张图片</translation></message>
</context>
<context>
<name>Phase</name>
<message><source>connecting to the cluster</source><translation>正在连接集群</translation></message>
<message><source>decoding</source><translation>正在解码</translation></message>
<message><source>enlarging, {percent} %</source><translation>正在放大，{percent} %</translation></message>
<message><source>finding its noise</source><translation>正在寻找其噪声</translation></message>
<message><source>generating on the cluster</source><translation>正在集群上生成</translation></message>
<message><source>going back to step {step}</source><translation>正在返回第 {step} 步</translation></message>
<message><source>loading the model</source><translation>正在加载模型</translation></message>
<message><source>making room</source><translation>正在释放内存</translation></message>
<message><source>preparing</source><translation>正在准备</translation></message>
<message><source>{phase}…</source><translation>{phase}…</translation></message>
</context>
<context>
<name>PictureModel</name>
<message><source>F marks a favourite · Space shows it large · drag it out as a file</source><translation>F 收藏 · 空格键查看大图 · 拖出即为文件</translation></message>
<message><source>Its file is damaged or gone</source><translation>文件已损坏或不存在</translation></message>
<message><source>Picture</source><translation>图片</translation></message>
<message><source>no settings</source><translation>无设置</translation></message>
<message><source>seed {seed}</source><translation>种子 {seed}</translation></message>
<message><source>{seed}, file is damaged or gone</source><translation>{seed}，文件已损坏或不存在</translation></message>
<message><source>{seed}, newest of {count} in a stack</source><translation>{seed}，堆叠中 {count} 张的最新一张</translation></message>
</context>
<context>
<name>PictureTools</name>
<message><source>Back</source><translation>返回</translation></message>
<message><source>Back to the sheet</source><translation>返回总览</translation></message>
</context>
<context>
<name>PicturesSheet</name>
<message><source>Picture {number}</source><translation>图片 {number}</translation></message>
<message><source>Pictures of the run</source><translation>本次生成的图片</translation></message>
<message><source>Show only picture {number}</source><translation>仅显示图片 {number}</translation></message>
</context>
<context>
<name>Places</name>
<message><source>Already in the library: {count}.</source><translation>已在图库中：{count}。</translation></message>
<message><source>Collection</source><translation>合集</translation></message>
<message><source>Collection {name} removed</source><translation>已移除合集“{name}”</translation></message>
<message><source>Collections</source><translation>合集</translation></message>
<message><source>Copies, each shown once: {count}.</source><translation>重复文件（只显示一次）：{count}。</translation></message>
<message><source>Files that could not be read: {count} ({names}).</source><translation>无法读取的文件：{count}（{names}）。</translation></message>
<message><source>Folder</source><translation>文件夹</translation></message>
<message><source>Folder {name} removed from the gallery</source><translation>已将文件夹“{name}”移出图库</translation></message>
<message><source>Imported folders</source><translation>导入的文件夹</translation></message>
<message><source>Its files stay where they are; their tags and notes are kept.</source><translation>其中的文件留在原处；标签和备注会保留。</translation></message>
<message><source>Its pictures are still in the gallery.</source><translation>其中的图片仍在图库中。</translation></message>
<message><source>Made here</source><translation>在此生成</translation></message>
<message><source>Models</source><translation>模型</translation></message>
<message><source>Pictures of</source><translation>模型的图片</translation></message>
<message><source>Pictures without settings: {count}.</source><translation>没有设置的图片：{count}。</translation></message>
<message><source>Recently deleted</source><translation>最近删除</translation></message>
<message><source>SVG and icon files, which are left out: {count}.</source><translation>未收录的 SVG 和图标文件：{count}。</translation></message>
<message><source>Saved search {name} removed</source><translation>已移除保存的搜索“{name}”</translation></message>
<message><source>Saved searches</source><translation>保存的搜索</translation></message>
<message><source>Search</source><translation>搜索</translation></message>
<message><source>Tools</source><translation>工具</translation></message>
<message><source>With settings</source><translation>有设置</translation></message>
<message><source>Without settings</source><translation>无设置</translation></message>
<message><source>undo</source><translation>撤销</translation></message>
<message><source>{pictures} · last {count}</source><translation>{pictures} · 最近 {count}</translation></message>
</context>
<context>
<name>Plane</name>
<message><source>EDM</source><translation>EDM</translation></message>
<message><source>Exact</source><translation>精确</translation></message>
<message><source>Network (EDM)</source><translation>网络（EDM）</translation></message>
<message><source>Network (data)</source><translation>网络（数据）</translation></message>
<message><source>Network (noise)</source><translation>网络（噪声）</translation></message>
<message><source>Rectified flow</source><translation>整流流</translation></message>
<message><source>Sub-VP</source><translation>Sub-VP</translation></message>
<message><source>VE</source><translation>VE</translation></message>
<message><source>VP, cosine</source><translation>VP，余弦</translation></message>
<message><source>VP, linear</source><translation>VP，线性</translation></message>
</context>
<context>
<name>PlaneControls</name>
<message><source>A second run from the same noise in which one setting differs</source><translation>从同一噪声出发、只有一项设置不同的第二次运行</translation></message>
<message><source>Both</source><translation>两者</translation></message>
<message><source>Change one thing</source><translation>只改一项</translation></message>
<message><source>Choose a class first</source><translation>请先选择类别</translation></message>
<message><source>Class</source><translation>类别</translation></message>
<message><source>Clear</source><translation>清除</translation></message>
<message><source>Denoiser</source><translation>去噪器</translation></message>
<message><source>Density</source><translation>密度</translation></message>
<message><source>Draw lines into the plane</source><translation>在平面上画线</translation></message>
<message><source>Draw your own</source><translation>自行绘制</translation></message>
<message><source>First</source><translation>第一类</translation></message>
<message><source>Guidance</source><translation>引导</translation></message>
<message><source>New noise</source><translation>新噪声</translation></message>
<message><source>Noise</source><translation>噪声</translation></message>
<message><source>Nothing</source><translation>无</translation></message>
<message><source>One change</source><translation>一项更改</translation></message>
<message><source>Points of both classes</source><translation>两类的点</translation></message>
<message><source>Points of the first class</source><translation>第一类的点</translation></message>
<message><source>Points of the second class</source><translation>第二类的点</translation></message>
<message><source>Remove the drawn lines</source><translation>删除所画的线</translation></message>
<message><source>Scheduler</source><translation>调度器</translation></message>
<message><source>Second</source><translation>第二类</translation></message>
<message><source>Settings of the plane</source><translation>平面设置</translation></message>
<message><source>Start from other noise</source><translation>从其他噪声开始</translation></message>
<message><source>Step spacing</source><translation>步距</translation></message>
<message><source>Steps</source><translation>步数</translation></message>
<message><source>Temperature</source><translation>温度</translation></message>
<message><source>Two runs from the same noise differ in one setting.</source><translation>从同一噪声出发、一项设置不同的两次运行。</translation></message>
</context>
<context>
<name>Prediction</name>
<message><source>noise and picture (v)</source><translation>噪声与图片（v）</translation></message>
<message><source>the noise (ε)</source><translation>噪声（ε）</translation></message>
<message><source>the picture (x₀)</source><translation>图片（x₀）</translation></message>
<message><source>the picture, scaled (EDM)</source><translation>缩放后的图片（EDM）</translation></message>
<message><source>the score</source><translation>得分</translation></message>
<message><source>the way (flow)</source><translation>路径（flow）</translation></message>
</context>
<context>
<name>Presentation</name>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Noisy</source><translation>带噪</translation></message>
<message><source>Predicted</source><translation>预测</translation></message>
<message><source>Presentation of the steps</source><translation>步骤演示</translation></message>
<message><source>Step {number} of {steps} · noise σ {sigma}</source><translation>第 {number}/{steps} 步 · 噪声 σ {sigma}</translation></message>
<message><source>The clean picture that the model predicts in this step</source><translation>模型在此步预测的无噪声图像</translation></message>
<message><source>The picture after this step, with the noise that remains</source><translation>此步之后的图像，仍含剩余噪声</translation></message>
</context>
<context>
<name>PresetPopup</name>
<message><source>Name of a new preset</source><translation>新预设的名称</translation></message>
<message><source>Name of the preset</source><translation>预设的名称</translation></message>
<message><source>No presets yet. Save the settings of this panel under a name.</source><translation>还没有预设。可将此面板的设置命名保存。</translation></message>
<message><source>Nothing has this name</source><translation>没有此名称</translation></message>
<message><source>Presets</source><translation>预设</translation></message>
<message><source>Replace</source><translation>替换</translation></message>
<message><source>Save</source><translation>保存</translation></message>
<message><source>Save the settings of this panel</source><translation>保存此面板的设置</translation></message>
<message><source>Search presets</source><translation>搜索预设</translation></message>
<message><source>With the prompt</source><translation>包含提示词</translation></message>
</context>
<context>
<name>Presets</name>
<message><source>Preset {name} deleted</source><translation>已删除预设 {name}</translation></message>
<message><source>Preset {name} replaced</source><translation>已替换预设 {name}</translation></message>
<message><source>Preset {name} saved</source><translation>已保存预设 {name}</translation></message>
<message><source>{before} renamed to {now}</source><translation>已将 {before} 重命名为 {now}</translation></message>
</context>
<context>
<name>Preview</name>
<message><source>Background of the preview</source><translation>预览的背景</translation></message>
<message><source>Black</source><translation>黑色</translation></message>
<message><source>Checkerboard</source><translation>棋盘格</translation></message>
<message><source>On black</source><translation>黑底</translation></message>
<message><source>On white</source><translation>白底</translation></message>
<message><source>Selected picture</source><translation>所选图片</translation></message>
<message><source>Show it large</source><translation>查看大图</translation></message>
<message><source>Shows transparent areas</source><translation>显示透明区域</translation></message>
<message><source>White</source><translation>白色</translation></message>
<message><source>{width} × {height} px</source><translation>{width} × {height} px</translation></message>
</context>
<context>
<name>PromptBox</name>
<message numerus="yes"><source>%n word(s)</source><translation>
<numerusform>%n 个词</numerusform>
</translation></message>
<message><source>Ctrl+↑ and Ctrl+↓ change the weight of a word</source><translation>Ctrl+↑ 和 Ctrl+↓ 更改词语的权重</translation></message>
<message><source>Describe the picture; Enter generates it</source><translation>描述图片；按回车键生成</translation></message>
<message><source>Prompt</source><translation>提示词</translation></message>
<message><source>The editor shows the first {count}; edit them to use only these.</source><translation>编辑器显示前 {count} 个字符；编辑后将只使用这些。</translation></message>
<message><source>The text under “{title}”</source><translation>“{title}”下的文本</translation></message>
<message><source>What should the picture show?</source><translation>想画什么？</translation></message>
<message><source>{count} characters</source><translation>{count} 个字符</translation></message>
<message><source>{count} of {limit} tokens</source><translation>{count} / {limit} 个词元</translation></message>
<message><source>{tokens}, in {parts} parts</source><translation>{tokens}，分 {parts} 段</translation></message>
</context>
<context>
<name>PromptChips</name>
<message numerus="yes"><source>%n token(s) beyond {limit}</source><translation>
<numerusform>超出 {limit} 共 %n 个词元</numerusform>
</translation></message>
<message><source>Click to write “{prompt}”.</source><translation>点击改为“{prompt}”。</translation></message>
<message><source>Did you mean {word}?</source><translation>是否指 {word}？</translation></message>
<message><source>Drawing {drawing} for “{text}”</source><translation>以{drawing}表现“{text}”</translation></message>
<message><source>Drawn in some of the styles that a seed chooses.</source><translation>仅在种子所选的部分风格中绘制。</translation></message>
<message><source>How the model reads the prompt</source><translation>模型如何理解提示词</translation></message>
<message><source>If the picture shows it anyway, write it into the negative prompt.</source><translation>如果图片中仍然出现，请把它写入负面提示词。</translation></message>
<message><source>LoRA {value}</source><translation>LoRA {value}</translation></message>
<message><source>Most words are unknown to {model}. Write the prompt in English.</source><translation>{model} 不认识其中大多数词。请用英文书写提示词。</translation></message>
<message><source>Nearest: {drawing}</source><translation>最接近：{drawing}</translation></message>
<message><source>No LoRA with this name is installed, or its file is damaged. Its tag is read as plain words.</source><translation>未安装此名称的 LoRA，或其文件已损坏。其标签会按普通词语读取。</translation></message>
<message><source>No LoRA “{value}”</source><translation>没有 LoRA“{value}”</translation></message>
<message><source>No such drawing: a guess</source><translation>没有这种画：凭猜测绘制</translation></message>
<message><source>No weights here</source><translation>此处不支持权重</translation></message>
<message><source>One picture; Set draws several</source><translation>只有一张图片；“套图”可画多张</translation></message>
<message><source>Only the first {value} words are read</source><translation>仅读取前 {value} 个词</translation></message>
<message><source>Sometimes left out: {words}</source><translation>有时略去：{words}</translation></message>
<message><source>The seed of each picture chooses one. Only the other words are described here.</source><translation>每张图片的种子会选择其中一个。此处只描述其他词语。</translation></message>
<message><source>The seed of each picture chooses one. The first picture is described here.</source><translation>每张图片的种子会选择其中一个。此处描述第一张图片。</translation></message>
<message><source>The seed of each picture chooses {count} of them, in random order.</source><translation>每张图片的种子会以随机顺序从中选择 {count} 个。</translation></message>
<message><source>The start picture shows it. Only what is new is drawn in the mask.</source><translation>初始图片已显示它。蒙版中只绘制新的内容。</translation></message>
<message><source>The words after “{value}” are ignored</source><translation>“{value}”排除的内容会被忽略</translation></message>
<message><source>They are read in parts of {limit} that know nothing of each other.</source><translation>按每段 {limit} 个读取，各段互不相知。</translation></message>
<message><source>Things are found in the whole prompt; {model} reads no more words than these.</source><translation>会在整个提示词中查找事物；{model} 只读取这些词。</translation></message>
<message><source>This LoRA changes the picture.</source><translation>此 LoRA 会改变图片。</translation></message>
<message><source>This style has no good drawing of it.</source><translation>此风格没有好的此类画。</translation></message>
<message><source>Turn on Set and write one thing per line: each gets a picture of its own, in one style.</source><translation>打开“套图”，每行写一样东西：每样东西各有一张同一风格的图片。</translation></message>
<message><source>Varies, {count} of: {options}</source><translation>变化，选 {count} 个：{options}</translation></message>
<message><source>Varies: {options}</source><translation>变化：{options}</translation></message>
<message><source>Will be drawn</source><translation>会被绘制</translation></message>
<message><source>With some of the options, {model} leaves these words out.</source><translation>对于某些选项，{model} 会略去这些词。</translation></message>
<message><source>Without a prompt, {model} draws something random.</source><translation>没有提示词时，{model} 会随机绘制。</translation></message>
<message><source>Write what to draw</source><translation>请写下要画的内容</translation></message>
<message><source>Write what to leave out into the negative prompt.</source><translation>请把不要出现的内容写入负面提示词。</translation></message>
<message><source>Writes no text: “{value}”</source><translation>不会写字：“{value}”</translation></message>
<message><source>{count} more</source><translation>另有 {count} 个</translation></message>
<message><source>{model} cannot draw with this LoRA. Choose another one.</source><translation>{model} 无法使用此 LoRA 绘制。请选择其他 LoRA。</translation></message>
<message><source>{model} cannot write words into a picture.</source><translation>{model} 不能在图片中写字。</translation></message>
<message><source>{model} does not know this language</source><translation>{model} 不懂这种语言</translation></message>
<message><source>{model} does not know “{text}” and leaves it out.</source><translation>{model} 不认识“{text}”，已略去。</translation></message>
<message><source>{model} does not know “{text}”. Click to write “{word}” instead.</source><translation>{model} 不认识“{text}”。点击可改为“{word}”。</translation></message>
<message><source>{model} has no drawing of this and guesses.</source><translation>{model} 没有这种画，只能猜测。</translation></message>
<message><source>{model} knows no drawing by these words and guesses from them.</source><translation>{model} 不知道与这些词对应的画，只能据此猜测。</translation></message>
<message><source>{model} leaves out “{text}”.</source><translation>{model} 会略去“{text}”。</translation></message>
<message><source>{model} reads plain words and the tags of LoRAs, but no weights of words.</source><translation>{model} 会读取普通词语和 LoRA 标签，但不读取词语的权重。</translation></message>
<message><source>{text} → {drawing}</source><translation>{text} → {drawing}</translation></message>
<message><source>{text}, drawn</source><translation>{text}，绘制</translation></message>
<message><source>{text}, drawn as {drawing}</source><translation>{text}，绘制为{drawing}</translation></message>
<message><source>{text}, drawn in some styles</source><translation>{text}，在部分风格中绘制</translation></message>
<message><source>{text}, guessed</source><translation>{text}，猜测</translation></message>
<message><source>{text}, in the start picture</source><translation>{text}，初始图片中已有</translation></message>
<message><source>{text}, left out</source><translation>{text}，略去</translation></message>
<message><source>{text}, unknown and left out</source><translation>{text}，未知，略去</translation></message>
<message><source>{text}: draws {count}</source><translation>{text}：绘制 {count} 个</translation></message>
<message><source>{text}: from {style}</source><translation>{text}：取自{style}</translation></message>
<message><source>{text}: one colour</source><translation>{text}：单色</translation></message>
<message><source>{text}: one colour, from {style}</source><translation>{text}：单色，取自{style}</translation></message>
<message><source>{value} is for another model</source><translation>{value} 适用于其他模型</translation></message>
<message><source>“{text}” is read as “{word}”.</source><translation>“{text}”按“{word}”理解。</translation></message>
<message><source>“{value}” is left out</source><translation>不画“{value}”</translation></message>
<message><source>“{value}” is not understood</source><translation>无法理解“{value}”</translation></message>
</context>
<context>
<name>PromptController</name>
<message><source>Choose a model that it is for.</source><translation>请选择它所适用的模型。</translation></message>
<message><source>It is for {base}; {model} is {model_base}.</source><translation>它适用于 {base}；{model} 为 {model_base}。</translation></message>
<message><source>It is for {base}; {model} reads plain words.</source><translation>它适用于 {base}；{model} 读取普通文本。</translation></message>
<message><source>Prompts are read as plain words now; choose another prompt grammar under Advanced.</source><translation>目前提示词按普通文本读取；请在“高级”中选择其他提示词语法。</translation></message>
<message><source>The model</source><translation>该模型</translation></message>
</context>
<context>
<name>PromptList</name>
<message><source>Completions of the prompt</source><translation>提示词的补全</translation></message>
</context>
<context>
<name>QueueController</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>待生成 %n 张图片</numerusform>
</translation></message>
<message><source>Connecting to the cluster…</source><translation>正在连接集群…</translation></message>
<message><source>Not saved yet</source><translation>尚未保存</translation></message>
<message><source>Paused</source><translation>已暂停</translation></message>
<message><source>Paused where you left it</source><translation>停在上次离开的位置</translation></message>
<message numerus="yes"><source>Removed %n entry(entries) from the queue</source><translation>
<numerusform>已从队列中移除 %n 项</numerusform>
</translation></message>
<message><source>Removed “{title}” from the queue</source><translation>已从队列中移除“{title}”</translation></message>
<message><source>Resume</source><translation>继续</translation></message>
<message numerus="yes"><source>Resuming %n picture(s)</source><translation>
<numerusform>正在继续生成 %n 张图片</numerusform>
</translation></message>
<message><source>Steps that are done already are shown again first.</source><translation>会先重新显示已完成的步骤。</translation></message>
<message><source>The queue is paused</source><translation>队列已暂停</translation></message>
<message><source>Waiting until a picture can be saved</source><translation>正在等待图片可以保存</translation></message>
<message><source>Waiting: a picture could not be saved yet</source><translation>等待中：有图片尚未能保存</translation></message>
<message><source>Waiting: the queue is paused</source><translation>等待中：队列已暂停</translation></message>
<message><source>about {time} left</source><translation>约剩 {time}</translation></message>
<message><source>{pictures} will be made on the cluster</source><translation>将在集群上生成 {pictures}</translation></message>
</context>
<context>
<name>QueueEditor</name>
<message><source>Cancel</source><translation>取消</translation></message>
<message><source>Change the settings, then press “{save}”.</source><translation>更改设置，然后点“{save}”。</translation></message>
<message><source>Editing a queued picture</source><translation>正在编辑队列中的图片</translation></message>
<message><source>Generate uses these settings for another picture.</source><translation>“生成”会用这些设置制作另一张图片。</translation></message>
<message><source>Not used: {settings}.</source><translation>未使用：{settings}。</translation></message>
<message><source>Save to the queue</source><translation>保存到队列</translation></message>
<message><source>Saves the settings in the queue, in the same place</source><translation>将设置保存到队列中的原位置</translation></message>
<message><source>“{title}” no longer waits in the queue</source><translation>“{title}”已不在队列中等待</translation></message>
</context>
<context>
<name>QueueModel</name>
<message><source> · {count} made</source><translation> · 已生成 {count} 张</translation></message>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n 步</numerusform>
</translation></message>
<message><source>Failed</source><translation>失败</translation></message>
<message><source>Paused</source><translation>已暂停</translation></message>
<message><source>Running in another window</source><translation>正在另一个窗口中运行</translation></message>
<message><source>Waiting</source><translation>等待中</translation></message>
<message><source>until stopped</source><translation>直到停止</translation></message>
<message><source>{done} of {count} made</source><translation>已生成 {done} / {count}</translation></message>
</context>
<context>
<name>QueuePanel</name>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Pause</source><translation>暂停</translation></message>
<message><source>Queue</source><translation>队列</translation></message>
<message><source>Resume</source><translation>继续</translation></message>
<message><source>Resume the queue</source><translation>继续队列</translation></message>
<message><source>Start nothing more for now</source><translation>暂不开始新的任务</translation></message>
<message><source>Stop and remove</source><translation>停止并移除</translation></message>
<message><source>Stop it and remove it from the queue</source><translation>停止并从队列中移除</translation></message>
</context>
<context>
<name>QueueRows</name>
<message><source>Nothing is waiting</source><translation>没有等待中的任务</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Stop {job}</source><translation>停止 {job}</translation></message>
<message><source>The queue</source><translation>队列</translation></message>
<message><source>While a picture is being made, Ctrl+Enter puts the next one here.</source><translation>正在生成图片时，按 Ctrl+回车键可将下一张放到这里。</translation></message>
</context>
<context>
<name>Quotation</name>
<message><source>“{text}”</source><translation>“{text}”</translation></message>
</context>
<context>
<name>RecoveryNotices</name>
<message numerus="yes"><source>%n picture(s) not finished and not in the gallery yet.</source><translation>
<numerusform>%n 张图片未完成，尚未存入图库。</numerusform>
</translation></message>
<message><source>Keep it</source><translation>保留</translation></message>
<message><source>Keep them</source><translation>全部保留</translation></message>
<message><source>Stopped at step {step} of {steps}</source><translation>已在第 {step} 步停止，共 {steps} 步</translation></message>
<message><source>Try again</source><translation>重试</translation></message>
<message><source>What was reached is not in the gallery yet.</source><translation>已得到的结果尚未存入图库。</translation></message>
</context>
<context>
<name>RegionMap</name>
<message><source>Drag to draw, move or resize a box; the right button removes it</source><translation>拖动可绘制、移动或调整方框；右键移除方框</translation></message>
<message><source>Map of the regions</source><translation>区域示意图</translation></message>
</context>
<context>
<name>RegionRow</name>
<message><source>Negative prompt of region {number}</source><translation>区域 {number} 的反向提示词</translation></message>
<message><source>Paint the area of this region; the right button erases, the wheel changes the size</source><translation>绘制此区域的范围；右键擦除，滚轮改变大小</translation></message>
<message><source>Prompt of region {number}</source><translation>区域 {number} 的提示词</translation></message>
<message><source>Remove this region</source><translation>移除此区域</translation></message>
<message><source>Replace the painted area by its box</source><translation>用方框替换绘制的范围</translation></message>
<message><source>Share of this prompt in its area; the prompt of the whole picture has the rest</source><translation>此提示词在其范围中所占的比例；其余部分属于整张图片的提示词</translation></message>
<message><source>Weight</source><translation>权重</translation></message>
<message><source>What is in this area</source><translation>此范围中的内容</translation></message>
<message><source>What to avoid here</source><translation>此处要避免的内容</translation></message>
</context>
<context>
<name>RegionSection</name>
<message numerus="yes"><source>%n region(s)</source><translation>
<numerusform>%n 个区域</numerusform>
</translation></message>
<message><source>A box with its own prompt</source><translation>带有自己提示词的方框</translation></message>
<message><source>Add region</source><translation>添加区域</translation></message>
<message><source>Drag to draw a box; the prompt above describes the rest.</source><translation>拖动以绘制方框；其余部分由上方的提示词描述。</translation></message>
<message><source>Draw</source><translation>绘制</translation></message>
<message><source>Draw the regions on the picture</source><translation>在图片上绘制区域</translation></message>
<message><source>Remove all</source><translation>全部移除</translation></message>
<message><source>Undo the last change of the regions</source><translation>撤销对区域的上次更改</translation></message>
</context>
<context>
<name>Remedy</name>
<message><source>One at a time</source><translation>逐张生成</translation></message>
<message><source>Try again</source><translation>重试</translation></message>
<message><source>Use calmer settings</source><translation>使用更温和的设置</translation></message>
<message><source>Use full precision</source><translation>使用全精度</translation></message>
<message><source>Use the CPU</source><translation>使用 CPU</translation></message>
<message><source>Use this computer</source><translation>使用此电脑</translation></message>
</context>
<context>
<name>Report</name>
<message><source>Add to gallery</source><translation>添加到图库</translation></message>
<message><source>Already in the gallery</source><translation>已在图库中</translation></message>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Copy it into the library; the file stays</source><translation>将其复制到图库；原文件保留</translation></message>
<message><source>It does not say how it was made</source><translation>没有生成方式的记录</translation></message>
<message><source>Not known</source><translation>无法识别</translation></message>
<message><source>Recognised, not used</source><translation>已识别，未使用</translation></message>
<message><source>Settings in the file</source><translation>文件中的设置</translation></message>
<message><source>Start from it</source><translation>从此图开始</translation></message>
<message><source>Use it as the start picture</source><translation>用作初始图片</translation></message>
<message><source>Used</source><translation>已使用</translation></message>
<message><source>as they are set here</source><translation>在此处的设置</translation></message>
<message><source>has content credentials</source><translation>含内容凭证</translation></message>
<message><source>has content credentials by {maker}</source><translation>含 {maker} 的内容凭证</translation></message>
<message><source>kept in the file, but not used</source><translation>保留在文件中，但不使用</translation></message>
</context>
<context>
<name>Review</name>
<message><source>Review finished</source><translation>挑选已完成</translation></message>
<message><source>{count} deleted</source><translation>删除 {count} 张</translation></message>
<message><source>{count} kept</source><translation>保留 {count} 张</translation></message>
<message><source>{number} of {count}</source><translation>第 {number} 张，共 {count} 张</translation></message>
</context>
<context>
<name>Row</name>
<message><source>Back to the default</source><translation>恢复默认值</translation></message>
<message><source>Close the window and open it again; a running job continues</source><translation>关闭并重新打开窗口；正在运行的任务会继续</translation></message>
<message><source>Reset {setting}</source><translation>重置{setting}</translation></message>
<message><source>Restart now</source><translation>立即重启</translation></message>
</context>
<context>
<name>RunningJobs</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> 及另外 %n 项</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>剩余 %n 步</numerusform>
</translation></message>
<message><source>Finished: {job}</source><translation>已完成：{job}</translation></message>
<message><source>Starts next</source><translation>接下来开始</translation></message>
<message><source>Stopped: {job}</source><translation>已停止：{job}</translation></message>
<message><source>Waiting for the model to load</source><translation>等待模型加载</translation></message>
<message><source>Waiting for: {job}</source><translation>等待：{job}</translation></message>
<message><source>paused</source><translation>已暂停</translation></message>
<message><source>starting…</source><translation>正在启动…</translation></message>
<message><source>stopping</source><translation>正在停止</translation></message>
<message><source>stopping…</source><translation>正在停止…</translation></message>
<message><source>waiting for the model to load</source><translation>等待模型加载</translation></message>
<message><source>waiting for: {job}</source><translation>等待：{job}</translation></message>
<message><source>{count} left</source><translation>剩余 {count}</translation></message>
<message><source>{done} of {total}</source><translation>{done} / {total}</translation></message>
</context>
<context>
<name>SaveNotices</name>
<message><source>Folder for pictures that the library cannot store</source><translation>用于存放图库无法保存的图片的文件夹</translation></message>
<message><source>Save elsewhere…</source><translation>另存到别处…</translation></message>
<message><source>Saved elsewhere</source><translation>已另存到别处</translation></message>
<message><source>The pictures are in {folder}.</source><translation>图片在 {folder} 中。</translation></message>
<message><source>Try again</source><translation>重试</translation></message>
<message><source>{error} The picture is not lost yet.</source><translation>{error} 图片尚未丢失。</translation></message>
</context>
<context>
<name>SavedStepsRow</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>沿其移动鼠标，或用 ← →，查看图片如何形成</translation></message>
<message><source>Saved steps</source><translation>已保存的步骤</translation></message>
</context>
<context>
<name>SavedStepsStrip</name>
<message numerus="yes"><source>%n of {total} steps saved</source><translation>
<numerusform>{total} 步中已保存 %n 步</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) saved</source><translation>
<numerusform>已保存 %n 步</numerusform>
</translation></message>
<message><source>Play</source><translation>播放</translation></message>
<message><source>Play its steps</source><translation>播放其各步</translation></message>
<message><source>Scrub and branch on the Create page</source><translation>在“创作”页逐步查看并分支</translation></message>
</context>
<context>
<name>ScheduleChart</name>
<message><source>Scale of the data at each step</source><translation>每一步中数据的系数</translation></message>
<message><source>scale of the data, α / √(α² + σ²) · steps</source><translation>数据系数 α / √(α² + σ²) · 步数</translation></message>
</context>
<context>
<name>Search</name>
<message><source> or </source><translation> 或 </translation></message>
<message><source>Branches</source><translation>分支</translation></message>
<message><source>Collection</source><translation>合集</translation></message>
<message><source>Date</source><translation>日期</translation></message>
<message><source>Edited elsewhere</source><translation>在别处编辑</translation></message>
<message><source>Favourites</source><translation>收藏</translation></message>
<message><source>File</source><translation>文件</translation></message>
<message><source>Imported</source><translation>已导入</translation></message>
<message><source>In</source><translation>位于</translation></message>
<message><source>Like</source><translation>含义接近</translation></message>
<message><source>Made here</source><translation>在此生成</translation></message>
<message><source>Negative prompt</source><translation>负面提示词</translation></message>
<message><source>Note</source><translation>备注</translation></message>
<message><source>OR must be between two words</source><translation>OR 必须位于两个词之间</translation></message>
<message><source>Prompt</source><translation>提示词</translation></message>
<message><source>Sampler</source><translation>采样器</translation></message>
<message><source>Scheduler</source><translation>调度器</translation></message>
<message><source>Similar to</source><translation>相似于</translation></message>
<message><source>Size</source><translation>尺寸</translation></message>
<message><source>Stopped early</source><translation>提前停止</translation></message>
<message><source>Tag</source><translation>标签</translation></message>
<message><source>Tool</source><translation>工具</translation></message>
<message><source>With a note</source><translation>有备注</translation></message>
<message><source>With settings</source><translation>有设置</translation></message>
<message><source>Without a tag</source><translation>无标签</translation></message>
<message><source>Without settings</source><translation>无设置</translation></message>
<message><source>not {term}</source><translation>非{term}</translation></message>
<message><source>only its first 60 words count</source><translation>只有前 60 个词有效</translation></message>
<message><source>the quotation mark of {text} is not closed</source><translation>{text} 的引号没有闭合</translation></message>
<message><source>unknown field {field} (quote {text} to search for it as text)</source><translation>未知字段 {field} (给 {text} 加引号即按文字搜索)</translation></message>
<message><source>{count} more words are unclear</source><translation>另有 {count} 个词不明确</translation></message>
<message><source>{text} has no letter or digit</source><translation>{text} 没有字母或数字</translation></message>
<message><source>{text} has no valid value for {field}</source><translation>{text} 没有 {field} 的有效值</translation></message>
<message><source>{text} has no value</source><translation>{text} 没有值</translation></message>
<message><source>{text} is neither a word nor a field (quote it to search for it as text)</source><translation>{text} 既不是词也不是字段 (加引号即按文字搜索)</translation></message>
</context>
<context>
<name>SearchBar</name>
<message><source>Do not search for similar pictures</source><translation>不查找相似图片</translation></message>
<message><source>Like: {name}</source><translation>相似于：{name}</translation></message>
<message><source>Newest</source><translation>最新</translation></message>
<message><source>Newest first</source><translation>最新在前</translation></message>
<message><source>Not understood: {terms}.</source><translation>无法理解：{terms}。</translation></message>
<message><source>Oldest</source><translation>最旧</translation></message>
<message><source>Oldest first</source><translation>最旧在前</translation></message>
<message><source>Order of the pictures</source><translation>图片的排序</translation></message>
<message><source>Save it in the list at the left</source><translation>保存到左侧列表</translation></message>
<message><source>Save search</source><translation>保存搜索</translation></message>
<message><source>Search without {term}</source><translation>去掉 {term} 后搜索</translation></message>
<message><source>Size of the pictures; also Ctrl and the mouse wheel</source><translation>图片的显示大小；也可用 Ctrl 加鼠标滚轮</translation></message>
<message><source>{found} · {problem}</source><translation>{found} · {problem}</translation></message>
<message><source>{pictures} · {time} ms</source><translation>{pictures} · {time} ms</translation></message>
<message><source>{size} px</source><translation>{size} px</translation></message>
</context>
<context>
<name>SearchField</name>
<message><source>Clear the search</source><translation>清除搜索</translation></message>
<message><source>Search pictures</source><translation>搜索图片</translation></message>
<message><source>Search…</source><translation>搜索…</translation></message>
<message><source>Words, "phrases", -without, is:favourite, seed:42, steps:&gt;20</source><translation>词语、"短语"、-排除、is:favourite、seed:42、steps:&gt;20</translation></message>
</context>
<context>
<name>SeedField</name>
<message><source>Every run uses a new seed</source><translation>每次生成使用新种子</translation></message>
<message><source>Keep this seed</source><translation>固定此种子</translation></message>
<message><source>Locked: every run uses this seed</source><translation>已锁定：每次生成都用此种子</translation></message>
<message><source>Seed</source><translation>种子</translation></message>
<message><source>The same seed and settings give the same picture</source><translation>相同的种子和设置会得到相同的图片</translation></message>
</context>
<context>
<name>SelectionBar</name>
<message><source>Add them to a collection</source><translation>将它们添加到合集</translation></message>
<message><source>Add to collection ▾</source><translation>添加到合集 ▾</translation></message>
<message><source>Collection ▾</source><translation>合集 ▾</translation></message>
<message><source>New collection</source><translation>新建合集</translation></message>
<message><source>Remove from {collection}</source><translation>移出 {collection}</translation></message>
<message><source>Select none</source><translation>取消选择</translation></message>
<message><source>Selected pictures</source><translation>所选图片</translation></message>
<message><source>{count} selected</source><translation>已选 {count} 张</translation></message>
</context>
<context>
<name>SelectionController</name>
<message><source>Check of {title}</source><translation>检查“{title}”</translation></message>
<message><source>It does not reproduce: pixels differ by up to {difference} of 255.</source><translation>未能复现：像素最大相差 {difference}/255。</translation></message>
<message><source>It reproduces exactly.</source><translation>完全复现。</translation></message>
<message><source>It reproduces nearly: no pixel differs by more than {difference} of 255.</source><translation>基本复现：像素相差均不超过 {difference}/255。</translation></message>
<message><source>Its steps are saved</source><translation>其步骤已保存</translation></message>
<message><source>Not in the gallery</source><translation>不在图库中</translation></message>
<message><source>The picture cannot be generated again here</source><translation>这张图片无法在此重新生成</translation></message>
<message><source>The picture that this one branches from was deleted or never saved.</source><translation>这张图片的分支来源已删除，或从未保存。</translation></message>
<message><source>The picture that this one was edited from was deleted.</source><translation>这张图片的编辑来源已删除。</translation></message>
<message><source>comparing…</source><translation>正在对比…</translation></message>
<message><source>exactly</source><translation>完全</translation></message>
<message><source>nearly</source><translation>基本</translation></message>
<message><source>no</source><translation>否</translation></message>
<message><source>not here</source><translation>此处不可</translation></message>
<message><source>not in the gallery</source><translation>不在图库中</translation></message>
<message><source>step {step} of {steps}</source><translation>第 {step} 步，共 {steps} 步</translation></message>
<message><source>stopped</source><translation>已停止</translation></message>
<message><source>waiting…</source><translation>等待中…</translation></message>
</context>
<context>
<name>SetController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n 张图片</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate continues.</source><translation>
<numerusform>缺少 %n 张图片；点“生成”继续。</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate in Set continues.</source><translation>
<numerusform>缺少 %n 张图片；在“套图”中点“生成”继续。</numerusform>
</translation></message>
<message><source>Another set is being generated. Stop it, then restore this one.</source><translation>正在生成另一组套图。请先停止它，再恢复这一组。</translation></message>
<message><source>Drawn with {temperature} instead of {value}, at which it would hardly change.</source><translation>用 {value} 几乎不会变化，因此用 {temperature} 绘制。</translation></message>
<message><source>It is the collection “{name}”.</source><translation>它是合集“{name}”。</translation></message>
<message numerus="yes"><source>Its %n locked picture(s) stays(stay) there.</source><translation>
<numerusform>其中 %n 张锁定的图片留在那里。</numerusform>
</translation></message>
<message><source>Its other pictures are kept.</source><translation>其他图片保持不变。</translation></message>
<message><source>Made {pictures} again</source><translation>已重新生成 {pictures}</translation></message>
<message><source>Removed {pictures}</source><translation>已移除 {pictures}</translation></message>
<message><source>Restore it</source><translation>恢复</translation></message>
<message><source>Set “{name}” opened</source><translation>已打开套图“{name}”</translation></message>
<message numerus="yes"><source>Set: %n picture(s)</source><translation>
<numerusform>套图：%n 张图片</numerusform>
</translation></message>
<message><source>Set: {thing}</source><translation>套图：{thing}</translation></message>
<message><source>Stopped</source><translation>已停止</translation></message>
<message><source>The list is empty</source><translation>列表为空</translation></message>
<message><source>The set was changed</source><translation>已更改套图</translation></message>
<message><source>The set was cleared</source><translation>套图已清空</translation></message>
<message><source>These pictures are locked</source><translation>这些图片已锁定</translation></message>
<message><source>Unlock them first.</source><translation>请先解锁。</translation></message>
<message><source>Write what the set shows, one thing per line.</source><translation>写下套图要画的内容，每行一项。</translation></message>
<message><source>connecting to the cluster…</source><translation>正在连接集群…</translation></message>
<message><source>locked · {seed}</source><translation>已锁定 · {seed}</translation></message>
<message><source>not made yet</source><translation>尚未生成</translation></message>
<message><source>seed {seed}</source><translation>种子 {seed}</translation></message>
<message><source>starting…</source><translation>正在启动…</translation></message>
</context>
<context>
<name>SetView</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n 张图片</numerusform>
</translation></message>
<message><source>Name of the set</source><translation>套图名称</translation></message>
<message><source>None of its pictures is finished yet.</source><translation>还没有完成的图片。</translation></message>
<message><source>Select a single picture.</source><translation>请只选择一张图片。</translation></message>
<message><source>Select the pictures to make again, or lock those to keep.</source><translation>请选择要重新生成的图片，或锁定要保留的图片。</translation></message>
<message><source>The set is a collection of this name in the gallery</source><translation>套图在图库中是同名的合集</translation></message>
<message><source>Unlock</source><translation>解锁</translation></message>
<message><source>Write its things in the list, choose a style, and press Generate: one picture of each, drawn alike, kept together in the gallery.</source><translation>在列表中写下各项内容，选择风格，然后点“生成”：每项一张图片，画风一致，一并保存在图库中。</translation></message>
<message><source>Your set will grow here</source><translation>套图将在这里逐步生成</translation></message>
<message><source>{finished} of {pictures}</source><translation>{finished} / {pictures}</translation></message>
<message><source>{pictures} · in the gallery</source><translation>{pictures} · 已在图库中</translation></message>
</context>
<context>
<name>Setting</name>
<message><source>1, 2, 3</source><translation>1, 2, 3</translation></message>
<message><source>1-9 or 7, 42, 1207</source><translation>1-9 或 7, 42, 1207</translation></message>
<message><source>2 (B = e^h − 1) for guided pictures, 1 (B = h) for unguided.</source><translation>有引导的图片用 2（B = e^h − 1），无引导用 1（B = h）。</translation></message>
<message><source>2, 4, 6 or 1-7 (+1.5)</source><translation>2, 4, 6 或 1-7 (+1.5)</translation></message>
<message><source>4, 8, 20 or 4-20 (+4)</source><translation>4, 8, 20 或 4-20 (+4)</translation></message>
<message><source>Address of a Ray cluster: auto for the cluster of this computer, or HOST:PORT.</source><translation>Ray 集群的地址：auto 表示此电脑的集群，或填 HOST:PORT。</translation></message>
<message><source>Aesthetic score</source><translation>美学评分</translation></message>
<message><source>Allows connections to huggingface.co, or to an address that you enter, while a model that you chose is downloaded.</source><translation>下载您选择的模型时，允许连接到 huggingface.co 或您输入的地址。</translation></message>
<message><source>Analytic-DDIM</source><translation>Analytic-DDIM</translation></message>
<message><source>Analytic-DPM</source><translation>Analytic-DPM</translation></message>
<message><source>As it is</source><translation>原样</translation></message>
<message><source>At 2 the last layer of the text encoder is left out, at 3 the last two …</source><translation>为 2 时略去文本编码器的最后一层，为 3 时略去最后两层…</translation></message>
<message><source>At temperatures of 0.25 and less it wants 60 steps or more.</source><translation>温度不高于 0.25 时需要 60 步或更多。</translation></message>
<message><source>At temperatures of 0.25 and less it wants a hundred steps or more.</source><translation>温度不高于 0.25 时需要一百步或更多。</translation></message>
<message><source>Attention</source><translation>注意力</translation></message>
<message><source>Automatic</source><translation>自动</translation></message>
<message><source>Automatic is full precision, which makes the same picture on every device; half is faster and slightly less exact</source><translation>“自动”即全精度，在任何设备上生成相同的图片；半精度更快，精确度略低</translation></message>
<message><source>Batch size</source><translation>单批数量</translation></message>
<message><source>Below 100 % a run pauses between its steps, which leaves time for other programs.</source><translation>低于 100 % 时，生成会在步骤之间停顿，为其他程序留出时间。</translation></message>
<message><source>Beta</source><translation>Beta</translation></message>
<message><source>Beta 57</source><translation>Beta 57</translation></message>
<message><source>Beta of 0.1</source><translation>Beta（0.1 版）</translation></message>
<message><source>Beta of σ</source><translation>Beta（σ）</translation></message>
<message><source>Beta's shares of the noise in place of timesteps: half of the steps where it is very strong.</source><translation>将 Beta 的比例用于噪声而非时间步：一半的步数位于噪声很强之处。</translation></message>
<message><source>Beyond this the oldest steps are deleted; their pictures stay.</source><translation>超出后会删除最旧的步骤；图片仍保留。</translation></message>
<message><source>Beyond this, some steps are recomputed on view. A large picture has room for at least thirty.</source><translation>超出后，部分步骤会在查看时重新计算。大图片也至少能存三十步。</translation></message>
<message><source>Blur</source><translation>模糊</translation></message>
<message><source>Both pictures of a step are side by side until the run ends.</source><translation>运行结束前并排显示一步的两幅图像。</translation></message>
<message><source>Branch of</source><translation>分支自</translation></message>
<message><source>By noise</source><translation>按噪声</translation></message>
<message><source>By timesteps</source><translation>按时间步</translation></message>
<message><source>CPU limit</source><translation>CPU 上限</translation></message>
<message><source>Canvas colour</source><translation>画布颜色</translation></message>
<message><source>Checkerboard</source><translation>棋盘格</translation></message>
<message><source>Churn</source><translation>Churn</translation></message>
<message><source>Churn above</source><translation>Churn 下限</translation></message>
<message><source>Churn below</source><translation>Churn 上限</translation></message>
<message><source>Class</source><translation>类别</translation></message>
<message><source>Classic</source><translation>经典</translation></message>
<message><source>Clip</source><translation>截断</translation></message>
<message><source>Clip skip</source><translation>CLIP 跳过层</translation></message>
<message><source>Cluster</source><translation>集群</translation></message>
<message><source>Cold</source><translation>Cold</translation></message>
<message><source>Cold, naive</source><translation>Cold（朴素）</translation></message>
<message><source>Computes the deep layers of the network only in every n-th step and reuses their features in between: faster, and less exact. 1 computes them in every step.</source><translation>仅每 n 步计算一次网络的深层，其间复用其特征：更快，但不够精确。1 表示每一步都计算。</translation></message>
<message><source>Consecutive pictures that differ only in their seed, or look alike, are one tile.</source><translation>仅种子不同或外观相似的连续图片合为一格。</translation></message>
<message><source>Correcting adds a little spread of its own: pictures are slightly more varied than the temperature asks.</source><translation>校正本身会带来少许差异：图片比温度所要求的略多样。</translation></message>
<message><source>Corrector SNR</source><translation>校正信噪比</translation></message>
<message><source>Curvature</source><translation>曲率</translation></message>
<message><source>DDIM</source><translation>DDIM</translation></message>
<message><source>DDIM with the little fresh noise that is best for this model, as measured of it.</source><translation>DDIM，加上针对此模型实测的最佳少量新噪声。</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM with as much noise in every step as the model itself predicts.</source><translation>DDPM，每一步的噪声量由模型自身预测。</translation></message>
<message><source>DDPM with more noise in every step: grainy below some hundred steps.</source><translation>每一步噪声更多的 DDPM：低于几百步时颗粒明显。</translation></message>
<message><source>DDPM with the amount of noise that is best for this model, as measured of it: fewer steps than DDPM.</source><translation>DDPM，噪声量为针对此模型实测的最佳值：步数比 DDPM 少。</translation></message>
<message><source>DDPM's steps, each after a random correction at its place: for some hundred steps.</source><translation>DDPM 的步骤，每步之前先在原处随机校正：适合几百步。</translation></message>
<message><source>DDPM, large variance</source><translation>DDPM（大方差）</translation></message>
<message><source>DDPM, learned variance</source><translation>DDPM（学习方差）</translation></message>
<message><source>DEIS</source><translation>DEIS</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>DPM++ 2M SDE</source><translation>DPM++ 2M SDE</translation></message>
<message><source>DPM++ 2M with fresh noise at every step, which mends earlier errors; finer detail from 25 steps on.</source><translation>每一步加入新噪声的 DPM++ 2M，可修补先前的误差；25 步以上细节更精细。</translation></message>
<message><source>DPM++ 2S</source><translation>DPM++ 2S</translation></message>
<message><source>DPM++ 2S a</source><translation>DPM++ 2S a</translation></message>
<message><source>DPM++ 2S with fresh noise at every step (ancestral): pictures keep changing.</source><translation>每一步加入新噪声的 DPM++ 2S（祖先采样）：图片会不断变化。</translation></message>
<message><source>DPM++ 3M</source><translation>DPM++ 3M</translation></message>
<message><source>DPM++ 3M SDE</source><translation>DPM++ 3M SDE</translation></message>
<message><source>DPM++ 3M with fresh noise at every step; for 30 steps and more.</source><translation>每一步加入新噪声的 DPM++ 3M；适合 30 步或更多。</translation></message>
<message><source>DPM++ SDE</source><translation>DPM++ SDE</translation></message>
<message><source>DPM2</source><translation>DPM2</translation></message>
<message><source>DPM2 a</source><translation>DPM2 a</translation></message>
<message><source>DPM2 with fresh noise at every step (ancestral): two evaluations, pictures keep changing.</source><translation>每一步加入新噪声的 DPM2（祖先采样）：两次评估，图片会不断变化。</translation></message>
<message><source>Dark</source><translation>深色</translation></message>
<message><source>Dark, light, or matching the system.</source><translation>深色、浅色，或跟随系统。</translation></message>
<message><source>Deleted pictures to the trash on exit</source><translation>退出时将已删除的图片移到回收站</translation></message>
<message><source>Device</source><translation>设备</translation></message>
<message><source>Distilled guidance</source><translation>蒸馏引导</translation></message>
<message><source>Download models</source><translation>下载模型</translation></message>
<message><source>Draws the thing alone, as for a set: without a tile, and in the tone of its style</source><translation>像套图那样只画物体本身：没有底板，并使用其风格的色调</translation></message>
<message><source>Dynamic threshold</source><translation>动态阈值</translation></message>
<message><source>EDM stochastic</source><translation>EDM（随机）</translation></message>
<message><source>Each picture is saved as a file in this folder.</source><translation>每张图片都以文件形式保存在此文件夹中。</translation></message>
<message><source>Each step jumps to a whole picture: temperature only pulls the jumps towards the average picture.</source><translation>每一步都直接跳到完整的图片：温度只是把跳跃拉向平均图片。</translation></message>
<message><source>Edges (Canny)</source><translation>边缘（Canny）</translation></message>
<message><source>Enlarges the picture for the second pass</source><translation>为第二遍放大图片</translation></message>
<message><source>Error allowed in a step; smaller is slower and more exact.</source><translation>一步中允许的误差；越小越慢、越精确。</translation></message>
<message><source>Eta</source><translation>Eta</translation></message>
<message><source>Euler</source><translation>Euler</translation></message>
<message><source>Euler a</source><translation>Euler a</translation></message>
<message><source>Evaluations more a step that make the way back exact.</source><translation>每一步额外的评估次数，使反向过程精确。</translation></message>
<message><source>Even in log-SNR: the same as exponential, but no step where the noise is above σ 164.</source><translation>在 log-SNR 上均匀：与“指数”相同，但噪声高于 σ 164 处没有步骤。</translation></message>
<message><source>Even steps along the straight paths of flow models. The same update as Euler and DDIM at eta 0.</source><translation>沿流模型的直线路径等距前进。更新公式与 Euler 及 eta 为 0 的 DDIM 相同。</translation></message>
<message><source>Even timesteps from full noise that stop one step before the last, between timesteps too.</source><translation>从全噪声开始的均匀时间步，在最后一步之前停止；也取时间步之间的值。</translation></message>
<message><source>Even timesteps that begin at full noise.</source><translation>从全噪声开始的均匀时间步。</translation></message>
<message><source>Even timesteps that end at the last one and never reach full noise, as in the DDIM paper.</source><translation>止于最后一个、从不达到全噪声的均匀时间步，同 DDIM 论文。</translation></message>
<message><source>Even timesteps with the first and the last.</source><translation>包含首尾两端的均匀时间步。</translation></message>
<message><source>Every so many of the model's timesteps, from full noise down: ComfyUI's Simple.</source><translation>从全噪声向下，每隔固定数目取一个模型时间步：ComfyUI 的 Simple。</translation></message>
<message><source>Every step removes the same share of the noise: even in log-SNR.</source><translation>每一步去除相同比例的噪声：在 log-SNR 上均匀。</translation></message>
<message><source>Exponential</source><translation>指数</translation></message>
<message><source>Factors</source><translation>系数</translation></message>
<message><source>Feature cache</source><translation>特征缓存</translation></message>
<message><source>Fewer steps at strong noise than exponential, fewer at the end than Karras.</source><translation>强噪声处步数少于“指数”，末尾少于 Karras。</translation></message>
<message><source>File name</source><translation>文件名</translation></message>
<message><source>Finds the noise that leads to the picture instead of drawing it by the seed, so that the same prompt brings the picture back</source><translation>不由种子抽取噪声，而是求出能生成该图片的噪声，使相同的提示词重现该图片</translation></message>
<message><source>First choices</source><translation>首选</translation></message>
<message><source>Flow Euler</source><translation>Flow Euler</translation></message>
<message><source>Flow Heun</source><translation>Flow Heun</translation></message>
<message><source>Follows the exact way to a tolerance, with as many evaluations as that takes.</source><translation>按容差沿精确路径前进，需要多少次评估就用多少次。</translation></message>
<message><source>For exactness, where a step may take twice as long.</source><translation>要求精确，且每步可以花两倍时间时。</translation></message>
<message><source>For fine detail, with 30 steps or more.</source><translation>要求细节，30 步以上。</translation></message>
<message><source>For finer detail, with 25 steps or more.</source><translation>要求更细的细节，25 步以上。</translation></message>
<message><source>For latent consistency models: only the fifty timesteps that they were distilled on.</source><translation>用于潜在一致性模型：只用其蒸馏时的五十个时间步。</translation></message>
<message><source>For rich detail at few steps, in twice the time.</source><translation>用很少的步数得到丰富细节，时间加倍。</translation></message>
<message><source>For the finest quality, when time does not matter.</source><translation>要求最好的质量，不计时间。</translation></message>
<message><source>For the finest quality, with many steps.</source><translation>要求最好的质量，步数很多时。</translation></message>
<message><source>For the plainest way, to compare others with.</source><translation>最简单的方式，用来和其他方式比较。</translation></message>
<message><source>For variety with strong guidance.</source><translation>在强引导下需要变化时。</translation></message>
<message><source>For variety, where a step may take twice as long.</source><translation>需要变化，且每步可以花两倍时间时。</translation></message>
<message><source>For variety: each number of steps draws another picture.</source><translation>需要变化时：每种步数都画出另一张图片。</translation></message>
<message><source>Format</source><translation>格式</translation></message>
<message><source>Fresh noise at every step (ancestral): pictures keep changing. The same update as DDPM, Karras spacing.</source><translation>每一步加入新噪声（祖先采样）：图片会不断变化。更新公式与 DDPM 相同，采用 Karras 步距。</translation></message>
<message><source>Fresh noise at every step: 0 none, 1 as much as DDPM.</source><translation>每一步的新噪声：0 为没有，1 与 DDPM 相同。</translation></message>
<message><source>Fresh noise over the whole run: 0 is Heun, 40 the paper's choice.</source><translation>整个过程的新噪声：0 即 Heun，40 为论文的取值。</translation></message>
<message><source>Fresh noise, and a look at the middle of each step: two evaluations, rich detail at few steps.</source><translation>加入新噪声，并查看每一步的中点：两次评估，步数少也细节丰富。</translation></message>
<message><source>Full (32 bit)</source><translation>全精度（32 位）</translation></message>
<message><source>Grey</source><translation>灰度</translation></message>
<message><source>Guidance</source><translation>引导</translation></message>
<message><source>Guidance ends</source><translation>引导结束</translation></message>
<message><source>Guidance rescale</source><translation>引导重缩放</translation></message>
<message><source>Guidance starts</source><translation>引导开始</translation></message>
<message><source>Guidance · temp.</source><translation>引导 · 温度</translation></message>
<message><source>Half (bfloat16)</source><translation>半精度（bfloat16）</translation></message>
<message><source>Half (float16)</source><translation>半精度（float16）</translation></message>
<message><source>Heun</source><translation>Heun</translation></message>
<message><source>Heun in even steps, which suit the straight paths of flow models; for any model.</source><translation>等距步骤的 Heun，适合流模型的直线路径；可用于任何模型。</translation></message>
<message><source>Heun that goes back to more noise twice near the end and comes down again, which mends earlier errors.</source><translation>Heun，在接近结束时两次退回到较多噪声再降下来，可修补先前的误差。</translation></message>
<message><source>Heun with fresh noise before each step, which mends earlier errors; for many steps and finest quality.</source><translation>每一步之前加入新噪声的 Heun，可修补先前的误差；适合步数多、追求最高质量时。</translation></message>
<message><source>High order</source><translation>高阶</translation></message>
<message><source>Hints</source><translation>控制图</translation></message>
<message><source>Hires fix</source><translation>高分辨率修复</translation></message>
<message><source>How closely the picture follows the one to edit</source><translation>图片遵循待编辑图片的程度</translation></message>
<message><source>How each step goes from noise towards the picture</source><translation>每一步如何从噪声走向图片</translation></message>
<message><source>How far the picture changes from the negative prompt towards the prompt.</source><translation>图片从负面提示词向提示词方向改变多少。</translation></message>
<message><source>How freely the picture may vary: 1 is as the model was trained, lower gives more typical pictures, higher rarer ones.</source><translation>图片变化的自由度：1 同模型训练时，较低则更典型，较高则更少见。</translation></message>
<message><source>How many pictures are made together; auto lets the device decide</source><translation>一次同时生成的图片数；“自动”由设备决定</translation></message>
<message><source>How many times as wide and high the second pass makes the picture; 1 for none</source><translation>第二遍将图片的宽和高放大几倍；1 为不进行</translation></message>
<message><source>How many, each with its own seed</source><translation>图片数量，每张使用各自的种子</translation></message>
<message><source>How much noise is added before the steps of the second pass</source><translation>第二遍开始前添加的噪声量</translation></message>
<message><source>How much noise is added to the picture before the steps begin: at 0 it hardly changes, at 1 nothing of it is left. Add noise shows what each value leaves</source><translation>步骤开始前加到图片上的噪声量：0 时几乎不变，1 时原图荡然无存。用“添加噪声”可查看各个值会留下什么</translation></message>
<message><source>How often to go back and come down again; 0 is Heun.</source><translation>退回再降下的次数；0 即 Heun。</translation></message>
<message><source>How pleasing the picture is meant to be</source><translation>希望图片达到的美观程度</translation></message>
<message><source>How prompts are read: in plain words, brackets have no meaning</source><translation>提示词的读取方式：作为普通文本时，括号没有含义</translation></message>
<message><source>How strictly the picture follows the prompt</source><translation>图片遵循提示词的严格程度</translation></message>
<message><source>How strictly the picture follows the prompt; the model takes this as an input</source><translation>图片遵循提示词的严格程度；作为输入传给模型</translation></message>
<message><source>Image guidance</source><translation>图像引导</translation></message>
<message><source>Inpaint</source><translation>局部重绘</translation></message>
<message><source>Inpaint area</source><translation>重绘区域</translation></message>
<message><source>Instead of DDIM, with a little fresh noise.</source><translation>代替 DDIM，加入少量新噪声。</translation></message>
<message><source>Instead of DDPM, for fewer steps.</source><translation>代替 DDPM，步数更少。</translation></message>
<message><source>Instead of DPM++ 2M, with few steps.</source><translation>代替 DPM++ 2M，步数较少时。</translation></message>
<message><source>Instead of DPM++ 2M, with many steps.</source><translation>代替 DPM++ 2M，步数很多时。</translation></message>
<message><source>Instead of Heun, to compare.</source><translation>代替 Heun，用于比较。</translation></message>
<message><source>Instead of UniPC, where guidance is weak or off.</source><translation>代替 UniPC，引导很弱或关闭时。</translation></message>
<message><source>Interface size</source><translation>界面大小</translation></message>
<message><source>Inverted</source><translation>反演</translation></message>
<message><source>JPEG, smaller</source><translation>JPEG，更小</translation></message>
<message><source>KL-optimal</source><translation>KL-optimal</translation></message>
<message><source>Karras</source><translation>Karras</translation></message>
<message><source>Keep the machine awake</source><translation>保持电脑唤醒</translation></message>
<message><source>Keep the steps of pictures</source><translation>保存图片的步骤</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>LCM, of 50 timesteps</source><translation>LCM（50 个时间步）</translation></message>
<message><source>LMS</source><translation>LMS</translation></message>
<message><source>Langevin (NCSN)</source><translation>Langevin (NCSN)</translation></message>
<message><source>Langevin (NCSNv2)</source><translation>Langevin (NCSNv2)</translation></message>
<message><source>Langevin steps, and evaluations, at every noise level.</source><translation>每个噪声级的 Langevin 步数，也即评估次数。</translation></message>
<message><source>Language</source><translation>语言</translation></message>
<message><source>Largest value of the prediction, in standard deviations of the data; 0 is off.</source><translation>预测值的上限，以数据的标准差为单位；0 为关闭。</translation></message>
<message><source>Last noise</source><translation>末步噪声</translation></message>
<message><source>Light</source><translation>浅色</translation></message>
<message><source>Like Beta, with more of its steps at the end.</source><translation>类似 Beta，末尾的步数更多。</translation></message>
<message><source>Like Uniform, leading, one timestep later: DDIM of ComfyUI and AUTOMATIC1111, and Stable Diffusion's own.</source><translation>类似均匀（开头），但推后一个时间步：ComfyUI 和 AUTOMATIC1111 的 DDIM，也是 Stable Diffusion 自己的方式。</translation></message>
<message><source>Like exponential, with larger steps at first and smaller ones where detail forms.</source><translation>类似“指数”，开始时步子较大，细节形成处较小。</translation></message>
<message><source>Limit for models and images. A model that does not fit is read from the disk at each step, which is slower.</source><translation>模型和图像的内存上限。放不下的模型会在每一步从磁盘读取，速度较慢。</translation></message>
<message><source>Lines</source><translation>线稿</translation></message>
<message><source>Live, grids, sets and variations use it if the model has one and its settings are the defaults.</source><translation>如果模型有快速版且设置为默认值，实时、网格、组和变体会使用它。</translation></message>
<message><source>Log-SNR, clipped</source><translation>Log-SNR（截断）</translation></message>
<message><source>Looks ahead and corrects each step: two evaluations, much nearer to the exact way than Euler.</source><translation>先向前看再校正每一步：两次评估，比 Euler 更接近精确路径。</translation></message>
<message><source>Looks at the middle of each step first: two evaluations, about as exact as Heun.</source><translation>先看每一步的中点：两次评估，精确度与 Heun 相当。</translation></message>
<message><source>Looks at the middle of each step, remembers nothing: two evaluations, steady where guidance is strong.</source><translation>查看每一步的中点，不作记忆：两次评估，引导较强时也稳定。</translation></message>
<message><source>Many steps where the noise is low and detail forms; the best first choice.</source><translation>在噪声低、细节形成处步数较多；最佳的首选。</translation></message>
<message><source>Masked area padding</source><translation>蒙版边距</translation></message>
<message><source>Match system</source><translation>跟随系统</translation></message>
<message><source>Measured</source><translation>实测</translation></message>
<message><source>Memory</source><translation>内存</translation></message>
<message><source>Model</source><translation>模型</translation></message>
<message><source>Model folders</source><translation>模型文件夹</translation></message>
<message><source>Models in these folders and their subfolders can be used.</source><translation>可使用这些文件夹及其子文件夹中的模型。</translation></message>
<message><source>More steps take longer and follow the noise more closely</source><translation>步数越多耗时越长，也越紧密地跟随噪声</translation></message>
<message><source>Negative prompt</source><translation>负面提示词</translation></message>
<message><source>No fresh noise where less noise than this is left.</source><translation>剩余噪声少于此值处不加新噪声。</translation></message>
<message><source>No fresh noise where more noise than this is left.</source><translation>剩余噪声多于此值处不加新噪声。</translation></message>
<message><source>Noise</source><translation>噪声</translation></message>
<message><source>Noise scale</source><translation>噪声倍率</translation></message>
<message><source>Normal</source><translation>Normal</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, and that stays.</source><translation>途中不抽取随机数：温度只会使复原偏移，且偏移会保留。</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, which is forgiven.</source><translation>途中不抽取随机数：温度只会使复原偏移，且偏移会被消除。</translation></message>
<message><source>Notify when done</source><translation>完成时通知</translation></message>
<message><source>Of a Langevin step, in units of the level's noise variance.</source><translation>Langevin 步的大小，以该级噪声的方差为单位。</translation></message>
<message><source>One plain straight step after another. The same update as DDIM at eta 0, with Karras spacing.</source><translation>一个接一个的简单直线步。更新公式与 eta 为 0 的 DDIM 相同，采用 Karras 步距。</translation></message>
<message><source>One to eight steps with a model distilled for it: predicts the picture, adds fresh noise, predicts again.</source><translation>配合专门蒸馏的模型，一到八步：预测图片，加入新噪声，再次预测。</translation></message>
<message><source>Only masked</source><translation>仅蒙版区域</translation></message>
<message><source>Only masked: the surroundings of the mask are generated at the full size of the model and put back, and the picture keeps its size and every pixel outside the mask</source><translation>仅蒙版区域：以模型的完整尺寸生成蒙版周围的部分并放回原处，图片保持原尺寸，蒙版外的每个像素都不变</translation></message>
<message><source>Optimal</source><translation>Optimal</translation></message>
<message><source>Other computers</source><translation>其他电脑</translation></message>
<message><source>PLMS</source><translation>PLMS</translation></message>
<message><source>PLMS with three careful first steps of four evaluations each; made for even steps.</source><translation>PLMS，前三步各用四次评估谨慎进行；为等距步骤设计。</translation></message>
<message><source>PNDM</source><translation>PNDM</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>Pictures</source><translation>张数</translation></message>
<message><source>Pictures folder</source><translation>图片文件夹</translation></message>
<message><source>Pixels around the mask that the model sees if only the masked area is made</source><translation>只生成蒙版区域时，模型能看到的蒙版周围像素数</translation></message>
<message><source>Pixels by which tiles overlap, at most half a tile; their predictions are averaged there</source><translation>分块重叠的像素数，最多为分块的一半；重叠处的预测取平均</translation></message>
<message><source>Plain icon</source><translation>简洁图标</translation></message>
<message><source>Plain words</source><translation>普通文本</translation></message>
<message><source>Polyexponential</source><translation>多项式指数</translation></message>
<message><source>Precision</source><translation>精度</translation></message>
<message><source>Prediction</source><translation>预测目标</translation></message>
<message><source>Predictions</source><translation>预测</translation></message>
<message><source>Predictions: the network is evaluated once for each prompt. Attention: once for all prompts, each of which only its own region sees; about as fast as one prompt</source><translation>预测：每个提示词各评估一次网络。注意力：所有提示词只评估一次，每个提示词只对自己的区域可见；速度与单个提示词相近</translation></message>
<message><source>Predictor-corrector</source><translation>预测-校正</translation></message>
<message><source>Predictor-corrector, ancestral</source><translation>预测-校正（祖先采样）</translation></message>
<message><source>Predicts, then corrects with the next evaluation at no extra cost: good from 8 steps on.</source><translation>先预测，再用下一次评估无额外成本地校正：8 步以上效果好。</translation></message>
<message><source>Processor threads that a run uses; automatic is one for each core.</source><translation>生成时使用的处理器线程数；“自动”为每个核心一个。</translation></message>
<message><source>Program on other computers</source><translation>其他电脑上的程序</translation></message>
<message><source>Prompt</source><translation>提示词</translation></message>
<message><source>Prompt grammar</source><translation>提示词语法</translation></message>
<message><source>Prompt of the start picture</source><translation>初始图片的提示词</translation></message>
<message><source>Prompt part</source><translation>提示词的一部分</translation></message>
<message><source>Prompts</source><translation>提示词</translation></message>
<message><source>Quadratic</source><translation>Quadratic</translation></message>
<message><source>RK45</source><translation>RK45</translation></message>
<message><source>Reached by ssh, such as gpubox or user@tower/cuda:1, with commas between them; each can be chosen as a device.</source><translation>通过 ssh 连接，例如 gpubox 或 user@tower/cuda:1，以逗号分隔；每台都可选作设备。</translation></message>
<message><source>Records where and when each word of the prompt acted; takes slightly longer</source><translation>记录提示词中每个词在何时何处起作用；耗时略长</translation></message>
<message><source>Refinements</source><translation>细化次数</translation></message>
<message><source>Refiner</source><translation>精修模型</translation></message>
<message><source>Refiner's share</source><translation>精修模型占比</translation></message>
<message><source>Region mode</source><translation>区域模式</translation></message>
<message><source>Regions</source><translation>区域</translation></message>
<message><source>Remembers its last four directions: exact with many steps, rough with few.</source><translation>记住最近四个方向：步数多时精确，少时粗糙。</translation></message>
<message><source>Remembers its last four directions; made for even steps. What Stable Diffusion came with.</source><translation>记住最近四个方向；为等距步骤设计。Stable Diffusion 最初自带的方式。</translation></message>
<message><source>Remembers its last prediction, for one evaluation a step. The best picture for the time.</source><translation>记住上一次预测，每步一次评估。同样时间内图片质量最佳。</translation></message>
<message><source>Remembers its last three directions, for one evaluation a step: exact from few steps on.</source><translation>记住最近三个方向，每步一次评估：步数不多时就精确。</translation></message>
<message><source>Remembers its last two predictions: more exact than DPM++ 2M where the steps are fine.</source><translation>记住最近两次预测：步子较细时比 DPM++ 2M 更精确。</translation></message>
<message><source>Restart</source><translation>Restart</translation></message>
<message><source>Restart at</source><translation>重启位置</translation></message>
<message><source>Restart from</source><translation>退回位置</translation></message>
<message><source>Restarts</source><translation>重启次数</translation></message>
<message><source>Restores, and degrades the restoration again: every error of the restoration stays.</source><translation>复原，再使复原结果退化：复原的每个误差都会留下。</translation></message>
<message><source>Room for steps</source><translation>步骤的空间</translation></message>
<message><source>Rules</source><translation>规则</translation></message>
<message><source>SGM Uniform</source><translation>SGM Uniform</translation></message>
<message><source>Scheduler</source><translation>调度器</translation></message>
<message><source>Scheduler at its best</source><translation>最佳设置的调度器</translation></message>
<message><source>Scheduler's own</source><translation>调度器专有</translation></message>
<message><source>Second pass</source><translation>第二遍</translation></message>
<message><source>Second pass, noise</source><translation>第二遍噪声</translation></message>
<message><source>Second pass, steps</source><translation>第二遍步数</translation></message>
<message><source>Seed</source><translation>种子</translation></message>
<message><source>Share of a step's time for the preview; a smaller share makes runs faster.</source><translation>每步时间中用于预览的比例；比例越小，生成越快。</translation></message>
<message><source>Share of each picture left unclipped, such as 0.995; 0 is off.</source><translation>每张图片中不被截断的比例，例如 0.995；0 为关闭。</translation></message>
<message><source>Share of the last step's noise: 1 is the exact law.</source><translation>最后一步噪声的比例：1 为精确的分布。</translation></message>
<message><source>Share of the steps after which guidance ends.</source><translation>完成此比例的步骤后，引导结束。</translation></message>
<message><source>Share of the steps done before guidance begins.</source><translation>完成此比例的步骤后，引导开始。</translation></message>
<message><source>Share of the steps, the last ones, that the refiner makes if one is chosen</source><translation>选择精修模型时，由它完成的最后若干步的比例</translation></message>
<message><source>Show noisy and predicted during a run</source><translation>运行时显示带噪与预测图像</translation></message>
<message><source>Shown behind transparent pictures; it is not saved with them.</source><translation>显示在透明图片背后；不会随图片保存。</translation></message>
<message><source>Shows a desktop notification if the window is in the background.</source><translation>窗口在后台时显示桌面通知。</translation></message>
<message><source>Side in pixels of the overlapping tiles in which a larger picture is made, best the size of the model's own pictures; 0 makes it as a whole</source><translation>生成较大图片时重叠分块的边长(像素)，最好为模型自身图片的尺寸；0 表示整体生成</translation></message>
<message><source>Signal-to-noise ratio of a correction; 0 leaves it out.</source><translation>校正的信噪比；0 为不校正。</translation></message>
<message><source>Simple</source><translation>Simple</translation></message>
<message><source>Size</source><translation>尺寸</translation></message>
<message><source>Size of texts and buttons, from the next start on.</source><translation>文字和按钮的大小，下次启动后生效。</translation></message>
<message><source>Size of the fresh noise; a little over 1 keeps detail.</source><translation>新噪声的大小；略高于 1 可保留细节。</translation></message>
<message><source>Small noisy steps, each after a random correction at its place: for some hundred steps.</source><translation>带噪声的小步，每步之前先在原处随机校正：适合几百步。</translation></message>
<message><source>Small steps at the beginning, where the layout forms, and at the end, where detail does.</source><translation>在构图形成的开头和细节形成的末尾步子较小。</translation></message>
<message><source>Special</source><translation>特殊</translation></message>
<message><source>Stack near-identical pictures in the gallery</source><translation>在图库中堆叠近似图片</translation></message>
<message><source>Started from</source><translation>起始自</translation></message>
<message><source>Step cache per picture</source><translation>每张图片的步骤缓存</translation></message>
<message><source>Step size</source><translation>步长</translation></message>
<message><source>Step spacing</source><translation>步距</translation></message>
<message><source>Steps</source><translation>步数</translation></message>
<message><source>Steps a level</source><translation>每级步数</translation></message>
<message><source>Steps can be viewed, compared and branched from later.</source><translation>之后可查看、对比各步，或从中分支。</translation></message>
<message><source>Steps of a whole run, of which the second pass makes the part given by its strength; 0: as the first pass</source><translation>完整过程的步数，第二遍按其强度执行其中的一部分；0：与第一遍相同</translation></message>
<message><source>Steps · scheduler</source><translation>步数 · 调度器</translation></message>
<message><source>Stochastic</source><translation>随机</translation></message>
<message><source>Style</source><translation>风格</translation></message>
<message><source>System language</source><translation>系统语言</translation></message>
<message><source>Takes back the glare that strong guidance brings.</source><translation>消除强引导带来的刺眼感。</translation></message>
<message><source>Takes off what the degradation adds at each step: forgives a restoration that is wrong.</source><translation>去除退化在每一步添加的部分：可容忍有误的复原。</translation></message>
<message><source>Temperature</source><translation>温度</translation></message>
<message><source>Template</source><translation>模板</translation></message>
<message><source>Text difference</source><translation>文本差</translation></message>
<message><source>The command that starts GDM Studio there, with its folder if needed.</source><translation>在那台电脑上启动 GDM Studio 的命令，必要时包含其文件夹。</translation></message>
<message><source>The first choice: the best picture for its time.</source><translation>首选：在所用时间内图片最好。</translation></message>
<message><source>The format of new pictures, which contain their settings. PNG and WebP are lossless, JPEG has no transparency.</source><translation>新图片的格式，其中包含图片的设置。PNG 和 WebP 无损，JPEG 不支持透明。</translation></message>
<message><source>The language of the window, from the next start on.</source><translation>窗口的语言，下次启动后生效。</translation></message>
<message><source>The machine does not go to sleep while pictures are being made.</source><translation>生成图片期间，电脑不会进入睡眠。</translation></message>
<message><source>The noise levels that bound this model's likelihood best. Not always the best images.</source><translation>使此模型似然变分界最佳的噪声级。图片不一定最好。</translation></message>
<message><source>The noise ratio from which it goes back.</source><translation>从此噪声比退回。</translation></message>
<message><source>The noise ratio it goes back to.</source><translation>退回到此噪声比。</translation></message>
<message><source>The original sampler: fresh noise at every step, best with many. The same update as Euler a, even steps.</source><translation>最初的采样器：每一步加入新噪声，步数多时最佳。更新公式与 Euler a 相同，等距步骤。</translation></message>
<message><source>The prompt with its variants and wildcards</source><translation>含候选词和通配符的提示词</translation></message>
<message><source>The steps add a little spread of their own: pictures are slightly more varied than the temperature asks.</source><translation>步骤本身会带来少许差异：图片比温度所要求的略多样。</translation></message>
<message><source>Theme</source><translation>主题</translation></message>
<message><source>Those that this window deleted; until then Undo restores them. Off: kept here for 30 days, as are pictures that other programs deleted or that cannot go to the trash.</source><translation>仅限此窗口删除的图片；在此之前可用“撤销”恢复。关闭：在此保留 30 天，其他程序删除的或无法移到回收站的图片也是如此。</translation></message>
<message><source>Threads</source><translation>线程数</translation></message>
<message><source>Tile</source><translation>分块</translation></message>
<message><source>Tile overlap</source><translation>分块重叠</translation></message>
<message><source>Time for previews</source><translation>预览用时</translation></message>
<message><source>Timesteps that grow as squares, up to four fifths of full noise: small steps at the end.</source><translation>按平方增长的时间步，最高到全噪声的五分之四：末尾步子较小。</translation></message>
<message><source>To match early pictures of Stable Diffusion.</source><translation>与 Stable Diffusion 的早期图片一致。</translation></message>
<message><source>To match early pictures of diffusers.</source><translation>与 diffusers 的早期图片一致。</translation></message>
<message><source>To match older pictures, with 30 steps or more.</source><translation>与较早的图片一致，30 步以上。</translation></message>
<message><source>To match pictures of older programs, or to choose the fresh noise.</source><translation>与旧程序的图片一致，或自选新噪声的多少。</translation></message>
<message><source>To see the original method, with some hundred steps.</source><translation>观察最初的方法，需要几百步。</translation></message>
<message><source>To see the original's other choice of noise, with many steps.</source><translation>观察最初方法的另一种噪声，步数很多时。</translation></message>
<message><source>To study annealed Langevin sampling; it is slow.</source><translation>研究退火朗之万采样；速度很慢。</translation></message>
<message><source>To study random corrections after DDPM's steps.</source><translation>研究 DDPM 步骤之后的随机校正。</translation></message>
<message><source>To study random corrections, with some hundred steps.</source><translation>研究随机校正，需要几百步。</translation></message>
<message><source>To study the improved Langevin sampling; it is slow.</source><translation>研究改进的朗之万采样；速度很慢。</translation></message>
<message><source>To the prediction, and back to a little less noise; eta adds fresh noise. At eta 0 the same as Euler.</source><translation>先到预测结果，再退回到略少的噪声；eta 加入新噪声。eta 为 0 时与 Euler 相同。</translation></message>
<message><source>Tolerance</source><translation>容差</translation></message>
<message><source>Towards</source><translation>插值目标</translation></message>
<message><source>UniPC</source><translation>UniPC</translation></message>
<message><source>UniPC 3</source><translation>UniPC 3</translation></message>
<message><source>UniPC with one prediction more remembered; for light guidance or none.</source><translation>多记住一次预测的 UniPC；适合弱引导或无引导。</translation></message>
<message><source>Uniform with both ends, between the model's timesteps too: AUTOMATIC1111's Uniform, ComfyUI's Normal.</source><translation>含两端的均匀间隔，也取模型时间步之间的值：AUTOMATIC1111 的 Uniform，ComfyUI 的 Normal。</translation></message>
<message><source>Uniform, both ends</source><translation>均匀（两端）</translation></message>
<message><source>Uniform, leading</source><translation>均匀（开头）</translation></message>
<message><source>Uniform, leading from 1</source><translation>均匀（开头，从 1 起）</translation></message>
<message><source>Uniform, trailing</source><translation>均匀（末尾）</translation></message>
<message><source>Upscaler</source><translation>放大模型</translation></message>
<message><source>Use the fast version for Live and grids</source><translation>实时和网格使用快速版</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Variant</source><translation>变式</translation></message>
<message><source>Version of the rules: 17; 16 before pictures kept the fine lines of their drawings; 15 before “a dog chasing a ball” was drawn with its ball; 14 before “bicycles” was read as bicycles, and not as the sign that forbids them; 13 before all objects of a scene were drawn and stayed visible, and reference pictures of Qwen-Image-Edit had the sizes of diffusers; 12 before a part of a name such as “noodles” was read as “cup noodles”; 11 before all icons of a set were drawn in the way of its style; 10 before two words such as “swim suit” were read as one name; 9 before the built-in model placed things by relations such as “on”, and the LoRAs of a region acted there only; 8 before models without transparency kept that of the start picture; 7 before AND separated the parts of a prompt; 6 before compounds such as “golf club” were read as one name; 5 before Heun, Restart and similar samplers kept a prompt to the end of its last step; 4 before the built-in model had drawings in one colour; 3 before the second pass had steps of its own; 2 before guidance was rescaled as in diffusers, when inpainting models got the start picture again at each step and prompts were read in English only; 1 before the seed chose more than details</source><translation>规则的版本：17；16 为图片还不会保留其图画细线的版本；15 为“a dog chasing a ball”还不会连球一起画出的版本；14 为“bicycles”还会读作禁止自行车的标志、而不是自行车的版本；13 为场景中的所有物体还不会全部画出并保持可见、Qwen-Image-Edit 的参考图像也还不会采用 diffusers 尺寸的版本；12 为“noodles”这样的名称的一部分还不会读作“cup noodles”的版本；11 为一组图标还不会全部按其风格的画法绘制的版本；10 为“swim suit”这样的两个词还不会读作一个名称的版本；9 为内置模型还不会按“on”这样的关系放置物体、区域的 LoRA 还会作用于整张图片的版本；8 为不支持透明度的模型还不会保留初始图片透明度的版本；7 为 AND 还不会分隔提示词各部分的版本；6 为“golf club”这样的复合词还没有作为一个名称读取的版本；5 为 Heun、Restart 等采样器还不会把提示词保持到其最后一步结束的版本；4 为内置模型还没有单色图画的版本；3 为第二遍还没有自己的步数的版本；2 为引导尚未像 diffusers 那样重缩放的版本，当时局部重绘模型在每一步都会重新得到初始图片，提示词只按英文读取；1 为种子还只决定细节的版本</translation></message>
<message><source>Wanders about at every noise level (annealed Langevin): ten steps of a hundred evaluations each.</source><translation>在每个噪声级游走（退火 Langevin）：十步，每步一百次评估。</translation></message>
<message><source>Wanders less, at more noise levels: some two hundred steps of five evaluations each.</source><translation>游走更少，噪声级更多：约两百步，每步五次评估。</translation></message>
<message><source>Web UI (weights, LoRAs)</source><translation>Web UI（权重、LoRA）</translation></message>
<message><source>WebP, lossless</source><translation>WebP，无损</translation></message>
<message><source>Weight of the second difference: 1 is third order, 0.5 as in other programs.</source><translation>二阶差分的权重：1 为三阶，0.5 与其他程序相同。</translation></message>
<message><source>What GDM Studio 0.1 called Beta: quantiles from the first timestep to the last, between timesteps too.</source><translation>GDM Studio 0.1 中的 Beta：从第一个到最后一个时间步的分位点，也取时间步之间的值。</translation></message>
<message><source>When a picture must be exact, whatever it takes.</source><translation>图片必须精确、不计代价时。</translation></message>
<message><source>When few steps must do: good from 8 on.</source><translation>只能用很少步数时：8 步起效果就好。</translation></message>
<message><source>Where pictures are made</source><translation>在哪里生成图片</translation></message>
<message><source>Where pictures are made when the Create page says Automatic.</source><translation>“创作”页选“自动”时，在哪里生成图片。</translation></message>
<message><source>Where strong guidance makes DPM++ 2M harsh.</source><translation>强引导使 DPM++ 2M 变得生硬时。</translation></message>
<message><source>Which noise levels the steps visit</source><translation>各步经过哪些噪声级</translation></message>
<message><source>Whole picture</source><translation>整张图片</translation></message>
<message><source>With a noise scale over 1 pictures are slightly more varied than the temperature asks.</source><translation>噪声倍率大于 1 时，图片比温度所要求的略多样。</translation></message>
<message><source>With flow models, for exactness in twice the time.</source><translation>用于流模型，精确，时间加倍。</translation></message>
<message><source>With flow models, such as FLUX and SD 3.</source><translation>用于流模型，例如 FLUX 和 SD 3。</translation></message>
<message><source>With models distilled for one to eight steps.</source><translation>用于为一到八步蒸馏的模型。</translation></message>
<message><source>With models of Cold Diffusion: the better way of the paper.</source><translation>用于 Cold Diffusion 的模型：论文中较好的方式。</translation></message>
<message><source>With models of Cold Diffusion: the naive way, to compare.</source><translation>用于 Cold Diffusion 的模型：简单的方式，用于比较。</translation></message>
<message><source>With models that predict their own variance.</source><translation>用于自己预测方差的模型。</translation></message>
<message><source>Words</source><translation>词语影响</translation></message>
<message><source>Words in braces are replaced by the picture's settings.</source><translation>花括号中的词会替换为图片的设置。</translation></message>
<message><source>branch</source><translation>分支</translation></message>
<message><source>class</source><translation>类别</translation></message>
<message><source>exact</source><translation>精确</translation></message>
<message><source>fast</source><translation>快速</translation></message>
<message><source>feature cache</source><translation>特征缓存</translation></message>
<message><source>focused</source><translation>集中</translation></message>
<message><source>model</source><translation>模型</translation></message>
<message><source>negative prompt</source><translation>负面提示词</translation></message>
<message><source>negative prompts of regions</source><translation>区域的反向提示词</translation></message>
<message><source>no</source><translation>否</translation></message>
<message><source>numbers beside the prompt</source><translation>提示词以外的数值</translation></message>
<message><source>pictures to follow</source><translation>控制图</translation></message>
<message><source>prompt grammar</source><translation>提示词语法</translation></message>
<message><source>refiner</source><translation>精修模型</translation></message>
<message><source>region mode</source><translation>区域模式</translation></message>
<message><source>regions</source><translation>区域</translation></message>
<message><source>scheduler</source><translation>调度器</translation></message>
<message><source>size</source><translation>尺寸</translation></message>
<message><source>spacing</source><translation>步距</translation></message>
<message><source>start picture</source><translation>初始图片</translation></message>
<message><source>tiles</source><translation>分块</translation></message>
<message><source>upscaler</source><translation>放大模型</translation></message>
<message><source>varied</source><translation>多样</translation></message>
<message><source>yes</source><translation>是</translation></message>
</context>
<context>
<name>Settings</name>
<message><source>All devices</source><translation>所有设备</translation></message>
<message><source>Automatic</source><translation>自动</translation></message>
<message><source>Cluster</source><translation>集群</translation></message>
<message><source>Quick version ({model}, {steps})</source><translation>快速版本（{model}，{steps}）</translation></message>
<message><source>Settings applied</source><translation>设置已应用</translation></message>
<message><source>There is no model yet. Put a model's folder into the models folder (Models page), then start again.</source><translation>还没有模型。请将某个模型的文件夹放入模型文件夹（“模型”页），然后重新开始。</translation></message>
</context>
<context>
<name>SettingsPage</name>
<message numerus="yes"><source>%n thread(s)</source><translation>
<numerusform>%n 个线程</numerusform>
</translation></message>
<message><source>A few letters of a setting</source><translation>设置名称中的几个字</translation></message>
<message><source>About this computer</source><translation>关于此电脑</translation></message>
<message><source>Automatic</source><translation>自动</translation></message>
<message><source>Delete old steps</source><translation>删除旧步骤</translation></message>
<message><source>Delete the oldest steps beyond the limit</source><translation>删除超出上限的最旧步骤</translation></message>
<message><source>Fastest</source><translation>最快</translation></message>
<message><source>Generation</source><translation>生成</translation></message>
<message><source>Go to: {section}</source><translation>前往：{section}</translation></message>
<message><source>Models</source><translation>模型</translation></message>
<message><source>No setting found.</source><translation>未找到设置。</translation></message>
<message><source>No steps saved yet.</source><translation>尚未保存步骤。</translation></message>
<message><source>Permissions</source><translation>权限</translation></message>
<message><source>Pictures</source><translation>图片</translation></message>
<message><source>Search settings</source><translation>搜索设置</translation></message>
<message><source>Steps</source><translation>步骤</translation></message>
<message><source>Window</source><translation>窗口</translation></message>
<message><source>{size} GB</source><translation>{size} GB</translation></message>
<message><source>{size} MB</source><translation>{size} MB</translation></message>
</context>
<context>
<name>SettingsPresenter</name>
<message numerus="yes"><source>Deleted the steps of %n picture(s)</source><translation>
<numerusform>已删除 %n 张图片的步骤</numerusform>
</translation></message>
<message><source>Folder to search for models</source><translation>查找模型的文件夹</translation></message>
<message><source>It has versions, devices and folders, and no pictures or prompts.</source><translation>其中有版本、设备和文件夹，没有图片和提示词。</translation></message>
<message><source>Report copied</source><translation>报告已复制</translation></message>
<message><source>The pictures did not change.</source><translation>图片没有变化。</translation></message>
<message><source>There is space for all steps</source><translation>空间足够存放所有步骤</translation></message>
<message><source>They may take {size}.</source><translation>最多可占用 {size}。</translation></message>
<message><source>They take {size} now.</source><translation>目前占用 {size}。</translation></message>
</context>
<context>
<name>SettingsRestorer</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> 及另外 %n 项</numerusform>
</translation></message>
<message><source>Any style, temperature {temperature}, seed {seed}.</source><translation>任意风格，温度 {temperature}，种子 {seed}。</translation></message>
<message><source>Changed for {model}: {changes}. The panel offers both.</source><translation>已为 {model} 更改：{changes}。面板中两者均可选择。</translation></message>
<message><source>Generate continues it to its end.</source><translation>点“生成”将其继续到结束。</translation></message>
<message><source>Generate makes a similar picture; another program made this one.</source><translation>“生成”会做出相似的图片；这张图片由其他程序生成。</translation></message>
<message><source>Generate makes the same picture again.</source><translation>点“生成”可再次得到相同的图片。</translation></message>
<message><source>More original</source><translation>更原创</translation></message>
<message><source>Not used: {settings}.</source><translation>未使用：{settings}。</translation></message>
<message><source>Pasted settings used</source><translation>已使用粘贴的设置</translation></message>
<message><source>Preset {name} applied</source><translation>已应用预设 {name}</translation></message>
<message><source>Settings of {file} restored</source><translation>已恢复 {file} 的设置</translation></message>
<message><source>Starting from {file}</source><translation>从 {file} 开始</translation></message>
<message><source>The file has no settings; it is the start picture of the next run.</source><translation>该文件没有设置；它将作为下一次生成的初始图片。</translation></message>
<message><source>They change the paused run; + adds this picture to the queue.</source><translation>它们会更改已暂停的生成；+ 将此图片添加到队列。</translation></message>
<message><source>What was read</source><translation>读取的内容</translation></message>
<message><source>{setting} {value} instead of {theirs}</source><translation>{setting} {value}（图片为 {theirs}）</translation></message>
</context>
<context>
<name>ShortcutsSheet</name>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Everywhere</source><translation>通用</translation></message>
<message><source>{group}, on every page</source><translation>{group}，所有页面</translation></message>
<message><source>{group}, on the {page} page</source><translation>{group}，“{page}”页</translation></message>
<message><source>{page} page</source><translation>“{page}”页</translation></message>
</context>
<context>
<name>SideBySide</name>
<message><source>A step</source><translation>一步</translation></message>
<message><source>Is learned</source><translation>学习的内容</translation></message>
<message><source>Starts with</source><translation>起点</translation></message>
<message><source>System</source><translation>方法</translation></message>
<message><source>The systems side by side</source><translation>各方法的并列对照</translation></message>
</context>
<context>
<name>Sidebar</name>
<message><source>All pictures</source><translation>所有图片</translation></message>
<message><source>Del removes its pictures from the gallery; the files stay</source><translation>Del 将其图片移出图库；文件保留</translation></message>
<message><source>F2 renames it · Del removes it</source><translation>F2 重命名 · Del 移除</translation></message>
<message><source>F2 renames it · Del removes it, its pictures stay</source><translation>F2 重命名 · Del 移除，图片保留</translation></message>
<message><source>Favourites</source><translation>收藏</translation></message>
<message><source>Imported</source><translation>已导入</translation></message>
<message><source>Name of the collection</source><translation>合集名称</translation></message>
<message><source>Name of the search</source><translation>搜索名称</translation></message>
<message><source>Reading {seen} of {found}…</source><translation>正在读取 {seen} / {found}…</translation></message>
<message><source>Remove collection</source><translation>移除合集</translation></message>
<message><source>Remove from gallery</source><translation>移出图库</translation></message>
<message><source>Remove saved search</source><translation>移除保存的搜索</translation></message>
<message><source>Today</source><translation>今天</translation></message>
</context>
<context>
<name>SimilarImageLabel</name>
<message><source>Generate without a style, with a higher temperature and another seed</source><translation>不用风格，以更高的温度和另一个种子生成</translation></message>
<message><source>Make it more original</source><translation>使其更原创</translation></message>
<message><source>Resembles “{drawing}” of {set} ({licence})</source><translation>与 {set} 的“{drawing}”相似（{licence}）</translation></message>
<message><source>Resembles “{drawing}” of {set}: credit needed ({licence})</source><translation>与 {set} 的“{drawing}”相似：需要署名（{licence}）</translation></message>
<message><source>The model learned from this drawing.</source><translation>模型学习过这张画。</translation></message>
<message><source>{author} and contributors</source><translation>{author} 及贡献者</translation></message>
</context>
<context>
<name>SingleInstance</name>
<message><source>Another user's program answers in place of GDM Studio; close all its windows, then start again.</source><translation>应答的是另一位用户的程序，而不是 GDM Studio；请关闭它的所有窗口，然后重新启动。</translation></message>
<message><source>GDM Studio is open already, but does not answer; close it, or end its process, then start again.</source><translation>GDM Studio 已经打开，但没有响应；请关闭它或结束其进程，然后重新启动。</translation></message>
<message><source>Pictures opened outside will not reach this window; restart GDM Studio to try again ({why}).</source><translation>从外部打开的图片无法送达此窗口；请重新启动 GDM Studio 再试（{why}）。</translation></message>
<message><source>The open window cannot read the path of this picture; move the picture and try again.</source><translation>已打开的窗口无法读取这张图片的路径；请移动图片后重试。</translation></message>
<message><source>The path of this picture is longer than {limit} bytes; move the picture and try again.</source><translation>这张图片的路径超过 {limit} 字节；请移动图片后重试。</translation></message>
<message><source>no private folder</source><translation>没有专用文件夹</translation></message>
</context>
<context>
<name>Sketch</name>
<message><source>A new sketch</source><translation>新的草图</translation></message>
<message><source>Another colour…</source><translation>其他颜色…</translation></message>
<message><source>Black</source><translation>黑色</translation></message>
<message><source>Blue</source><translation>蓝色</translation></message>
<message><source>Brown</source><translation>棕色</translation></message>
<message><source>Choose another model to sketch.</source><translation>要画草图，请选择其他模型。</translation></message>
<message><source>Colour of the brush</source><translation>画笔颜色</translation></message>
<message><source>Colours</source><translation>颜色</translation></message>
<message><source>Draw on the picture shown</source><translation>在显示的图片上绘制</translation></message>
<message><source>Generate or choose one first.</source><translation>请先生成或选择一张。</translation></message>
<message><source>Green</source><translation>绿色</translation></message>
<message><source>Grey</source><translation>灰色</translation></message>
<message><source>It replaces the one before.</source><translation>它替换了之前的草图。</translation></message>
<message><source>Light blue</source><translation>浅蓝色</translation></message>
<message><source>Orange</source><translation>橙色</translation></message>
<message><source>Pink</source><translation>粉色</translation></message>
<message><source>Purple</source><translation>紫色</translation></message>
<message><source>Red</source><translation>红色</translation></message>
<message><source>There is no picture yet</source><translation>还没有图片</translation></message>
<message><source>Transparent paper</source><translation>透明纸</translation></message>
<message><source>White</source><translation>白色</translation></message>
<message><source>White paper</source><translation>白纸</translation></message>
<message><source>Yellow</source><translation>黄色</translation></message>
</context>
<context>
<name>SketchBar</name>
<message><source>Brush size</source><translation>画笔大小</translation></message>
<message><source>Clear</source><translation>清除</translation></message>
<message><source>Draw</source><translation>绘制</translation></message>
<message><source>Draw; the right button erases</source><translation>绘制；右键擦除</translation></message>
<message><source>Erase</source><translation>擦除</translation></message>
<message><source>Fill</source><translation>填充</translation></message>
<message><source>Fill an area of one colour</source><translation>填充同一颜色的区域</translation></message>
<message><source>Leave the sketch; it stays for the next time</source><translation>退出草图；草图会保留到下次</translation></message>
<message><source>Menu of the sketch</source><translation>草图菜单</translation></message>
<message><source>Paper, clear, use as start picture</source><translation>纸张、清除、用作初始图片</translation></message>
<message><source>Remove strokes</source><translation>移除笔画</translation></message>
<message><source>Size of the brush (the wheel over the sketch, or the keys [ and ])</source><translation>画笔大小（在草图上滚动滚轮，或按 [ 和 ] 键）</translation></message>
<message><source>Start the next pictures from the sketch, and leave it</source><translation>以后的图片从草图开始，并退出草图</translation></message>
<message><source>Tool</source><translation>工具</translation></message>
<message><source>Undo the last stroke</source><translation>撤销上一笔</translation></message>
<message><source>Use as start</source><translation>用作初始图</translation></message>
<message><source>Use as start picture</source><translation>用作初始图片</translation></message>
</context>
<context>
<name>SliderRow</name>
<message><source>Back to {number}</source><translation>恢复为 {number}</translation></message>
<message><source>Reset {name}</source><translation>重置{name}</translation></message>
<message><source>Use {number}</source><translation>使用 {number}</translation></message>
<message><source>{name}: {value}</source><translation>{name}：{value}</translation></message>
</context>
<context>
<name>StartImage</name>
<message><source>About the start picture</source><translation>关于初始图片</translation></message>
<message><source>Former start picture</source><translation>之前的初始图片</translation></message>
<message><source>Looking for “{word}”</source><translation>正在查找“{word}”</translation></message>
<message><source>Mask</source><translation>蒙版</translation></message>
<message><source>Mask removed</source><translation>蒙版已移除</translation></message>
<message><source>Paint what to redraw</source><translation>涂抹要重绘的部分</translation></message>
<message><source>Restore both</source><translation>恢复两者</translation></message>
<message><source>Start from a picture</source><translation>从图片开始</translation></message>
<message><source>Start picture</source><translation>初始图片</translation></message>
<message><source>Start picture removed</source><translation>初始图片已移除</translation></message>
<message><source>The mask belonged to the former start picture</source><translation>蒙版属于之前的初始图片</translation></message>
<message><source>The painted mask is not used</source><translation>未使用所画的蒙版</translation></message>
<message><source>The painted mask is used</source><translation>已使用所画的蒙版</translation></message>
<message><source>The start picture has other proportions</source><translation>初始图片的比例不同</translation></message>
<message><source>Use mask</source><translation>使用蒙版</translation></message>
<message><source>{of} does not fill {width} × {height}, and gets transparent borders.</source><translation>{of} 无法填满 {width} × {height}，将带有透明边框。</translation></message>
</context>
<context>
<name>StartPicture</name>
<message><source>Inpaint</source><translation>局部重绘</translation></message>
<message><source>Paint around the picture, in a larger frame</source><translation>在更大的画框中绘制图片周围</translation></message>
<message><source>Paint the part to generate again</source><translation>涂抹要重新生成的部分</translation></message>
<message><source>Remove the mask; the whole picture may change</source><translation>移除蒙版；整张图片都可能改变</translation></message>
<message><source>Replaced by the sketch</source><translation>已由草图替代</translation></message>
<message><source>Show the start picture</source><translation>显示初始图片</translation></message>
<message><source>Start from noise again</source><translation>重新从噪声开始</translation></message>
<message><source>Start picture</source><translation>初始图片</translation></message>
</context>
<context>
<name>StatusPanel</name>
<message><source>Close</source><translation>关闭</translation></message>
</context>
<context>
<name>StepNumbers</name>
<message><source>change by the step</source><translation>这一步的变化</translation></message>
<message><source>data predicted in the previous step</source><translation>上一步预测的数据</translation></message>
<message><source>data with noise</source><translation>带噪数据</translation></message>
<message><source>factor of the fresh noise</source><translation>新噪声的系数</translation></message>
<message><source>fresh Gaussian noise</source><translation>新的高斯噪声</translation></message>
<message><source>guidance: prediction with minus without condition</source><translation>引导：有条件的预测减去无条件的预测</translation></message>
<message><source>noise after it</source><translation>这一步之后的噪声</translation></message>
<message><source>noise before the step</source><translation>这一步之前的噪声</translation></message>
<message><source>noise predicted in the previous step</source><translation>上一步预测的噪声</translation></message>
<message><source>predicted between both noise levels</source><translation>在两个噪声级之间预测</translation></message>
<message><source>predicted data</source><translation>预测的数据</translation></message>
<message><source>predicted noise</source><translation>预测的噪声</translation></message>
<message><source>previous step in log(α/σ)</source><translation>上一步的 log(α/σ) 增量</translation></message>
<message><source>results of previous steps, by their name in the code</source><translation>之前各步的结果（代码中的名称）</translation></message>
<message><source>scale of the data after it</source><translation>这一步之后的数据系数</translation></message>
<message><source>scale of the data before the step</source><translation>这一步之前的数据系数</translation></message>
<message><source>step in log(α/σ)</source><translation>这一步的 log(α/σ) 增量</translation></message>
<message><source>weight, computed from the noise levels</source><translation>权重，由噪声级算出</translation></message>
</context>
<context>
<name>StepNumbersView</name>
<message><source>As a sum</source><translation>写成求和</translation></message>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Code</source><translation>代码</translation></message>
<message><source>Code of this step</source><translation>这一步的代码</translation></message>
<message><source>Copy</source><translation>复制</translation></message>
<message><source>Copy the code of this step</source><translation>复制这一步的代码</translation></message>
<message><source>Evaluate the network with and without the prompt</source><translation>分别在有无提示词时对网络求值</translation></message>
<message><source>Evaluations of the denoiser in this step: {count}</source><translation>这一步中去噪器的求值次数：{count}</translation></message>
<message><source>Formula</source><translation>公式</translation></message>
<message><source>Measure guidance</source><translation>测量引导</translation></message>
<message><source>Measuring…</source><translation>正在测量…</translation></message>
<message><source>Noise levels</source><translation>噪声级</translation></message>
<message><source>Root mean squares</source><translation>均方根</translation></message>
<message><source>Step {step} of {steps}, in numbers</source><translation>第 {step} 步（共 {steps} 步）的数值</translation></message>
<message><source>The coefficients of this step depend on its data. The code runs the sampler itself.</source><translation>这一步的系数取决于其数据。代码直接运行采样器本身。</translation></message>
<message><source>This step, in numbers</source><translation>这一步的数值</translation></message>
<message><source>With its numbers</source><translation>代入数值</translation></message>
</context>
<context>
<name>Stepper</name>
<message><source>{name}: fewer</source><translation>{name}：减少</translation></message>
<message><source>{name}: more</source><translation>{name}：增加</translation></message>
</context>
<context>
<name>Steps</name>
<message><source>Final</source><translation>最终图</translation></message>
<message><source>Generate it again</source><translation>重新生成</translation></message>
<message><source>Generate it again to record it. No copy is saved.</source><translation>重新生成图片即可记录。图片不会再次保存。</translation></message>
<message><source>Only a rough preview of step {number} is available; choose another step.</source><translation>第 {number} 步只有粗略预览；请选择其他步骤。</translation></message>
<message><source>Paste it into any program.</source><translation>可粘贴到任意程序中。</translation></message>
<message><source>Step {number}</source><translation>第 {number} 步</translation></message>
<message><source>Step {number} copied</source><translation>已复制第 {number} 步</translation></message>
<message><source>Step {number} of {steps}</source><translation>第 {number} 步，共 {steps} 步</translation></message>
<message><source>Step {number} saved</source><translation>已保存第 {number} 步</translation></message>
<message><source>The branch shares this step with its parent. Open the parent for it.</source><translation>此步骤与分支的来源图片共用。请打开来源图片。</translation></message>
<message><source>The effect of each word can be shown once the picture is finished.</source><translation>图片完成后才能显示每个词的作用。</translation></message>
<message><source>The effect of its words was not recorded</source><translation>没有记录词语的影响</translation></message>
<message><source>The picture predicted at this step is in the gallery.</source><translation>这一步的预测图已存入图库。</translation></message>
<message><source>These steps add noise, so no picture can branch off them.</source><translation>这些步骤是添加噪声的，不能从这里分支。</translation></message>
<message><source>This is the last step. Choose an earlier one.</source><translation>这是最后一步。请选择更早的步骤。</translation></message>
<message><source>Wait until the picture is finished.</source><translation>请等待图片完成。</translation></message>
</context>
<context>
<name>Strip</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>沿其移动鼠标，或用 ← →，查看图片如何形成</translation></message>
<message><source>No steps yet</source><translation>还没有步骤</translation></message>
<message><source>Step {number} of {steps}</source><translation>第 {number} 步，共 {steps} 步</translation></message>
<message><source>Steps of the picture</source><translation>图片的各步</translation></message>
<message><source>rough preview</source><translation>粗略预览</translation></message>
<message><source>{milliseconds} ms</source><translation>{milliseconds} ms</translation></message>
</context>
<context>
<name>StylePicker</name>
<message><source>How the picture is drawn</source><translation>图片的画风</translation></message>
<message><source>Styles</source><translation>风格</translation></message>
</context>
<context>
<name>System</name>
<message><source>A VAE and the score of its latents, together by one bound.</source><translation>VAE 及其潜变量的得分，用同一个变分界一起学习。</translation></message>
<message><source>A VAE first; then the noise in x_t, given the VAE's picture.</source><translation>先学 VAE；再学以 VAE 图片为条件时 x_t 中的噪声。</translation></message>
<message><source>A VAE whose latents need not follow N(0, I): a score model learns their distribution.</source><translation>潜变量不必服从 N(0, I) 的 VAE：由得分模型学习其分布。</translation></message>
<message><source>A VAE's picture is noised up to T′ and denoised by DDPM, which removes the VAE's blur with the noise.</source><translation>将 VAE 的图片加噪到 T′，再用 DDPM 去噪，VAE 的模糊随噪声一并消除。</translation></message>
<message><source>A VAE's picture, to which noise is added.</source><translation>加入噪声的 VAE 图片。</translation></message>
<message><source>A caption guides a small picture by the difference that it makes; a second network enlarges it.</source><translation>描述以其带来的差异引导小图片；再由第二个网络放大。</translation></message>
<message><source>A fair coin toss for every bit.</source><translation>对每个比特公平地掷硬币。</translation></message>
<message><source>A few latent tokens read from the patches, compute, and write back; the next step reuses them.</source><translation>少量潜在词元从图块读取、计算并写回；下一步会重用它们。</translation></message>
<message><source>A few numbers z, N(0, I).</source><translation>少量数值 z，N(0, I)。</translation></message>
<message><source>A first network draws the meaning of the picture, an embedding; others draw the picture from it.</source><translation>第一个网络绘制图片的含义，即嵌入；其他网络由它绘制图片。</translation></message>
<message><source>A fully degraded picture, e.g. blurred or masked, without noise. For a new picture, a random flat colour.</source><translation>完全退化而不含噪声的图片，例如模糊或遮盖。生成新图片时为随机的纯色。</translation></message>
<message><source>A generator learns to deceive a discriminator that distinguishes its pictures from real ones.</source><translation>生成器学习欺骗判别器，判别器区分生成的图片与真实图片。</translation></message>
<message><source>A long step along the ODE as DPM-Solver's, then a correction of it; no fresh noise.</source><translation>同 DPM-Solver，沿 ODE 走一长步，再加以校正；不加新噪声。</translation></message>
<message><source>A long step along the ODE, with the slope of the last two predictions; no fresh noise.</source><translation>沿 ODE 走一长步，使用最近两次预测的斜率；不加新噪声。</translation></message>
<message><source>A network learns the direction of higher data density at many noise levels; Langevin steps follow it.</source><translation>网络在多个噪声级学习数据密度升高的方向；Langevin 步沿此方向前进。</translation></message>
<message><source>A network learns to take back one of a thousand small steps of noise.</source><translation>网络学习撤销一千个小噪声步中的一步。</translation></message>
<message><source>A network learns which way pictures are denser, at many sizes of noise; Langevin steps follow it.</source><translation>网络在多种噪声大小下学习图片更密集的方向；Langevin 步沿此方向前进。</translation></message>
<message><source>A network that jumps from any point of a path to its end, distilled from EDM: one step per picture.</source><translation>从路径上任意一点直接跳到终点的网络，由 EDM 蒸馏而来：每张图片一步。</translation></message>
<message><source>A network whose class is sometimes dropped: here DDPM's, for a tenth of its pictures.</source><translation>有时不给类别的网络：这里是 DDPM 的网络，十分之一的图片不给类别。</translation></message>
<message><source>A picture is noised in a thousand small steps, and a network learns to reverse one step.</source><translation>图片分一千个小步加噪，网络学习逆转其中一步。</translation></message>
<message><source>A picture is noised step by step, and the reversal is learned by the bound on its likelihood.</source><translation>图片逐步加噪，按似然的变分界学习其逆过程。</translation></message>
<message><source>A picture noised up to T′, generated by a GAN.</source><translation>加噪到 T′ 的图片，由 GAN 生成。</translation></message>
<message><source>A single step: noise goes through all layers.</source><translation>仅一步：噪声通过所有层。</translation></message>
<message><source>A single step: the generator maps z to a picture.</source><translation>仅一步：生成器将 z 映射为图片。</translation></message>
<message><source>A single step: z is decoded.</source><translation>仅一步：将 z 解码。</translation></message>
<message><source>A step along the velocity, without fresh noise.</source><translation>沿速度走一步，不加新噪声。</translation></message>
<message><source>A step in latent space with two evaluations, with and without the text; decoded at the end.</source><translation>潜空间中的一步，需两次评估，有文本和无文本各一次；最后解码。</translation></message>
<message><source>A text encoder that never saw a picture conditions a small one, which two networks enlarge.</source><translation>以从未见过图片的文本编码器为条件生成小图片，再由两个网络放大。</translation></message>
<message><source>A transformer in which time, class and patches are all tokens, with a U-Net's skips between its halves.</source><translation>时间、类别和图块都作为词元的 Transformer，前后两半之间有 U-Net 式的跳跃连接。</translation></message>
<message><source>A transformer over patches replaces the U-Net; time and class scale, shift and gate each of its layers.</source><translation>用图块上的 Transformer 取代 U-Net；时间和类别对每一层进行缩放、平移和门控。</translation></message>
<message><source>An autoencoder compresses a picture to an eighth of its numbers, and DDPM runs in this latent space.</source><translation>自编码器将图片压缩到八分之一的数值量，DDPM 在此潜空间中运行。</translation></message>
<message><source>An autoencoder first; then the noise in its latents, given the text.</source><translation>先学自编码器；再学给定文本时其潜变量中的噪声。</translation></message>
<message><source>An autoencoder first; then the noise in its latents.</source><translation>先学自编码器；再学其潜变量中的噪声。</translation></message>
<message><source>An invertible map, by the exact likelihood.</source><translation>可逆映射，按精确似然。</translation></message>
<message><source>An invertible network maps noise to data, so that the likelihood is exact; shown with points in the plane.</source><translation>可逆网络将噪声映射为数据，因此似然是精确的；以平面上的点演示。</translation></message>
<message><source>As DDPM's, for the difference between the picture and the VAE's.</source><translation>同 DDPM，作用于图片与 VAE 图片之差。</translation></message>
<message><source>As DDPM's, in latent space; the final latents are decoded into a picture.</source><translation>同 DDPM，在潜空间中进行；最后的潜变量解码为图片。</translation></message>
<message><source>As DDPM's, moved along the gradient of the classifier's log p(class | x).</source><translation>同 DDPM，并沿分类器 log p(class | x) 的梯度移动。</translation></message>
<message><source>As DDPM's, with fresh noise of the optimal variance, which has a closed form.</source><translation>同 DDPM，新噪声取最优方差，它有解析式。</translation></message>
<message><source>As DDPM's, with fresh noise of the predicted variance.</source><translation>同 DDPM，新噪声取预测的方差。</translation></message>
<message><source>As DDPM's, with two evaluations: x̂_0 is moved away from the prediction without class.</source><translation>同 DDPM，需两次评估：使 x̂_0 远离无类别的预测。</translation></message>
<message><source>As DDPM's; its final latents initialise those of the next step.</source><translation>同 DDPM；其最后的潜变量作为下一步潜变量的初值。</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a centred gamma distribution.</source><translation>同 DDPM；新噪声取自中心化的伽马分布。</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a mixture of two Gaussians.</source><translation>同 DDPM；新噪声取自两个高斯的混合。</translation></message>
<message><source>As DDPM's; the network sees the VAE's picture at every step.</source><translation>同 DDPM；网络在每一步都看到 VAE 的图片。</translation></message>
<message><source>As DDPM's; the noisiest steps are left out.</source><translation>同 DDPM；略去噪声最大的那些步。</translation></message>
<message><source>As DDPM's; the timesteps are chosen as a shortest path.</source><translation>同 DDPM；时间步按最短路径选取。</translation></message>
<message><source>As GLIDE's, with predictions scaled into range; then larger pictures.</source><translation>同 GLIDE，预测值缩放到有效范围内；然后是更大的图片。</translation></message>
<message><source>As many numbers as the data have, N(0, I).</source><translation>与数据一样多的数值，N(0, I)。</translation></message>
<message><source>Bits are flipped until they are random, and a network learns to flip them back.</source><translation>不断翻转比特直至随机，网络学习将其翻回。</translation></message>
<message><source>Both directions: the drift of the forward process, and the score for the backward process.</source><translation>两个方向：前向过程的漂移，和反向过程的得分。</translation></message>
<message><source>DDIM adapts its schedule to the data.</source><translation>DDIM 会使其调度适应数据。</translation></message>
<message><source>DDIM's step with a combination of the last four predicted noises; no fresh noise.</source><translation>用最近四次预测噪声的组合走 DDIM 的一步；不加新噪声。</translation></message>
<message><source>DDIM's steps with a better estimate of the noise, from the predictions of the last four steps.</source><translation>DDIM 的步，由最近四步的预测更准确地估计噪声。</translation></message>
<message><source>DDPM in continuous time: one network for noisy steps back, an ODE, and exact likelihoods.</source><translation>连续时间的 DDPM：一个网络即可实现带噪反向步、ODE 和精确似然。</translation></message>
<message><source>DDPM that also sees a VAE's blurred picture: a few numbers determine the content.</source><translation>同时看到 VAE 模糊图片的 DDPM：少量数值决定内容。</translation></message>
<message><source>DDPM with noise from a Gaussian mixture: rare large jumps among small ones.</source><translation>使用高斯混合噪声的 DDPM：小幅变动中偶有大跳跃。</translation></message>
<message><source>DDPM with noise from a gamma distribution, skewed to one side.</source><translation>使用偏向一侧的伽马分布噪声的 DDPM。</translation></message>
<message><source>DiffuseVAE with noise centred on the VAE's picture.</source><translation>噪声以 VAE 图片为中心的 DiffuseVAE。</translation></message>
<message><source>Diffusion models of sound, text and 3-D are missing here.</source><translation>这里缺少声音、文本和三维的扩散模型。</translation></message>
<message><source>Draws every bit again, with the probability predicted by the network.</source><translation>按网络预测的概率重新抽取每个比特。</translation></message>
<message><source>Draws x_{t−1} from a Gaussian around the mean predicted by the network.</source><translation>以网络预测的均值为中心，从高斯分布中抽取 x_{t−1}。</translation></message>
<message><source>Embeddings of pictures and captions; the clean embedding; then the noise in a picture, given it.</source><translation>图片和描述的嵌入；干净的嵌入；再学给定它时图片中的噪声。</translation></message>
<message><source>Encodes pictures as a few numbers and decodes them: tends to cover the data, but to blur it.</source><translation>将图片编码为少量数值再解码：往往能覆盖数据，但会使其模糊。</translation></message>
<message><source>Every step is corrected by the prediction at its end, which the next step needs anyway.</source><translation>每一步都用其终点处的预测加以校正，而这个预测下一步本来就需要。</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖², t ≤ T′, and a GAN's between q(x_T′) and G(z)</source><translation>E‖ε − ε_θ(x_t, t)‖²，t ≤ T′，以及 q(x_T′) 与 G(z) 之间的 GAN 损失</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖₁, ε from the noise distribution at unit variance</source><translation>E‖ε − ε_θ(x_t, t)‖₁，ε 取自单位方差的噪声分布</translation></message>
<message><source>Follows an ODE that removes the noise of the latents; the final latents are decoded into a picture.</source><translation>沿去除潜变量噪声的 ODE 前进；最后的潜变量解码为图片。</translation></message>
<message><source>Follows the ODE by Heun's method: a step, a second evaluation at its end, and the mean of both.</source><translation>用 Heun 法沿 ODE 前进：走一步，在终点再评估一次，取两者的平均。</translation></message>
<message><source>Follows the reverse SDE with score-based corrections at each noise level, or an ODE that adds no noise.</source><translation>沿反向 SDE 前进并在每个噪声级用得分校正，或沿不加噪声的 ODE 前进。</translation></message>
<message><source>Four long steps; in each a generator samples a picture that explains x, where Gaussian steps use the mean.</source><translation>四个长步；高斯步使用均值之处，由生成器采样一张能解释 x 的图片。</translation></message>
<message><source>Fréchet distance above that of real pictures, over that of DDPM in pixels, after equal training</source><translation>Fréchet 距离超出真实图片的部分，与同等训练的像素空间 DDPM 之比</translation></message>
<message><source>Gaussian noise around a VAE's blurred picture.</source><translation>以 VAE 模糊图片为中心的高斯噪声。</translation></message>
<message><source>Gaussian noise in latent space, with a 48th of the picture's numbers.</source><translation>潜空间中的高斯噪声，数值量为图片的四十八分之一。</translation></message>
<message><source>Gaussian noise in latent space, with an eighth of the picture's numbers.</source><translation>潜空间中的高斯噪声，数值量为图片的八分之一。</translation></message>
<message><source>Gaussian noise in latent space.</source><translation>潜空间中的高斯噪声。</translation></message>
<message><source>Gaussian noise of 64 numbers, an embedding; then of pictures of three sizes.</source><translation>64 个数值的高斯噪声，即一个嵌入；然后是三种尺寸图片的高斯噪声。</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256, and of 1024 × 1024.</source><translation>64 × 64 像素的高斯噪声；然后是 256 × 256 和 1024 × 1024。</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256.</source><translation>64 × 64 像素的高斯噪声；然后是 256 × 256。</translation></message>
<message><source>Gaussian noise of the largest σ, which hides the picture.</source><translation>σ 最大的高斯噪声，足以掩盖图片。</translation></message>
<message><source>Gaussian noise, N(0, I), and a VAE's blurred picture.</source><translation>高斯噪声 N(0, I)，和 VAE 的模糊图片。</translation></message>
<message><source>Gaussian noise, N(0, I), at time 1.</source><translation>时刻 1 的高斯噪声，N(0, I)。</translation></message>
<message><source>Gaussian noise, N(0, I).</source><translation>高斯噪声，N(0, I)。</translation></message>
<message><source>Gaussian points in the plane.</source><translation>平面上的高斯点。</translation></message>
<message><source>It does not: its timesteps are fixed by hand in advance. The variances of Analytic-DPM and the timesteps of a DP trajectory do adapt: they are measured on data.</source><translation>并非如此：其时间步是事先人为固定的。真正会适应的是 Analytic-DPM 的方差和 DP trajectory 的时间步，它们由数据测得。</translation></message>
<message><source>It has no weights here.</source><translation>这里没有它的权重。</translation></message>
<message><source>It is not: it predicts the tokens of an image one after another, like a language model.</source><translation>并非如此：它像语言模型一样逐个预测图像的词元。</translation></message>
<message><source>Its weights draw pictures.</source><translation>其权重绘制图片。</translation></message>
<message><source>Its weights move points of the plane; it has none for pictures.</source><translation>其权重移动平面上的点；没有用于图片的权重。</translation></message>
<message><source>Large pictures need more noise because neighbouring pixels are redundant: the schedule is shifted by size.</source><translation>大图片相邻像素冗余，因此需要更多噪声：调度按尺寸平移。</translation></message>
<message><source>Latent diffusion of large pictures that follow a text. Its weights come from a file of your own.</source><translation>遵循文本的大图片潜扩散。其权重来自用户自己的文件。</translation></message>
<message><source>Long steps without fresh noise: DDPM's network generates pictures in a tenth of the time.</source><translation>不加新噪声的长步：DDPM 的网络用十分之一的时间生成图片。</translation></message>
<message><source>NCSN in continuous time: the picture is not scaled, and growing noise hides it.</source><translation>连续时间的 NCSN：图片不缩放，不断增大的噪声将其掩盖。</translation></message>
<message><source>NeRF and the models it guides are diffusion models.</source><translation>NeRF 及其引导的模型是扩散模型。</translation></message>
<message><source>Noise as large as the distance between pictures, which hides the picture.</source><translation>与图片间距离一样大的噪声，足以掩盖图片。</translation></message>
<message><source>Noise drawn from a centred gamma distribution.</source><translation>取自中心化伽马分布的噪声。</translation></message>
<message><source>Noise drawn from a mixture of two Gaussians.</source><translation>取自两个高斯混合的噪声。</translation></message>
<message><source>Noise fifty times as large as the picture's values, which hides the picture.</source><translation>为图片数值五十倍的噪声，足以掩盖图片。</translation></message>
<message><source>Nothing: it uses DDPM's network.</source><translation>无：使用 DDPM 的网络。</translation></message>
<message><source>Nothing: it uses Imagen's networks.</source><translation>不学习：使用 Imagen 的网络。</translation></message>
<message><source>Nothing: one number per noise level is measured with DDPM's network.</source><translation>无：用 DDPM 的网络为每个噪声级测一个数。</translation></message>
<message><source>Nothing: the cost of each step in the bound is measured with DDPM's network.</source><translation>无：用 DDPM 的网络测量变分界中每一步的代价。</translation></message>
<message><source>One network draws a small picture; others enlarge it, after noise is added to it.</source><translation>一个网络画小图；加噪后由其他网络放大。</translation></message>
<message><source>One network predicts with and without the class, and the difference is amplified.</source><translation>一个网络分别在有无类别时预测，并放大两者之差。</translation></message>
<message><source>One of a few backward steps, against the learned drift and along the learned score, with fresh noise.</source><translation>少量反向步之一，逆着学到的漂移、沿着学到的得分前进，并加入新噪声。</translation></message>
<message><source>One of four long steps: samples a picture that explains x_t, then x_{t−1} from the posterior given both.</source><translation>四个长步之一：采样一张能解释 x_t 的图片，再由给定两者的后验采样 x_{t−1}。</translation></message>
<message><source>PGAN (progressive GAN) and BigGAN are diffusion models.</source><translation>PGAN（渐进式 GAN）和 BigGAN 是扩散模型。</translation></message>
<message><source>Packs pictures into a few numbers and unpacks them: covers the data, and blurs it.</source><translation>将图片压缩为少量数值再展开：覆盖数据，但会使其模糊。</translation></message>
<message><source>Parti is a diffusion model.</source><translation>Parti 是扩散模型。</translation></message>
<message><source>Pictures and noise are joined by straight lines, and a network learns the velocity along them.</source><translation>用直线连接图片和噪声，网络学习沿直线的速度。</translation></message>
<message><source>Pictures are degraded without noise, and a network learns to restore them from any severity.</source><translation>图片在不加噪声的情况下退化，网络学习从任意程度复原。</translation></message>
<message><source>Predicts the picture; if steps remain, adds less noise and predicts again.</source><translation>预测图片；如果还有剩余步数，则加入较少的噪声，再次预测。</translation></message>
<message><source>Reduces the noise in x_t and adds none, in long steps; the initial noise determines the picture.</source><translation>以长步减少 x_t 中的噪声，不再加入噪声；初始噪声决定图片。</translation></message>
<message><source>Removes one of a thousand parts of the noise, and adds a little fresh noise of a fixed variance.</source><translation>去除千分之一的噪声，并加入少量固定方差的新噪声。</translation></message>
<message><source>Restores the picture, and replaces its degradation at this severity by the next lower one.</source><translation>复原图片，并将当前程度的退化换成低一级的退化。</translation></message>
<message><source>Several Langevin steps at one noise level, along the score with fresh noise; then the next lower level.</source><translation>在一个噪声级沿得分走若干 Langevin 步并加入新噪声；再到下一个更低的级。</translation></message>
<message><source>Steps of 64 pixels with and without the caption; then steps of 256 pixels.</source><translation>64 像素的步，有描述和无描述各一次；然后是 256 像素的步。</translation></message>
<message><source>Steps of the small picture; then of larger ones, given the noised smaller one.</source><translation>先是小图的各步；然后是给定带噪小图时较大图的各步。</translation></message>
<message><source>Steps of two embeddings, of which the better is kept; then steps of 64, 256 and 1024 pixels.</source><translation>两个嵌入的步，保留较好的一个；然后是 64、256 和 1024 像素的步。</translation></message>
<message><source>Text by itself; then the noise, given text or a noisy smaller picture.</source><translation>先只学文本；再学给定文本或带噪小图片时的噪声。</translation></message>
<message><source>The ODE's known part is solved exactly, so that ten to twenty evaluations of the network suffice.</source><translation>ODE 的已知部分精确求解，因此网络只需评估十到二十次。</translation></message>
<message><source>The chain is cut short: a GAN generates the noisy picture it starts from.</source><translation>截短链条：由 GAN 生成作为起点的带噪图片。</translation></message>
<message><source>The clean picture, by a network whose inputs and outputs are scaled to unit variance.</source><translation>干净的图片，由输入和输出缩放到单位方差的网络预测。</translation></message>
<message><source>The forward process is learned too, so that fewer backward steps are needed; shown with points in the plane.</source><translation>前向过程也通过学习得到，因此所需的反向步更少；以平面上的点演示。</translation></message>
<message><source>The gradient of a classifier of noisy pictures guides a denoiser, even one without classes.</source><translation>带噪图片分类器的梯度引导去噪器，即使去噪器不含类别。</translation></message>
<message><source>The network also predicts the variance of each backward step, learned from the variational bound.</source><translation>网络还预测每个反向步的方差，由变分界学得。</translation></message>
<message><source>The noise in x_t below T′, and the GAN.</source><translation>T′ 以下 x_t 中的噪声，以及 GAN。</translation></message>
<message><source>The noise in x_t below T′; the VAE is not changed.</source><translation>T′ 以下 x_t 中的噪声；VAE 不变。</translation></message>
<message><source>The noise in x_t, and the variance of a backward step, between β̃_t and β_t.</source><translation>x_t 中的噪声，以及反向步的方差，介于 β̃_t 与 β_t 之间。</translation></message>
<message><source>The noise in x_t, by the absolute error.</source><translation>x_t 中的噪声，按绝对误差。</translation></message>
<message><source>The noise in x_t, weighted as in the bound on the likelihood: low noise counts most.</source><translation>x_t 中的噪声，按似然变分界加权：低噪声权重最大。</translation></message>
<message><source>The noise in x_t, with equal weight for every noise level.</source><translation>x_t 中的噪声，各噪声级权重相等。</translation></message>
<message><source>The noise, given a caption, by two networks, and the encoding of captions.</source><translation>给定描述时的噪声，由两个网络预测；以及描述的编码。</translation></message>
<message><source>The optimal timesteps for the likelihood bound, by dynamic programming; not always the best pictures.</source><translation>用动态规划求得的、对似然变分界最优的时间步；图片不一定最好。</translation></message>
<message><source>The optimal variance of every backward step for the likelihood bound, in closed form.</source><translation>对似然变分界最优的各反向步方差，有解析式。</translation></message>
<message><source>The original bits given x_t, by the whole bound on the likelihood.</source><translation>给定 x_t 时的原始比特，按完整的似然变分界。</translation></message>
<message><source>The parts of a diffusion model are separated: training levels, scaling of the network, sampler and its steps.</source><translation>将扩散模型的各部分分开：训练的噪声级、网络的缩放、采样器及其步骤。</translation></message>
<message><source>The score of the data at each of many noise levels.</source><translation>多个噪声级上数据各自的得分。</translation></message>
<message><source>The score, the direction of higher data density, at every time.</source><translation>每个时刻的得分，即数据密度升高的方向。</translation></message>
<message><source>The velocity ε − x_0, the mean over all lines through a point.</source><translation>速度 ε − x_0，即经过某点的所有直线的平均。</translation></message>
<message><source>They are not: a NeRF is a three-dimensional scene fitted to views of it. A diffusion model may score these views, but is not changed by that.</source><translation>并非如此：NeRF 是拟合其各视图的三维场景。扩散模型可以为这些视图评分，但不会因此改变。</translation></message>
<message><source>They are not: they are GANs, which generate an image in a single pass.</source><translation>并非如此：它们是 GAN，一次前向即生成图像。</translation></message>
<message><source>They are out of scope: this program generates images.</source><translation>它们不在范围之内：本程序生成图像。</translation></message>
<message><source>To classify a picture at any noise level; DDPM's network is not changed.</source><translation>在任意噪声级对图片分类；DDPM 的网络不变。</translation></message>
<message><source>To encode a picture as z and to decode it, by the bound on the likelihood.</source><translation>将图片编码为 z 再解码，按似然的变分界。</translation></message>
<message><source>To generate pictures that a discriminator, which is trained too, cannot distinguish from real ones.</source><translation>生成判别器无法与真实图片区分的图片，判别器也一同训练。</translation></message>
<message><source>To predict the same picture from all points of a path.</source><translation>从路径上的所有点预测同一张图片。</translation></message>
<message><source>To restore the picture from any severity.</source><translation>从任意程度复原图片。</translation></message>
<message><source>To sample a picture that explains x_t, so that a discriminator cannot tell the steps from real ones.</source><translation>采样能解释 x_t 的图片，使判别器无法区分这些步与真实的步。</translation></message>
<message><source>VP's drift with at most its noise: designed for likelihoods.</source><translation>漂移与 VP 相同，噪声至多相同：为似然而设计。</translation></message>
<message><source>a VAE's bound; then E‖ε − ε_θ(x_t, x̂, t)‖²</source><translation>VAE 的变分界；再是 E‖ε − ε_θ(x_t, x̂, t)‖²</translation></message>
<message><source>a minute</source><translation>1 分钟</translation></message>
<message><source>bits per heartbeat sequence above the true entropy, log2 5</source><translation>每条心跳序列的比特数，超出真实熵 log2 5 的部分</translation></message>
<message><source>bound in nats per point at 8 steps minus that of DDPM’s fixed drift, after equal training</source><translation>8 步时每点的变分界（nat），与同等训练的 DDPM 固定漂移之差</translation></message>
<message><source>bound of held-out points in bits per coordinate minus the best one of three fixed variances</source><translation>留出点的变分界（比特/坐标），与三种固定方差中最佳者之差</translation></message>
<message><source>bound of held-out points in nats at 10, 25 and 50 steps minus that of the better fixed variance</source><translation>10、25、50 步时留出点的变分界（nat），与较好的固定方差之差</translation></message>
<message><source>bound of held-out points in nats at 5, 10 and 25 steps minus that of even or quadratic steps</source><translation>5、10、25 步时留出点的变分界（nat），与均匀或二次步骤之差</translation></message>
<message><source>bound of held-out points in nats over 100 even steps minus that of DDPM, after equal training</source><translation>100 个均匀步时留出点的变分界（nat），与同等训练的 DDPM 之差</translation></message>
<message><source>bound or −log p above the entropy of the true distribution, in nats</source><translation>界或 −log p 超出真实分布熵的部分（nat）</translation></message>
<message><source>deviation within the modes over the true one</source><translation>模态内的标准差与真实值之比</translation></message>
<message><source>difference of pictures of one prompt over that of different prompts</source><translation>同一提示词的图片差异与不同提示词的图片差异之比</translation></message>
<message><source>distance of the points of the ODE from those of the SDE, minus that of two samples</source><translation>ODE 的点与 SDE 的点的距离，减去两组样本间的距离</translation></message>
<message><source>error in 40 steps over that of DDIM with as many evaluations of the network</source><translation>40 步的误差与同样网络评估次数的 DDIM 的误差之比</translation></message>
<message><source>error of a run’s random numbers beside independent ones from N(0, 1)</source><translation>一次运行的随机数相对于独立的 N(0, 1) 随机数的误差</translation></message>
<message><source>error of a step back beside q(x_{t−1} | x_t, x_0), over its deviation</source><translation>反向一步相对于 q(x_{t−1} | x_t, x_0) 的误差与其偏差之比</translation></message>
<message><source>error of blurred held-out pictures restored by algorithm 2 over that by algorithm 1, at 20 steps</source><translation>20 步时算法 2 复原模糊留出图片的误差，与算法 1 之比</translation></message>
<message><source>error of pictures restored from their latents over that from as many pixels of a smaller picture</source><translation>由潜变量复原的图片的误差，与由像素数相同的缩小图片复原者之比</translation></message>
<message><source>error of points by Heun’s method over that by Euler’s, at 35 evaluations of the network each</source><translation>Heun 法所得点的误差，与 Euler 法之比，网络各评估 35 次</translation></message>
<message><source>error of points encoded as noise and decoded, over their deviation, at 100 steps</source><translation>100 步时点编码为噪声再解码的误差，与其偏差之比</translation></message>
<message><source>error of points in 10 steps over that of DDIM with as many evaluations of the network</source><translation>10 步时点的误差，与网络评估次数相同的 DDIM 之比</translation></message>
<message><source>error of points in 10 steps over that of DPM-Solver++ of the same order</source><translation>10 步时点的误差，与同阶的 DPM-Solver++ 之比</translation></message>
<message><source>error of single steps from the exact path over that of DDIM’s steps</source><translation>从精确路径出发的单步误差与 DDIM 单步误差之比</translation></message>
<message><source>error of the modes’ shares</source><translation>模态占比的误差</translation></message>
<message><source>error of the noise’s third and fourth moments</source><translation>噪声三阶和四阶矩的误差</translation></message>
<message><source>error of the shares of 25 modes of points</source><translation>点的 25 个模态占比的误差</translation></message>
<message><source>error of the shares of two far modes, of weights 0.2 and 0.8</source><translation>两个相距较远的模态（权重 0.2 和 0.8）占比的误差</translation></message>
<message><source>error of the start’s coefficients √ᾱ_T′ and √(1 − ᾱ_T′)</source><translation>起始状态系数 √ᾱ_T′ 和 √(1 − ᾱ_T′) 的误差</translation></message>
<message><source>error of v over that without gates initialised to zero, after equal training</source><translation>v 的误差，与门控未初始化为零者之比，同等训练</translation></message>
<message><source>error of v over that without latents of the previous step, after equal training</source><translation>v 的误差，与不用上一步潜变量者之比，同等训练</translation></message>
<message><source>error of v over that without long skips, after equal training</source><translation>v 的误差，与无长跳跃连接者之比，同等训练</translation></message>
<message><source>error of v over that without the shift, after equal training</source><translation>v 的误差，与无平移者之比，同等训练</translation></message>
<message><source>excess distance of points at 8 even steps over that of DDPM’s network by DDIM, after equal training</source><translation>8 个均匀步时点的超额距离，与用 DDIM 运行 DDPM 网络者之比，同等训练</translation></message>
<message><source>excess distance of points in 10 steps over that from a Gaussian start of the same moments</source><translation>10 步时点的超额距离，与从同矩高斯出发者之比</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM in 10 steps</source><translation>10 步时点的超额距离，与 10 步的 DDPM 之比</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM with the better fixed variance</source><translation>10 步时点的超额距离，与采用较好固定方差的 DDPM 之比</translation></message>
<message><source>excess distance of points with corrector minus that without, at equal evaluations</source><translation>有校正时点的超额距离，减去评估次数相等而无校正时的值</translation></message>
<message><source>gap in detail between enlarged generated and real pictures, over that without noise in them</source><translation>放大后的生成图片与真实图片之间的细节差距，与不加噪时之比</translation></message>
<message><source>how well latents that it draws are told apart from encoded ones (AUC; 0.5 is not at all)</source><translation>其生成的潜变量与编码所得潜变量的可区分程度（AUC；0.5 为完全无法区分）</translation></message>
<message><source>its weights are not shipped</source><translation>不附带其权重</translation></message>
<message><source>largest distance of the states x_t from their exact distribution, over its deviation</source><translation>状态 x_t 与其精确分布的最大距离（与标准差之比）</translation></message>
<message><source>largest prediction x̂_0 where clipping is needed, over the end of its range</source><translation>需要截断处的最大预测 x̂_0 与其范围端点之比</translation></message>
<message><source>mean error of x̂_0 beside the exact prediction, over that of the exact one beside x_0</source><translation>x̂_0 相对于精确预测的平均误差（与精确预测相对于 x_0 的误差之比）</translation></message>
<message><source>mean over σ_i of σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²</source><translation>σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖² 对 σ_i 的平均</translation></message>
<message><source>none of its own: DDPM's network</source><translation>没有自己的损失：DDPM 的网络</translation></message>
<message><source>none of its own: DDPM's, with the class sometimes dropped</source><translation>没有自己的损失：同 DDPM，有时不给类别</translation></message>
<message><source>none of its own: the minimum of DDPM's bound over paths of K steps</source><translation>没有自己的损失：DDPM 的变分界在 K 步路径上的最小值</translation></message>
<message><source>none of its own: Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d of DDPM's network, measured once</source><translation>没有自己的损失：DDPM 网络的 Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d，测量一次</translation></message>
<message><source>not measured yet</source><translation>尚未测量</translation></message>
<message><source>not trained yet</source><translation>尚未训练</translation></message>
<message><source>order of convergence to the exact path, with exact predictions</source><translation>使用精确预测时收敛到精确路径的阶数</translation></message>
<message><source>share of drawn sequences that occur in the data</source><translation>生成的序列中出现在数据里的占比</translation></message>
<message><source>share of fully saturated pixels at guidance 10, over that with clipping, at the same classes</source><translation>引导为 10 时完全饱和像素的占比，与截断时之比，类别相同</translation></message>
<message><source>share of pictures of the right thing by the prior, minus that with the caption’s own embedding</source><translation>使用先验时画对事物的图片占比，减去直接使用描述自身嵌入时的占比</translation></message>
<message><source>share of pictures of the right thing, minus the best such share by CLIP guidance</source><translation>画对事物的图片占比，减去 CLIP 引导的最佳占比</translation></message>
<message><source>share of points at one of 25 modes in 4 steps minus that of exact Gaussian steps</source><translation>4 步时位于 25 个模态之一的点的占比，减去精确高斯步的占比</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE</source><translation>位于 25 个模态之一的点的占比，减去 VAE 的占比</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE it starts from</source><translation>位于 25 个模态之一的点的占比，减去作为起点的 VAE 的占比</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, at 100 steps</source><translation>100 步时位于 25 个模态之一的点的占比，减去模态占比的误差</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, over EDM’s, in 2 steps</source><translation>2 步时位于 25 个模态之一的点的占比，减去模态占比的误差，与 EDM 之比</translation></message>
<message><source>share of points at the most frequent mode among those of one z, with different noise</source><translation>同一 z、不同噪声所得的点中，位于最常见模态的点的占比</translation></message>
<message><source>share of points that lie in their class, of three that overlap, minus that without guidance</source><translation>三个相互重叠的类别中，位于自身类别内的点的占比，减去无引导时的占比</translation></message>
<message><source>share of prompts whose better embedding is chosen</source><translation>选中较好嵌入的提示词占比</translation></message>
<message><source>share of the values of x̂_0 at the end of the range</source><translation>x̂_0 的值中位于范围端点的占比</translation></message>
<message><source>the claim holds</source><translation>论断成立</translation></message>
<message><source>the claim is missed</source><translation>论断不成立</translation></message>
<message><source>undecided: it holds for the mean, but not for all seeds</source><translation>未定：均值成立，但并非所有种子都成立</translation></message>
<message><source>v, by a U-Net with a transformer in the middle.</source><translation>v，由中间带 Transformer 的 U-Net 预测。</translation></message>
<message><source>v, by a network that reuses its latents of the previous step.</source><translation>v，由重用上一步潜变量的网络预测。</translation></message>
<message><source>v, by a transformer whose blocks start as the identity.</source><translation>v，由各模块初始为恒等映射的 Transformer 预测。</translation></message>
<message><source>v, by a transformer with skips from its first half to its second.</source><translation>v，由前半到后半有跳跃连接的 Transformer 预测。</translation></message>
<message><source>{low} to {high}</source><translation>{low} 至 {high}</translation></message>
<message><source>{minutes} minutes</source><translation>{minutes} 分钟</translation></message>
<message><source>{value} ({low} to {high})</source><translation>{value}（{low} 至 {high}）</translation></message>
<message><source>−log p of held-out points in nats above that of the true distribution</source><translation>留出点的 −log p（nat），超出真实分布的部分</translation></message>
<message><source>−log p of held-out points in nats minus that by VP’s network, after equal training</source><translation>留出点的 −log p（nat），与同等训练的 VP 网络之差</translation></message>
<message><source>−the variational bound, one term per sample</source><translation>−变分界，每个样本一项</translation></message>
</context>
<context>
<name>Table</name>
<message><source>Same</source><translation>相同</translation></message>
</context>
<context>
<name>TagEntry</name>
<message><source>Add</source><translation>添加</translation></message>
<message><source>Add the tag</source><translation>添加标签</translation></message>
<message><source>Tag</source><translation>标签</translation></message>
<message><source>Tag for these pictures: Enter adds it, Esc closes</source><translation>这些图片的标签：回车键添加，Esc 关闭</translation></message>
</context>
<context>
<name>Tags</name>
<message><source>Remove {tag}</source><translation>移除 {tag}</translation></message>
</context>
<context>
<name>ThingList</name>
<message><source> · the first {maximum} count</source><translation> · 前 {maximum} 项有效</translation></message>
<message numerus="yes"><source>%n thing(s)</source><translation>
<numerusform>%n 项</numerusform>
</translation></message>
<message><source>Back to single pictures</source><translation>返回单张图片</translation></message>
<message><source>One thing per line</source><translation>每行一个</translation></message>
<message><source>The text is too long for a list</source><translation>文本过长，无法作为列表</translation></message>
<message><source>Things of the set</source><translation>套图内容</translation></message>
<message><source>What the set shows, one thing per line</source><translation>套图要画的内容，每行一项</translation></message>
<message><source>fox
owl
mushroom

One thing per line, or with commas</source><translation>狐狸
猫头鹰
蘑菇

每行一项，或用逗号分隔</translation></message>
</context>
<context>
<name>TilePopup</name>
<message><source>Nothing has this name</source><translation>没有此名称</translation></message>
<message><source>Search {names}</source><translation>搜索{names}</translation></message>
<message><source>Type to search. The arrow keys move, Enter chooses</source><translation>输入以搜索。方向键移动，回车键选择</translation></message>
</context>
<context>
<name>Tools</name>
<message><source>Copy one in any program; the next pictures then start from it.</source><translation>在任意程序中复制一张图片；后续图片将从它开始。</translation></message>
<message><source>No picture to paste</source><translation>没有可粘贴的图片</translation></message>
</context>
<context>
<name>TopBar</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>%n 张图片待生成</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread error(s)</source><translation>
<numerusform>%n 个未读错误</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread notice(s)</source><translation>
<numerusform>%n 条未读通知</numerusform>
</translation></message>
<message><source>Device in use · {state}</source><translation>使用中的设备 · {state}</translation></message>
<message><source>Memory in use by this window: {size}</source><translation>此窗口占用的内存：{size}</translation></message>
<message><source>Nothing in the queue</source><translation>队列为空</translation></message>
<message><source>Queue</source><translation>队列</translation></message>
<message><source>Queue {count}</source><translation>队列 {count}</translation></message>
<message><source>not available</source><translation>不可用</translation></message>
<message><source>preparing</source><translation>准备中</translation></message>
<message><source>ready</source><translation>就绪</translation></message>
<message><source>running</source><translation>运行中</translation></message>
<message><source>the queue is paused</source><translation>队列已暂停</translation></message>
</context>
<context>
<name>TrainControls</name>
<message><source>Add the result of the latest test pictures to the models</source><translation>将最新测试图片的结果加入模型列表</translation></message>
<message><source>Change a model, or train a system of the literature</source><translation>改动一个模型，或训练文献中的方法</translation></message>
<message><source>Choose folder…</source><translation>选择文件夹…</translation></message>
<message><source>Choose the pictures to learn from</source><translation>选择要学习的图片</translation></message>
<message><source>Continue after closing</source><translation>关闭后继续</translation></message>
<message><source>Discard</source><translation>放弃</translation></message>
<message><source>Drawn again and again with the same noise, separated by semicolons</source><translation>用相同的噪声反复绘制的提示词，以英文分号分隔</translation></message>
<message><source>Higher ranks can learn more details, and copy sooner</source><translation>秩越高，能学到的细节越多，也越早开始复制</translation></message>
<message><source>How often a picture is looked at, in total</source><translation>查看图片的总次数</translation></message>
<message><source>Larger pictures take more time and memory</source><translation>图片越大，所需时间和内存越多</translation></message>
<message><source>Learning rate</source><translation>学习率</translation></message>
<message><source>Method</source><translation>训练方式</translation></message>
<message><source>Model</source><translation>模型</translation></message>
<message><source>Name</source><translation>名称</translation></message>
<message><source>Network</source><translation>网络</translation></message>
<message><source>No folder yet</source><translation>尚未选择文件夹</translation></message>
<message><source>Open an earlier run, or begin another one</source><translation>打开以前的训练，或开始新的训练</translation></message>
<message><source>Pause</source><translation>暂停</translation></message>
<message><source>Picture size</source><translation>图片尺寸</translation></message>
<message><source>Rank</source><translation>秩</translation></message>
<message><source>Run</source><translation>训练任务</translation></message>
<message><source>Samples</source><translation>样本数</translation></message>
<message><source>Save and free the memory; start it again later</source><translation>保存并释放内存；之后可再次开始</translation></message>
<message><source>Size of the changes of each step. If the loss jumps, lower it.</source><translation>每一步的改变幅度。如果损失跳动，请调低。</translation></message>
<message><source>Start</source><translation>开始</translation></message>
<message><source>Stop, and delete this run</source><translation>停止并删除这次训练</translation></message>
<message><source>Test prompts</source><translation>测试提示词</translation></message>
<message><source>The model that is changed</source><translation>要改动的模型</translation></message>
<message><source>The network that removes the noise</source><translation>去除噪声的网络</translation></message>
<message><source>Train</source><translation>训练</translation></message>
<message><source>Train in the background</source><translation>在后台训练</translation></message>
<message><source>Train on when the window is closed. Open the run here to see it again.</source><translation>窗口关闭后继续训练。在此处打开这次训练即可再次查看。</translation></message>
<message><source>Training settings</source><translation>训练设置</translation></message>
<message><source>Use it in Create</source><translation>在“创作”中使用</translation></message>
<message><source>fox; house; red car</source><translation>狐狸; 房子; 红色汽车</translation></message>
<message><source>{size} × {size} pixels</source><translation>{size} × {size} 像素</translation></message>
</context>
<context>
<name>TrainPage</name>
<message numerus="yes"><source>%n minute(s) left</source><translation>
<numerusform>剩余 %n 分钟</numerusform>
</translation></message>
<message numerus="yes"><source>%n test picture(s) is(are) almost the same as yours.</source><translation>
<numerusform>%n 张测试图片与训练图片几乎相同。</numerusform>
</translation></message>
<message><source>A small file that adds a style or a thing to a model</source><translation>为模型添加一种风格或事物的小文件</translation></message>
<message><source>Added as {name}</source><translation>已添加为 {name}</translation></message>
<message><source>Another model is called {title} and is kept.</source><translation>另一个模型名为 {title}，会予以保留。</translation></message>
<message><source>Before the training</source><translation>训练之前</translation></message>
<message><source>Better than {run}; the difference is significant.</source><translation>优于 {run}；差异显著。</translation></message>
<message><source>Caption</source><translation>描述</translation></message>
<message><source>Captions cut after {limit} characters: {count}; the first is {first}.</source><translation>在 {limit} 个字符后截断的描述：{count} 个；第一个是 {first}。</translation></message>
<message><source>Change a model</source><translation>改动模型</translation></message>
<message><source>Check the captions. Later, you ask for pictures in the same words.</source><translation>检查描述。以后用同样的词语来生成图片。</translation></message>
<message><source>Choose the pictures to learn from</source><translation>选择要学习的图片</translation></message>
<message><source>Class</source><translation>类别</translation></message>
<message><source>Compare with</source><translation>对比</translation></message>
<message><source>Continue</source><translation>继续</translation></message>
<message><source>Copies among the test pictures are only found with {count} pictures or more.</source><translation>只有在有 {count} 张或更多图片时，才能发现测试图片中的复制品。</translation></message>
<message><source>Done</source><translation>已完成</translation></message>
<message><source>Double-click to change the caption</source><translation>双击以更改描述</translation></message>
<message><source>Earlier runs</source><translation>以前的训练</translation></message>
<message><source>Fine-tuning</source><translation>微调</translation></message>
<message><source>From scratch</source><translation>从头训练</translation></message>
<message><source>It continues without the window.</source><translation>关闭窗口后仍会继续。</translation></message>
<message><source>It was paused when the window closed.</source><translation>关闭窗口时已暂停。</translation></message>
<message><source>LoRA</source><translation>LoRA</translation></message>
<message><source>New run</source><translation>新训练</translation></message>
<message><source>No comparison</source><translation>不对比</translation></message>
<message><source>No significant difference from {run}.</source><translation>与 {run} 无显著差异。</translation></message>
<message><source>Paused. Resume continues it.</source><translation>已暂停。点“继续”可继续训练。</translation></message>
<message><source>Pausing…</source><translation>正在暂停…</translation></message>
<message><source>Picture</source><translation>图片</translation></message>
<message><source>Pictures added, removed or changed since the last checkpoint: {count}. Training goes on with them.</source><translation>自上一个检查点以来新增、删除或更改的图片：{count} 张。训练将使用当前图片继续。</translation></message>
<message><source>Pictures and captions</source><translation>图片与描述</translation></message>
<message><source>Pictures in subfolders, which are left out: {count}; the first subfolder is {first}.</source><translation>位于子文件夹而被略过的图片：{count} 张；第一个子文件夹是 {first}。</translation></message>
<message><source>Pictures that cannot be read and are left out: {count}; the first is {first}.</source><translation>无法读取而被略过的图片：{count} 张；第一张是 {first}。</translation></message>
<message><source>Pictures with the same caption, or in the same folder, form a class.</source><translation>描述相同或位于同一文件夹的图片构成一个类别。</translation></message>
<message><source>Preparing…</source><translation>正在准备…</translation></message>
<message><source>Saving…</source><translation>正在保存…</translation></message>
<message><source>Show the errors of an earlier run at the same noise beside this one</source><translation>并排显示以前的训练在相同噪声下的误差</translation></message>
<message><source>Some hundreds of one kind are a good start.</source><translation>同一类的图片，几百张就是不错的开始。</translation></message>
<message><source>Ten or more pictures give a diagnosis.</source><translation>十张或更多图片即可给出诊断。</translation></message>
<message><source>Test pictures</source><translation>测试图片</translation></message>
<message><source>The first test pictures and the diagnosis follow in a few minutes.</source><translation>最初的测试图片和诊断将在几分钟后显示。</translation></message>
<message><source>The process ended unexpectedly. Start it again; at most a minute is lost.</source><translation>进程意外结束。请重新开始；最多损失一分钟的进度。</translation></message>
<message><source>The run was deleted.</source><translation>这次训练已删除。</translation></message>
<message><source>The run was restored.</source><translation>这次训练已恢复。</translation></message>
<message><source>Training</source><translation>正在训练</translation></message>
<message><source>Training has stopped</source><translation>训练已停止</translation></message>
<message><source>Training is finished.</source><translation>训练已完成。</translation></message>
<message><source>Training {name}</source><translation>训练 {name}</translation></message>
<message><source>Training {name} is paused</source><translation>训练 {name} 已暂停</translation></message>
<message><source>Trains the whole network: another model that can change more</source><translation>训练整个网络：得到可改变更多的另一个模型</translation></message>
<message><source>Twenty of one style, or of one thing, are a good start.</source><translation>同一风格或同一事物的图片，二十张就是不错的开始。</translation></message>
<message><source>Worse than {run}; the difference is significant.</source><translation>不如 {run}；差异显著。</translation></message>
<message><source>You get a LoRA: a small file that adds this style or thing to any prompt.</source><translation>得到一个 LoRA：可为任何提示词添加这种风格或事物的小文件。</translation></message>
<message><source>You get a copy of the model that draws more like your pictures.</source><translation>得到模型的一个副本，它画出的图片更接近训练图片。</translation></message>
<message><source>You get a small model that draws nothing but pictures like yours.</source><translation>得到一个小模型，它只画与训练图片相似的图片。</translation></message>
<message><source>less than a minute left</source><translation>剩余不到 1 分钟</translation></message>
<message><source>{done} of {count} pictures encoded</source><translation>已编码 {done}/{count} 张图片</translation></message>
<message><source>{run} has no errors of the same pictures, so it cannot be compared.</source><translation>{run} 没有相同图片的误差，因此无法对比。</translation></message>
<message><source>{seen} of {samples} samples</source><translation>{seen} / {samples} 个样本</translation></message>
<message><source>{speed} per second</source><translation>每秒 {speed} 个</translation></message>
</context>
<context>
<name>TrashView</name>
<message><source>Click a picture to restore it.</source><translation>点击图片即可恢复。</translation></message>
<message><source>Deleted pictures move to the system's trash after 30 days.</source><translation>已删除的图片会在 30 天后移到系统回收站。</translation></message>
<message><source>Pictures of imported folders are only hidden; their files stay.</source><translation>导入文件夹中的图片只是被隐藏，文件仍然保留。</translation></message>
<message><source>Recently deleted</source><translation>最近删除</translation></message>
<message><source>Restore</source><translation>恢复</translation></message>
<message><source>Restore {pictures}</source><translation>恢复 {pictures}</translation></message>
<message><source>There are no deleted pictures.</source><translation>没有已删除的图片。</translation></message>
<message><source>What this window deleted moves to the system's trash when it closes, the rest after 30 days.</source><translation>此窗口删除的内容会在关闭时移到系统回收站，其余的在 30 天后移动。</translation></message>
</context>
<context>
<name>VariationsController</name>
<message><source>A variation</source><translation>一个变体</translation></message>
<message><source>Back to the variations</source><translation>返回变体</translation></message>
<message><source>Click one to explore from it, the centre to use it</source><translation>点击一张由此探索，点击中心则使用它</translation></message>
<message><source>The centre</source><translation>中心</translation></message>
<message><source>There is no model called {model}; its variations cannot be made here.</source><translation>没有名为 {model} 的模型；无法在此生成其变体。</translation></message>
<message><source>seed {seed}</source><translation>种子 {seed}</translation></message>
</context>
<context>
<name>VariationsView</name>
<message><source>Back to step {number} of the path</source><translation>返回路径的第 {number} 步</translation></message>
<message><source>Back to the start</source><translation>返回起点</translation></message>
<message><source>Compare with the centre</source><translation>与中心对比</translation></message>
<message><source>Current centre</source><translation>当前中心</translation></message>
<message><source>Distance</source><translation>距离</translation></message>
<message><source>Distance from the centre's noise: 0 is the same noise, 1 is entirely different noise</source><translation>与中心噪声的距离：0 为相同的噪声，1 为完全不同的噪声</translation></message>
<message><source>Explore from it</source><translation>由此探索</translation></message>
<message><source>Fast</source><translation>快速</translation></message>
<message><source>Pictures between them</source><translation>两者之间的图片</translation></message>
<message><source>Start</source><translation>起点</translation></message>
<message><source>Step {number} of the path</source><translation>路径的第 {number} 步</translation></message>
<message><source>Use the fast variant of the model</source><translation>使用模型的快速版本</translation></message>
<message><source>Variations</source><translation>变体</translation></message>
<message><source>far</source><translation>远</translation></message>
<message><source>near</source><translation>近</translation></message>
</context>
<context>
<name>ViewModes</name>
<message><source>Both</source><translation>两者</translation></message>
<message><source>Difference</source><translation>差异</translation></message>
<message><source>Noise</source><translation>噪声</translation></message>
<message><source>Noisy</source><translation>带噪</translation></message>
<message><source>Predicted</source><translation>预测图</translation></message>
<message><source>The change of the predicted picture in this step; grey where it is unchanged</source><translation>这一步中预测图的变化；未变之处为灰色</translation></message>
<message><source>The clean picture that the model predicts so far</source><translation>模型目前预测的无噪声图片</translation></message>
<message><source>The noisy picture at this step</source><translation>这一步的带噪图片</translation></message>
<message><source>The noisy picture beside the predicted one</source><translation>带噪图像与预测图像并排</translation></message>
<message><source>The predicted noise: the noisy picture without the predicted one</source><translation>预测的噪声：带噪图片减去预测图</translation></message>
</context>
<context>
<name>Viewer</name>
<message><source>The first step has no earlier one to compare with</source><translation>第一步没有更早的步骤可供比较</translation></message>
<message><source>The noise of this step was not drawn</source><translation>这一步的噪声没有绘制</translation></message>
<message><source>This step left the predicted picture unchanged</source><translation>这一步没有改变预测图</translation></message>
<message><source>seed {seed}</source><translation>种子 {seed}</translation></message>
<message><source>to its noise</source><translation>至其噪声</translation></message>
</context>
<context>
<name>Welcome</name>
<message><source>Add a model file; it is used where it is, and nothing is copied</source><translation>添加模型文件；在原处使用，不复制</translation></message>
<message><source>Draws pictures from a prompt.</source><translation>根据提示词绘制图片。</translation></message>
<message><source>Draws pictures without a prompt.</source><translation>无需提示词即可绘制图片。</translation></message>
<message><source>Draws things and small scenes as icons, from words in English and twelve other languages.</source><translation>根据英语和其他十二种语言的词语，把事物和小场景画成图标。</translation></message>
<message><source>Use your own checkpoint…</source><translation>使用自己的检查点…</translation></message>
</context>
<context>
<name>Window</name>
<message><source>Your pictures will appear here.

They are saved in {folder}.</source><translation>图片将显示在这里。

图片保存在 {folder}。</translation></message>
<message><source>{name} was added to the prompt</source><translation>已将 {name} 添加到提示词</translation></message>
<message><source>{name} was not added to the prompt</source><translation>未将 {name} 添加到提示词</translation></message>
</context>
<context>
<name>WordRow</name>
<message><source>Acted most at step {number} of {count} recorded steps</source><translation>在记录的 {count} 步中，第 {number} 步作用最强</translation></message>
</context>
<context>
<name>WordsView</name>
<message><source>All steps</source><translation>所有步骤</translation></message>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Point at a word to see where it acted, or at a place to see its words.</source><translation>指向某个词可查看它在何处起作用，指向某处可查看该处的词。</translation></message>
<message><source>Step</source><translation>步</translation></message>
<message><source>Step {number}</source><translation>第 {number} 步</translation></message>
<message><source>The effect of each word</source><translation>每个词的影响</translation></message>
<message><source>Words of the prompt</source><translation>提示词中的词</translation></message>
<message><source>Words that acted here: {words}</source><translation>在此处起作用的词：{words}</translation></message>
<message><source>“{word}” acted where the picture is not faded, most at step {step}.</source><translation>“{word}”作用于画面中未变淡的地方，在第 {step} 步最强。</translation></message>
</context>
<context>
<name>_CanvasArea</name>
<message><source>Divider between the pictures</source><translation>图像之间的分隔线</translation></message>
<message><source>Noisy picture</source><translation>带噪图像</translation></message>
<message><source>Sketch</source><translation>草图</translation></message>
</context>
<context>
<name>_Cell</name>
<message><source>Restore it</source><translation>恢复</translation></message>
<message><source>Restore {picture}</source><translation>恢复 {picture}</translation></message>
</context>
<context>
<name>_Crash</name>
<message numerus="yes"><source>GDM Studio crashed %n time(s) while making “{title}”.</source><translation>
<numerusform>生成“{title}”时，GDM Studio 崩溃了 %n 次。</numerusform>
</translation></message>
<message><source>Remove</source><translation>移除</translation></message>
<message><source>Remove it and resume the queue</source><translation>移除它并继续队列</translation></message>
<message><source>Resume it and the queue</source><translation>继续它和队列</translation></message>
<message><source>The queue is paused: try it again or remove it.</source><translation>队列已暂停：请重试或移除它。</translation></message>
<message><source>Try again</source><translation>重试</translation></message>
</context>
<context>
<name>_Divider</name>
<message><source>Arrow keys move it</source><translation>用方向键移动</translation></message>
<message><source>Drag to resize; double-click for the default size</source><translation>拖动以调整大小；双击恢复默认</translation></message>
</context>
<context>
<name>_Empty</name>
<message><source>Compare pictures</source><translation>对比图片</translation></message>
<message><source>Open the gallery</source><translation>打开图库</translation></message>
<message><source>Select pictures there</source><translation>在那里选择图片</translation></message>
<message><source>They share zoom and position; a table shows their settings.</source><translation>缩放和位置同步；设置列于表中。</translation></message>
</context>
<context>
<name>_Field</name>
<message><source>A few letters of an action, a scheduler, a style or a model</source><translation>操作、调度器、风格或模型名称中的几个字</translation></message>
<message><source>What would you like to do?</source><translation>想做什么？</translation></message>
</context>
<context>
<name>_List</name>
<message><source>Actions</source><translation>操作</translation></message>
</context>
<context>
<name>_Name</name>
<message><source>{setting} differs</source><translation>{setting}不同</translation></message>
</context>
<context>
<name>_Picture</name>
<message><source>Preview</source><translation>预览</translation></message>
</context>
<context>
<name>_PlaceView</name>
<message><source>Places of the gallery</source><translation>图库中的位置</translation></message>
<message><source>Rename</source><translation>重命名</translation></message>
</context>
<context>
<name>_PresetRow</name>
<message><source>Delete {name}</source><translation>删除 {name}</translation></message>
<message><source>New name</source><translation>新名称</translation></message>
<message><source>Rename {name}</source><translation>重命名 {name}</translation></message>
</context>
<context>
<name>_Row</name>
<message><source>in use</source><translation>使用中</translation></message>
<message><source>recent</source><translation>最近</translation></message>
</context>
<context>
<name>_Strip</name>
<message><source>Above: x at a step. Below: the prediction of the network</source><translation>上：某一步的 x。下：网络的预测</translation></message>
<message><source>Denoising of a picture: x above, the prediction of the network below</source><translation>图片的去噪：上为 x，下为网络的预测</translation></message>
</context>
<context>
<name>_Table</name>
<message><source>Models</source><translation>模型</translation></message>
</context>
<context>
<name>card_view</name>
<message numerus="yes"><source>%n noise level(s)</source><translation>
<numerusform>%n 个噪声级</numerusform>
</translation></message>
<message><source>A picture, in matrix products</source><translation>一张图片的耗时，以矩阵乘法计</translation></message>
<message><source>Author</source><translation>作者</translation></message>
<message><source>Blurry areas, neither flat nor an edge</source><translation>模糊区域，既非平坦也非边缘</translation></message>
<message><source>Colours as requested</source><translation>颜色符合要求</translation></message>
<message><source>Colours new to a subject</source><translation>对主题而言新的颜色</translation></message>
<message><source>Colours new to a subject, subject recognised</source><translation>对主题而言新的颜色，主题可识别</translation></message>
<message><source>Decoder, colours</source><translation>解码器，颜色</translation></message>
<message><source>Decoder, its worst style</source><translation>解码器，最差风格</translation></message>
<message><source>Decoder, transparency</source><translation>解码器，透明度</translation></message>
<message><source>Family</source><translation>系列</translation></message>
<message><source>File</source><translation>文件</translation></message>
<message><source>Fréchet distance, against training</source><translation>与训练数据的 Fréchet 距离</translation></message>
<message><source>Hash, {name}</source><translation>哈希，{name}</translation></message>
<message><source>Its file does not say. See the licence on the web page of the model.</source><translation>文件中未说明。请查看模型网页上的许可证。</translation></message>
<message><source>Kernel distance</source><translation>核距离</translation></message>
<message><source>Kind</source><translation>种类</translation></message>
<message><source>Latents</source><translation>潜变量</translation></message>
<message><source>Licence</source><translation>许可证</translation></message>
<message><source>Made for</source><translation>适用于</translation></message>
<message><source>Memory</source><translation>内存</translation></message>
<message><source>Named by someone new</source><translation>由新用户提出的内容</translation></message>
<message><source>Named by someone new, second list</source><translation>由新用户提出的内容，第二份列表</translation></message>
<message><source>No: its licence, {licence}, does not allow that.</source><translation>不可以：其许可证 {licence} 不允许。</translation></message>
<message><source>No: some of its training data may not be used commercially. See below.</source><translation>不可以：部分训练数据不得用于商业用途。见下文。</translation></message>
<message><source>Other file's {part}</source><translation>来自其他文件的 {part}</translation></message>
<message><source>Parameters</source><translation>参数量</translation></message>
<message><source>Pictures</source><translation>图片</translation></message>
<message><source>Pictures a second on a GPU</source><translation>GPU 每秒生成的图片数</translation></message>
<message><source>Pictures seen before that</source><translation>此前见过的图片数</translation></message>
<message><source>Pictures seen in training</source><translation>训练中见过的图片数</translation></message>
<message><source>Pixel error on training pictures, × 1e-3</source><translation>训练图片的像素误差，× 1e-3</translation></message>
<message><source>Predicts</source><translation>预测目标</translation></message>
<message><source>Recognised from its prompt, against drawings</source><translation>可由提示词识别，与画作相比</translation></message>
<message><source>Recognised from its prompt, against its teacher</source><translation>可由提示词识别，与教师模型相比</translation></message>
<message><source>Recognised from its prompt, without a style</source><translation>可由提示词识别，无风格</translation></message>
<message><source>Repeats among prompts without a style</source><translation>无风格提示词中的重复</translation></message>
<message><source>Repeats among subjects in a new style</source><translation>新风格主题中的重复</translation></message>
<message><source>Repeats of training pictures</source><translation>与训练图片的重复</translation></message>
<message><source>Repeats of training pictures, by features</source><translation>与训练图片的重复，按特征</translation></message>
<message><source>Repeats of training pictures, by pixels</source><translation>与训练图片的重复，按像素</translation></message>
<message><source>Score norms</source><translation>分数范数</translation></message>
<message><source>Size</source><translation>尺寸</translation></message>
<message><source>Started from the weights of</source><translation>初始权重来自</translation></message>
<message><source>Style recognised, against drawings</source><translation>可识别风格，与画作相比</translation></message>
<message><source>That depends on its licence: {licence}.</source><translation>取决于其许可证：{licence}。</translation></message>
<message><source>Time</source><translation>时间</translation></message>
<message><source>Varies with temperature</source><translation>随温度变化</translation></message>
<message><source>Words not in its training</source><translation>训练中没有的词</translation></message>
<message><source>Yes, according to its web page: {licence}.</source><translation>可以，根据其网页：{licence}。</translation></message>
<message><source>Yes, except for the uses that its licence excludes: see {licence}.</source><translation>可以，许可证排除的用途除外：见 {licence}。</translation></message>
<message><source>Yes, with credit if a picture is close to its sources: {authors}.</source><translation>可以，图片与来源相近时须署名：{authors}。</translation></message>
<message><source>Yes. Its sources only require that their licences stay with the model.</source><translation>可以。其来源只要求许可证随模型一并保留。</translation></message>
<message><source>about {size}</source><translation>约 {size}</translation></message>
<message><source>about {time}, {steps} steps</source><translation>约 {time}，{steps} 步</translation></message>
<message><source>about {time}, {steps} steps, as before</source><translation>约 {time}，{steps} 步，据以往用时</translation></message>
<message><source>{limit} can be used, and it needs at least {least}. Choose a smaller size.</source><translation>可用内存为 {limit}，但至少需要 {least}。请选择更小的尺寸。</translation></message>
<message><source>{limit} can be used, so its weights are read from the disk at each step.</source><translation>可用内存为 {limit}，因此每一步都从磁盘读取其权重。</translation></message>
<message><source>{size} GB</source><translation>{size} GB</translation></message>
<message><source>{size} × {size}, opaque</source><translation>{size} × {size}，不透明</translation></message>
<message><source>{size} × {size}, transparent</source><translation>{size} × {size}，透明</translation></message>
<message><source>{title} by {author}</source><translation>{title}，作者 {author}</translation></message>
</context>
<context>
<name>compare_facts</name>
<message><source>, transparent</source><translation>，透明</translation></message>
<message><source>a picture</source><translation>一张图片</translation></message>
<message><source>none</source><translation>无</translation></message>
<message><source>step {step} of {seed}</source><translation>种子 {seed} 的第 {step} 步</translation></message>
<message><source>{made} of {steps}</source><translation>{made}/{steps}</translation></message>
<message><source>{target}, seed {seed}</source><translation>{target}，种子 {seed}</translation></message>
</context>
<context>
<name>dates</name>
<message><source>MMMM</source><translation>M月</translation></message>
<message><source>MMMM yyyy</source><translation>yyyy年M月</translation></message>
<message><source>d MMM</source><translation>M月d日</translation></message>
<message><source>d MMM yyyy</source><translation>yyyy年M月d日</translation></message>
<message><source>dddd, d MMMM</source><translation>M月d日 dddd</translation></message>
<message><source>dddd, d MMMM yyyy</source><translation>yyyy年M月d日 dddd</translation></message>
<message><source>dddd, dd MMMM yyyy, HH:mm:ss</source><translation>yyyy年M月d日 dddd HH:mm:ss</translation></message>
</context>
<context>
<name>days</name>
<message><source>Today</source><translation>今天</translation></message>
<message><source>Yesterday</source><translation>昨天</translation></message>
</context>
<context>
<name>facts</name>
<message><source>Edited</source><translation>已编辑</translation></message>
<message><source>Made with</source><translation>生成工具</translation></message>
<message><source>Model</source><translation>模型</translation></message>
<message><source>Requested by</source><translation>请求者</translation></message>
<message><source>Settings</source><translation>设置</translation></message>
<message><source>Size</source><translation>尺寸</translation></message>
<message><source>Stopped at step</source><translation>停止于步</translation></message>
<message><source>Style</source><translation>风格</translation></message>
<message><source>Target seed</source><translation>目标种子</translation></message>
<message><source>a picture</source><translation>一张图片</translation></message>
<message><source>in another program</source><translation>在其他程序中</translation></message>
<message><source>just now</source><translation>刚刚</translation></message>
<message><source>none in its file</source><translation>文件中没有</translation></message>
<message><source>with a mask</source><translation>使用蒙版</translation></message>
<message><source>yesterday</source><translation>昨天</translation></message>
<message><source>{minutes} min ago</source><translation>{minutes} 分钟前</translation></message>
<message><source>{share} of seed {seed}</source><translation>种子 {seed} 的 {share}</translation></message>
</context>
<context>
<name>gallery</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n 张图片</numerusform>
</translation></message>
</context>
<context>
<name>picture_files</name>
<message><source>Pictures ({suffixes})</source><translation>图片 ({suffixes})</translation></message>
</context>
<context>
<name>progress</name>
<message><source>paused</source><translation>已暂停</translation></message>
<message><source>starting…</source><translation>正在启动…</translation></message>
<message><source>{images} of {count} done</source><translation>已完成 {images} / {count}</translation></message>
<message><source>{seconds} s</source><translation>{seconds} 秒</translation></message>
<message><source>{step} of {steps}</source><translation>{step} / {steps}</translation></message>
<message><source>{time} left</source><translation>剩余 {time}</translation></message>
</context>
<context>
<name>steps</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n 步</numerusform>
</translation></message>
</context>
<context>
<name>system_trash</name>
<message><source>{file} cannot be moved to the trash; delete it yourself, or restore it.</source><translation>{file} 无法移到回收站；请自行删除，或恢复它。</translation></message>
</context>
</TS>
