<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en_GB">
<context>
<name>About</name>
<message numerus="yes"><source>%n note(s)</source><translation>
<numerusform>注意 %n 件</numerusform>
</translation></message>
<message><source>Checking…</source><translation>確認中…</translation></message>
<message><source>Copy report</source><translation>レポートをコピー</translation></message>
<message><source>Copy the report as text</source><translation>レポートをテキストとしてコピー</translation></message>
<message><source>Everything is fine</source><translation>すべて正常です</translation></message>
<message><source>Licences</source><translation>ライセンス</translation></message>
<message><source>Show the licences of the program and its parts</source><translation>プログラムとその構成要素のライセンスを表示</translation></message>
<message><source>fine</source><translation>正常</translation></message>
<message><source>worth a look</source><translation>要確認</translation></message>
<message><source>wrong</source><translation>問題あり</translation></message>
</context>
<context>
<name>Action</name>
<message><source>About this computer</source><translation>このコンピューターについて</translation></message>
<message><source>Actual size</source><translation>実寸表示</translation></message>
<message><source>Add a copy with the next seeds</source><translation>次のシードで複製を追加</translation></message>
<message><source>Add a folder of models…</source><translation>モデルのフォルダーを追加…</translation></message>
<message><source>Add a picture whose lines, depth or pose the next pictures follow</source><translation>次の画像が線、奥行き、ポーズに従う画像を追加</translation></message>
<message><source>Add a tag</source><translation>タグを追加</translation></message>
<message><source>Add folder…</source><translation>フォルダーを追加…</translation></message>
<message><source>Add model files…</source><translation>モデルファイルを追加…</translation></message>
<message><source>Add noise</source><translation>ノイズを加える</translation></message>
<message><source>Add noise to the picture</source><translation>画像にノイズを加える</translation></message>
<message><source>Add noise to the picture, or recover its noise</source><translation>画像にノイズを加える、またはノイズを復元する</translation></message>
<message><source>Add picture files</source><translation>画像ファイルを追加</translation></message>
<message><source>Add to a collection</source><translation>コレクションに追加</translation></message>
<message><source>Add to the queue</source><translation>キューに追加</translation></message>
<message><source>Add…</source><translation>追加…</translation></message>
<message><source>Another seed</source><translation>別のシード</translation></message>
<message><source>Axes</source><translation>軸</translation></message>
<message><source>Back to the model's defaults</source><translation>モデルの既定値に戻す</translation></message>
<message><source>Branch from here</source><translation>ここから分岐</translation></message>
<message><source>Bring back the prompt before this one</source><translation>ひとつ前のプロンプトを呼び戻す</translation></message>
<message><source>Canvas colour…</source><translation>キャンバスの色…</translation></message>
<message><source>Change…</source><translation>変更…</translation></message>
<message><source>Choose files…</source><translation>ファイルを選択…</translation></message>
<message><source>Choose the colour behind transparent pictures</source><translation>透過画像の背景色を選ぶ</translation></message>
<message><source>Choose the two settings of the grid</source><translation>グリッドの2つの設定を選ぶ</translation></message>
<message><source>Clear</source><translation>クリア</translation></message>
<message><source>Clear the queue</source><translation>キューを空にする</translation></message>
<message><source>Code that generates the same pictures with this program</source><translation>このプログラムで同じ画像を生成するコード</translation></message>
<message><source>Collection…</source><translation>コレクション…</translation></message>
<message><source>Compare</source><translation>比較</translation></message>
<message><source>Compare picture files</source><translation>画像ファイルを比較</translation></message>
<message><source>Compare picture files…</source><translation>画像ファイルを比較…</translation></message>
<message><source>Compare pictures side by side</source><translation>画像を並べて比較</translation></message>
<message><source>Compare schedulers with the same seed</source><translation>同じシードでスケジューラーを比較</translation></message>
<message><source>Compare schedulers…</source><translation>スケジューラーを比較…</translation></message>
<message><source>Compare something else</source><translation>別の画像を比較</translation></message>
<message><source>Compare the systems of the literature</source><translation>文献の手法を比較</translation></message>
<message><source>Compare this step with the last one</source><translation>このステップと最後のステップを比較</translation></message>
<message><source>Compare with final</source><translation>完成画像と比較</translation></message>
<message><source>Continue with changes</source><translation>変更して続行</translation></message>
<message><source>Copy</source><translation>コピー</translation></message>
<message><source>Copy credit</source><translation>出典をコピー</translation></message>
<message><source>Copy path</source><translation>パスをコピー</translation></message>
<message><source>Copy the credit for the training drawings</source><translation>学習に使われた絵のクレジットをコピー</translation></message>
<message><source>Copy the path of the picture's file</source><translation>画像ファイルのパスをコピーします</translation></message>
<message><source>Copy the picture for other programs</source><translation>ほかのアプリで使えるように画像をコピー</translation></message>
<message><source>Copy this step as shown</source><translation>このステップを表示どおりにコピー</translation></message>
<message><source>Create</source><translation>作成</translation></message>
<message><source>Dark theme</source><translation>ダークテーマ</translation></message>
<message><source>Delete</source><translation>削除</translation></message>
<message><source>Delete and show the next picture; Ctrl+Z brings it back</source><translation>削除して次の画像を表示（Ctrl+Zで元に戻せます）</translation></message>
<message><source>Delete; Ctrl+Z brings it back</source><translation>削除（Ctrl+Zで元に戻せます）</translation></message>
<message><source>Desktop theme</source><translation>システムのテーマ</translation></message>
<message><source>Detail…</source><translation>ディテール…</translation></message>
<message><source>Does it reproduce?</source><translation>再現性を確認</translation></message>
<message><source>Download a model with all its parts, or resume a download</source><translation>モデルをすべての部品とともにダウンロードするか、ダウンロードを再開します</translation></message>
<message><source>Draw on it</source><translation>上に描く</translation></message>
<message><source>Draw on the picture, which each stroke generates again</source><translation>画像の上に描くと、ストロークごとに再生成されます</translation></message>
<message><source>Draw, and the picture follows each stroke</source><translation>描くと、画像がストロークごとに追従します</translation></message>
<message><source>Duplicate</source><translation>複製</translation></message>
<message><source>Earlier prompt</source><translation>前のプロンプト</translation></message>
<message><source>Edit</source><translation>編集</translation></message>
<message><source>Edit a folder…</source><translation>フォルダーを編集…</translation></message>
<message><source>Edit all pictures of a folder from one prompt, or upscale them</source><translation>フォルダー内の全画像を一つのプロンプトで編集、または拡大</translation></message>
<message><source>Edit its settings; Generate puts it back</source><translation>設定を編集します。「生成」でキューに戻ります</translation></message>
<message><source>Edit picture</source><translation>画像を編集</translation></message>
<message><source>Effect of each word</source><translation>単語ごとの影響</translation></message>
<message><source>Enlarge and refine…</source><translation>拡大して仕上げる…</translation></message>
<message><source>Examples</source><translation>作例</translation></message>
<message><source>Explore pictures near this one</source><translation>この画像に近い画像を探す</translation></message>
<message><source>Export set…</source><translation>セットを書き出し…</translation></message>
<message><source>Export the animation…</source><translation>アニメーションを書き出す…</translation></message>
<message><source>Export…</source><translation>書き出し…</translation></message>
<message><source>Extend</source><translation>拡張</translation></message>
<message><source>Extend the picture in a larger frame</source><translation>画像をより大きな枠に広げる</translation></message>
<message><source>Family</source><translation>系譜</translation></message>
<message><source>Family tree</source><translation>系統樹</translation></message>
<message><source>Fast</source><translation>高速</translation></message>
<message><source>Favourite</source><translation>お気に入り</translation></message>
<message><source>Find any action by name</source><translation>名前で操作を探す</translation></message>
<message><source>Find similar</source><translation>似た画像を探す</translation></message>
<message><source>First step</source><translation>最初のステップ</translation></message>
<message><source>Fit</source><translation>全体表示</translation></message>
<message><source>Fit the picture in the window</source><translation>画像全体をウィンドウに収める</translation></message>
<message><source>Fit the pictures in their places</source><translation>各画像を枠に収める</translation></message>
<message><source>Fix</source><translation>修正</translation></message>
<message><source>Follow a picture…</source><translation>画像に従う…</translation></message>
<message><source>Free memory</source><translation>メモリを解放</translation></message>
<message><source>Gallery</source><translation>ギャラリー</translation></message>
<message><source>Generate</source><translation>生成</translation></message>
<message><source>Generate it again from its file and compare</source><translation>ファイルからもう一度生成して比較</translation></message>
<message><source>Generate what a word describes again at full size, such as a face</source><translation>顔など、言葉が表す部分をフルサイズで再生成します</translation></message>
<message><source>Get a model…</source><translation>モデルを入手…</translation></message>
<message><source>Give back all memory of the models, also on the GPU</source><translation>モデルが使うメモリを GPU も含めてすべて解放します</translation></message>
<message><source>Go to</source><translation>移動</translation></message>
<message><source>Grid over two settings…</source><translation>2つの設定のグリッド…</translation></message>
<message><source>Here</source><translation>この画面</translation></message>
<message><source>Hide or show the side panels; Tab works after a click on the canvas</source><translation>サイドパネルの表示を切り替えます。キャンバスをクリックした後はTabでも操作できます</translation></message>
<message><source>Keep</source><translation>残す</translation></message>
<message><source>Keep as picture</source><translation>画像として保存</translation></message>
<message><source>Keep or delete pictures one by one: the selected ones, or all that are listed</source><translation>画像を1枚ずつ残すか削除するか選びます。対象は選択中の画像、または一覧のすべての画像です</translation></message>
<message><source>Keep the selected while others are made again</source><translation>ほかを作り直しても選択したものを残す</translation></message>
<message><source>Keyboard shortcuts</source><translation>キーボードショートカット</translation></message>
<message><source>Larger brush</source><translation>ブラシを大きく</translation></message>
<message><source>Larger pictures</source><translation>画像を大きく</translation></message>
<message><source>Learn</source><translation>学ぶ</translation></message>
<message><source>Leave the branch</source><translation>ブランチを終了</translation></message>
<message><source>Leave the branch; pictures start from noise again</source><translation>ブランチを終了し、再びノイズから画像を生成</translation></message>
<message><source>Light theme</source><translation>ライトテーマ</translation></message>
<message><source>Live</source><translation>ライブ</translation></message>
<message><source>Lock</source><translation>ロック</translation></message>
<message><source>Make a set of pictures in one style from a list</source><translation>リストから同じスタイルの画像セットを作る</translation></message>
<message><source>Make all waiting pictures on the cluster of the settings</source><translation>待機中の画像をすべて、設定のクラスターで生成</translation></message>
<message><source>Make similar pictures</source><translation>似た画像を作る</translation></message>
<message><source>Make the picture</source><translation>画像を生成</translation></message>
<message><source>Make the remaining steps</source><translation>残りのステップを実行</translation></message>
<message><source>Make the remaining steps with {changes}</source><translation>{changes}で残りのステップを実行</translation></message>
<message><source>Make the selected again, or all that are not locked</source><translation>選択したもの、またはロックされていないものすべてを作り直す</translation></message>
<message><source>Mark as a favourite and show the next picture</source><translation>お気に入りにして次の画像を表示</translation></message>
<message><source>Mark the focused picture, or that in the centre, as a favourite</source><translation>フォーカス中の画像、または中心の画像をお気に入りにする</translation></message>
<message><source>Mark the picture shown as a favourite</source><translation>表示中の画像をお気に入りにする</translation></message>
<message><source>Mask</source><translation>マスク</translation></message>
<message><source>Models</source><translation>モデル</translation></message>
<message><source>Move the keyboard focus to the picture, the list, the top bar and back</source><translation>キーボードの操作先を画像、一覧、上部バーへ順に移す</translation></message>
<message><source>New set</source><translation>新しいセット</translation></message>
<message><source>Newest step</source><translation>最新のステップ</translation></message>
<message><source>Next</source><translation>次へ</translation></message>
<message><source>Next part of the page</source><translation>ページの次の部分</translation></message>
<message><source>Next step</source><translation>次のステップ</translation></message>
<message><source>Next view</source><translation>次の表示</translation></message>
<message><source>Noise</source><translation>ノイズ</translation></message>
<message><source>One file with the pictures and their settings, without links</source><translation>画像と設定をまとめた、リンクのない1つのファイル</translation></message>
<message><source>Open as set</source><translation>セットとして開く</translation></message>
<message><source>Open folder</source><translation>フォルダーを開く</translation></message>
<message><source>Open its folder</source><translation>この画像のフォルダーを開く</translation></message>
<message><source>Open or close the queue</source><translation>キューを開閉</translation></message>
<message><source>Open or close the stack</source><translation>スタックを開閉</translation></message>
<message><source>Paint the part to regenerate</source><translation>再生成する部分を塗る</translation></message>
<message><source>Paste a picture</source><translation>画像を貼り付け</translation></message>
<message><source>Pause</source><translation>一時停止</translation></message>
<message><source>Pause or resume</source><translation>一時停止・再開</translation></message>
<message><source>Pause or resume the queue</source><translation>キューを一時停止・再開</translation></message>
<message><source>Pause or resume this one</source><translation>この項目を一時停止・再開</translation></message>
<message><source>Pictures between two seeds or prompts</source><translation>2つのシードまたはプロンプトの間の画像</translation></message>
<message><source>Play the steps</source><translation>ステップを再生</translation></message>
<message><source>Present the steps</source><translation>ステップを全画面で表示</translation></message>
<message><source>Preset</source><translation>プリセット</translation></message>
<message><source>Presets…</source><translation>プリセット…</translation></message>
<message><source>Previous part of the page</source><translation>ページの前の部分</translation></message>
<message><source>Previous step</source><translation>前のステップ</translation></message>
<message><source>Previous view</source><translation>前の表示</translation></message>
<message><source>Queue</source><translation>キュー</translation></message>
<message><source>Quit</source><translation>終了</translation></message>
<message><source>Recover noise</source><translation>ノイズを復元</translation></message>
<message><source>Recover the noise that leads to this picture, for other words in the same layout</source><translation>この画像になるノイズを復元し、同じ構図で別の言葉を使う</translation></message>
<message><source>Redo</source><translation>やり直す</translation></message>
<message><source>Reject</source><translation>不採用</translation></message>
<message><source>Remove</source><translation>削除</translation></message>
<message><source>Remove all waiting pictures; Undo brings them back</source><translation>待機中の画像をすべて取り除きます。「元に戻す」で復元できます</translation></message>
<message><source>Remove from favourites</source><translation>お気に入りから外す</translation></message>
<message><source>Remove it from the queue</source><translation>キューから取り除く</translation></message>
<message><source>Remove the selected from the set</source><translation>選択した画像をセットから外す</translation></message>
<message><source>Repeat</source><translation>繰り返し</translation></message>
<message><source>Repeat what was undone</source><translation>取り消した操作をやり直します</translation></message>
<message><source>Repeat with the next seeds until stopped</source><translation>停止するまで次のシードで繰り返す</translation></message>
<message><source>Resume</source><translation>再開</translation></message>
<message><source>Reverse the order</source><translation>順序を逆にする</translation></message>
<message><source>Review</source><translation>選別</translation></message>
<message><source>Run the queue on a cluster</source><translation>キューをクラスターで実行</translation></message>
<message><source>Save</source><translation>保存</translation></message>
<message><source>Save animation…</source><translation>アニメーションを保存…</translation></message>
<message><source>Save as WebP, GIF or MP4</source><translation>WebP、GIF、MP4で保存</translation></message>
<message><source>Save as picture</source><translation>画像として保存</translation></message>
<message><source>Save larger, as SVG or as icons</source><translation>拡大、SVG、アイコンとして保存</translation></message>
<message><source>Save the comparison as a notebook</source><translation>比較をノートブックとして保存</translation></message>
<message><source>Save the comparison as a web page</source><translation>比較をWebページとして保存</translation></message>
<message><source>Save the comparison as one labelled picture</source><translation>比較をラベル付きの1枚の画像として保存</translation></message>
<message><source>Save the picture as it is now</source><translation>画像を今の状態で保存</translation></message>
<message><source>Save the prediction of this step in the gallery</source><translation>このステップの予測画像をギャラリーに保存</translation></message>
<message><source>Save the settings under a name, or use saved ones</source><translation>設定に名前を付けて保存、または保存した設定を使う</translation></message>
<message><source>Save the sheet as one labelled picture</source><translation>シートをラベル付きの1枚の画像として保存</translation></message>
<message><source>Save the steps as an animation</source><translation>ステップをアニメーションとして保存</translation></message>
<message><source>Search actions</source><translation>操作を検索</translation></message>
<message><source>Search field</source><translation>検索欄</translation></message>
<message><source>Set</source><translation>セット</translation></message>
<message><source>Setting</source><translation>設定</translation></message>
<message><source>Settings</source><translation>設定</translation></message>
<message><source>Show all pictures of this stack, or only the newest</source><translation>このスタックの画像をすべて表示、または最新のみ表示</translation></message>
<message><source>Show eight others at this distance</source><translation>この距離にある別の8枚を表示</translation></message>
<message><source>Show example prompts</source><translation>プロンプトの作例を表示</translation></message>
<message><source>Show file settings</source><translation>ファイルの設定を表示</translation></message>
<message><source>Show its branches and its parents</source><translation>分岐先と分岐元を表示</translation></message>
<message><source>Show near-identical pictures that follow each other as one</source><translation>連続するほぼ同じ画像を1枚にまとめて表示</translation></message>
<message><source>Show pictures like this one, by their prompts and their looks</source><translation>プロンプトと見た目がこの画像に近い画像を表示</translation></message>
<message><source>Show the formula of this step, its noise levels and its code</source><translation>このステップの式、ノイズレベル、コードを表示</translation></message>
<message><source>Show the grid</source><translation>グリッドを表示</translation></message>
<message><source>Show the next picture</source><translation>次の画像を表示</translation></message>
<message><source>Show the noisy and the predicted picture in full screen</source><translation>ノイズ入りの画像と予測画像を全画面で表示します</translation></message>
<message><source>Show the pictures of a folder without copying them</source><translation>フォルダーの画像をコピーせずに表示します</translation></message>
<message><source>Show this set in the gallery</source><translation>このセットをギャラリーに表示</translation></message>
<message><source>Show which of its settings are used, ignored or unknown</source><translation>使われる設定、無視される設定、不明な設定を表示</translation></message>
<message><source>Shuffle</source><translation>シャッフル</translation></message>
<message><source>Side panels</source><translation>サイドパネル</translation></message>
<message><source>Sketch</source><translation>スケッチ</translation></message>
<message><source>Smaller brush</source><translation>ブラシを小さく</translation></message>
<message><source>Smaller pictures</source><translation>画像を小さく</translation></message>
<message><source>Stacks</source><translation>スタック</translation></message>
<message><source>Start from a picture…</source><translation>画像から開始…</translation></message>
<message><source>Start from the picture on the clipboard</source><translation>クリップボードの画像から開始</translation></message>
<message><source>Start from the picture, repaint a part or a detail of it, or extend it</source><translation>画像から開始、一部やディテールを描き直す、または広げる</translation></message>
<message><source>Start from this</source><translation>この画像から開始</translation></message>
<message><source>Start the next pictures from this one</source><translation>この画像から次の画像を生成</translation></message>
<message><source>Start the next pictures from this step</source><translation>このステップから次の画像を生成</translation></message>
<message><source>Start with an empty sheet; this set stays in the gallery</source><translation>空のシートから始めます。このセットはギャラリーに残ります</translation></message>
<message><source>Steps</source><translation>ステップ</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Stop all running jobs</source><translation>実行中のジョブをすべて停止</translation></message>
<message><source>Stop playing</source><translation>再生を停止</translation></message>
<message><source>Stop what is running after this step</source><translation>実行中の処理をこのステップの後で停止</translation></message>
<message><source>Swap</source><translation>入れ替え</translation></message>
<message><source>Tag</source><translation>タグ</translation></message>
<message><source>Teach a model from your own pictures</source><translation>自分の画像でモデルを学習させる</translation></message>
<message><source>This step, in numbers</source><translation>このステップを数値で</translation></message>
<message><source>Toggle full screen</source><translation>全画面表示の切り替え</translation></message>
<message><source>Train</source><translation>トレーニング</translation></message>
<message><source>Try again</source><translation>再試行</translation></message>
<message><source>Try again with settings that work</source><translation>動作する設定で再試行</translation></message>
<message><source>Undo</source><translation>元に戻す</translation></message>
<message><source>Undo the last action</source><translation>最後の操作を元に戻す</translation></message>
<message><source>Update the picture as you change the prompt and sliders</source><translation>プロンプトやスライダーの変更に合わせて画像を更新</translation></message>
<message><source>Upscale the picture, and let the model refine it in tiles</source><translation>画像を拡大し、モデルがタイルごとに仕上げます</translation></message>
<message><source>Use</source><translation>使う</translation></message>
<message><source>Use a faster version of this model with few steps</source><translation>このモデルの少ないステップで済む高速版を使う</translation></message>
<message><source>Use all settings of this picture</source><translation>この画像の設定をすべて使う</translation></message>
<message><source>Use model files where they are, without copying them</source><translation>モデルファイルをコピーせずにその場所で使う</translation></message>
<message><source>Use settings</source><translation>設定を使う</translation></message>
<message><source>Use the models of another program without copying them</source><translation>ほかのプログラムのモデルをコピーせずに使う</translation></message>
<message><source>Use the settings of the picture shown</source><translation>表示中の画像の設定を使う</translation></message>
<message><source>Vary</source><translation>バリエーション</translation></message>
<message><source>Vary the picture</source><translation>画像のバリエーション</translation></message>
<message><source>Watch samplers on points in the plane</source><translation>平面上の点でサンプラーの動きを見ます</translation></message>
<message><source>Write a folder with its icons for an app or a website</source><translation>アプリやウェブサイト用のアイコンのフォルダーを書き出す</translation></message>
<message><source>Write something else for the selected in the list</source><translation>選択したものの言葉をリストで書き換える</translation></message>
<message><source>adetailer segment face hands fix restore refine inpaint</source><translation>顔 手 修正 ディテール adetailer segment face hands fix restore refine inpaint</translation></message>
<message><source>again repeat</source><translation>再実行 繰り返し</translation></message>
<message><source>album folder group set</source><translation>アルバム フォルダー グループ セット まとめ album folder group set</translation></message>
<message><source>animate preview animation timelapse stop</source><translation>アニメーション プレビュー タイムラプス 停止 animate preview animation timelapse stop</translation></message>
<message><source>at once parallel vram memory together</source><translation>同時 並列 メモリ まとめて at once parallel vram memory together</translation></message>
<message><source>attention maps cross-attention heatmap daam tokens words</source><translation>アテンション 注意 ヒートマップ トークン 単語 attention maps cross-attention heatmap daam tokens words</translation></message>
<message><source>background ground checkerboard transparency dark light</source><translation>背景 市松模様 透過 透明 ダーク ライト background ground checkerboard transparency dark light</translation></message>
<message><source>batch count batch size images amount how many number</source><translation>枚数 バッチ 画像 数 batch count batch size images amount how many number</translation></message>
<message><source>batch directory process inpaint upscale many</source><translation>batch ディレクトリ 一括 バッチ inpaint upscale</translation></message>
<message><source>browser images outputs history</source><translation>一覧 画像 出力 履歴 browser images outputs history</translation></message>
<message><source>cancel abort interrupt</source><translation>キャンセル 中止 中断 cancel abort interrupt</translation></message>
<message><source>cancel all empty</source><translation>キャンセル すべて 空 cancel all empty</translation></message>
<message><source>cfg rescale</source><translation>CFGリスケール cfg rescale</translation></message>
<message><source>cfg scale classifier free guidance scale strictness adherence</source><translation>CFGスケール 強さ 忠実度 cfg scale classifier free guidance scale strictness adherence</translation></message>
<message><source>checkpoint ckpt weights safetensors unet</source><translation>チェックポイント 重み checkpoint ckpt weights safetensors unet</translation></message>
<message><source>checkpoints ckpt lora weights safetensors load install</source><translation>チェックポイント 重み 読み込み 追加 インストール checkpoints ckpt lora weights safetensors load install</translation></message>
<message><source>clear empty</source><translation>クリア 空</translation></message>
<message><source>clip stop at last layers</source><translation>CLIPスキップ 最終層 clip stop at last layers</translation></message>
<message><source>clipboard</source><translation>クリップボード clipboard</translation></message>
<message><source>clipboard file name location folder</source><translation>クリップボード ファイル 名前 場所 フォルダー clipboard file name location folder</translation></message>
<message><source>command palette commands</source><translation>コマンドパレット コマンド command palette commands</translation></message>
<message><source>controlnet control net t2i adapter canny depth pose scribble reference ip-adapter lines image prompt style</source><translation>controlnet t2i adapter scribble コントロールネット canny 深度 depth ポーズ pose 参照 ip-adapter 線 画像プロンプト スタイル</translation></message>
<message><source>creativity variety diversity</source><translation>創造性 多様性 変化 creativity variety diversity</translation></message>
<message><source>cull culling sort rate pick reject slideshow</source><translation>選別 仕分け 整理 評価 採用 不採用 スライドショー cull culling sort rate pick reject slideshow</translation></message>
<message><source>day mode appearance</source><translation>昼 モード 外観 明るい day mode appearance</translation></message>
<message><source>doctor system info diagnostics health version report gpu memory</source><translation>診断 システム情報 状態 バージョン レポート GPU メモリ doctor system info diagnostics health version report gpu memory</translation></message>
<message><source>download hugging face hub url internet flux sdxl install</source><translation>ダウンロード hugging face hub url インターネット flux sdxl インストール</translation></message>
<message><source>exclude avoid unwanted without uncond</source><translation>除外 避ける 不要 なし exclude avoid unwanted without uncond</translation></message>
<message><source>exit close</source><translation>閉じる 終わる exit close</translation></message>
<message><source>export</source><translation>書き出し エクスポート export</translation></message>
<message><source>export html take home</source><translation>書き出し エクスポート HTML 持ち帰る export html take home</translation></message>
<message><source>export ipynb jupyter python take home</source><translation>書き出し エクスポート ノートブック Jupyter Python 持ち帰る export ipynb jupyter python take home</translation></message>
<message><source>film gif mp4 video webp movie</source><translation>動画 ビデオ 映像 film gif mp4 video webp movie</translation></message>
<message><source>find filter</source><translation>探す 絞り込み find filter</translation></message>
<message><source>fixed noise number</source><translation>固定 ノイズ 乱数 数値 fixed noise number</translation></message>
<message><source>fork</source><translation>フォーク 枝分かれ fork</translation></message>
<message><source>formula alpha sigma eta code python norms mathematics</source><translation>式 数式 アルファ シグマ イータ コード ノルム 数学 formula alpha sigma eta code python norms mathematics</translation></message>
<message><source>fp16 fp32 bf16 half float dtype</source><translation>半精度 単精度 fp16 fp32 bf16 half float dtype</translation></message>
<message><source>fullscreen maximise maximize window</source><translation>フルスクリーン 最大化 ウィンドウ fullscreen maximise maximize window</translation></message>
<message><source>gpu cuda cpu mps hardware</source><translation>GPU CPU ハードウェア 計算 gpu cuda cpu mps hardware</translation></message>
<message><source>group collapse expand unstack</source><translation>グループ 折りたたむ 展開 スタック解除 まとめ group collapse expand unstack</translation></message>
<message><source>group duplicates collapse expand series burst</source><translation>グループ 重複 折りたたむ 展開 連続 連写 group duplicates collapse expand series burst</translation></message>
<message><source>help hotkeys keys manual documentation</source><translation>ヘルプ ホットキー キー マニュアル 説明書 help hotkeys keys manual documentation</translation></message>
<message><source>hires fix denoising strength</source><translation>高解像度補助 ノイズ除去強度 hires fix denoising strength</translation></message>
<message><source>hires fix upscale by</source><translation>高解像度補助 拡大 アップスケール hires fix upscale by</translation></message>
<message><source>history last previous recall</source><translation>履歴 前回 以前 呼び戻す</translation></message>
<message><source>ideas inspiration templates sample</source><translation>アイデア ひらめき テンプレート サンプル ideas inspiration templates sample</translation></message>
<message><source>img2img clipboard image</source><translation>クリップボード 画像 img2img clipboard image</translation></message>
<message><source>img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</source><translation>画像から画像 初期画像 読み込み インペイント マスク スケッチ img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</translation></message>
<message><source>img2img image to image i2i init send to</source><translation>画像から画像 初期画像 送る img2img image to image i2i init send to</translation></message>
<message><source>import browse open images output directory path</source><translation>インポート 取り込み 開く 画像 出力 ディレクトリ パス import browse open images output directory path</translation></message>
<message><source>import comfyui a1111 forge directory path checkpoints loras</source><translation>インポート comfyui a1111 forge ディレクトリ パス checkpoints loras</translation></message>
<message><source>import load install open checkpoints lora vae safetensors gguf</source><translation>インポート 読み込む インストール 開く checkpoints lora vae safetensors gguf</translation></message>
<message><source>inpaint inpainting brush edit part retouch</source><translation>インペイント ブラシ 部分編集 修正 レタッチ アウトペイント inpaint inpainting brush edit part retouch</translation></message>
<message><source>interpolate interpolation morph blend travel slerp</source><translation>補間 モーフィング ブレンド 変化 interpolate interpolation morph blend travel slerp</translation></message>
<message><source>interrupt cancel abort skip</source><translation>中断 キャンセル 中止 スキップ interrupt cancel abort skip</translation></message>
<message><source>invert inversion ddim reverse</source><translation>反転 逆変換 インバージョン invert inversion ddim reverse</translation></message>
<message><source>jobs list enqueue pending history</source><translation>ジョブ リスト 待ち 履歴 jobs list enqueue pending history</translation></message>
<message><source>lab plane toy points score course lesson</source><translation>実験 平面 点 スコア 講座 レッスン lab plane toy points score course lesson</translation></message>
<message><source>label keyword</source><translation>ラベル キーワード label keyword</translation></message>
<message><source>like this related duplicates alike meaning semantic</source><translation>似た 類似 関連 重複 同じ 意味 like this related duplicates alike meaning semantic</translation></message>
<message><source>look preset artist lora</source><translation>画風 プリセット 作家 look preset artist lora</translation></message>
<message><source>lora finetune fine-tune dreambooth own style dataset</source><translation>LoRA ファインチューニング 追加学習 画風 スタイル データセット lora finetune fine-tune dreambooth own style dataset</translation></message>
<message><source>metadata png info pnginfo parameters exif workflow read</source><translation>メタデータ 画像情報 パラメーター ワークフロー 読み取り metadata png info pnginfo parameters exif workflow read</translation></message>
<message><source>night mode appearance</source><translation>夜 モード 外観 暗い night mode appearance</translation></message>
<message><source>noising forward diffuse denoise</source><translation>ノイズ付加 拡散 ノイズ除去 noising forward diffuse denoise</translation></message>
<message><source>outpaint outpainting uncrop expand canvas</source><translation>アウトペイント 外側 拡張 キャンバス 広げる outpaint outpainting uncrop expand canvas</translation></message>
<message><source>paint painting canvas scribble doodle live realtime</source><translation>描く ペイント キャンバス 落書き リアルタイム</translation></message>
<message><source>pane panel switch cycle focus region</source><translation>ペイン パネル 切り替え フォーカス 領域</translation></message>
<message><source>parents children history tree lineage</source><translation>親 子 履歴 ツリー 系統 parents children history tree lineage</translation></message>
<message><source>positive text description caption variants dynamic wildcards</source><translation>テキスト 説明 キャプション バリエーション ワイルドカード positive text description caption variants dynamic wildcards</translation></message>
<message><source>preferences options configuration config</source><translation>環境設定 オプション 構成 preferences options configuration config</translation></message>
<message><source>presentation fullscreen slideshow lecture teach beamer projector</source><translation>プレゼン 全画面 スライド 講義 授業 presentation fullscreen slideshow lecture teach beamer projector</translation></message>
<message><source>prompts from file series icons batches</source><translation>プロンプト ファイル シリーズ アイコン バッチ 連作 prompts from file series icons batches</translation></message>
<message><source>random randomize randomise dice roll reroll</source><translation>ランダム 乱数 サイコロ 振り直し random randomize randomise dice roll reroll</translation></message>
<message><source>ray nodes machines distribute remote</source><translation>Ray ノード マシン 分散 リモート ray nodes machines distribute remote</translation></message>
<message><source>realtime real time interactive auto</source><translation>リアルタイム 対話的 自動 realtime real time interactive auto</translation></message>
<message><source>redraw regenerate retry again</source><translation>描き直す 再生成 もう一度</translation></message>
<message><source>refiner switch at</source><translation>リファイナー 切り替え refiner switch at</translation></message>
<message><source>reset clear restore settings</source><translation>リセット クリア 初期化 設定 reset clear restore settings</translation></message>
<message><source>resume continue hold</source><translation>再開 続行 保留 resume continue hold</translation></message>
<message><source>run create draw render invoke imagine txt2img text2image go</source><translation>実行 作成 描く レンダリング txt2img run create draw render invoke imagine txt2img text2image go</translation></message>
<message><source>sampler sampling method solver ksampler</source><translation>サンプラー サンプリング方法 ソルバー sampler sampling method solver ksampler</translation></message>
<message><source>samplers</source><translation>サンプラー samplers</translation></message>
<message><source>sampling steps iterations quality</source><translation>サンプリングステップ 反復 品質 sampling steps iterations quality</translation></message>
<message><source>save image intermediate</source><translation>画像保存 途中 save image intermediate</translation></message>
<message><source>save svg png ico icns sprite assets developer palette colours</source><translation>保存 svg png ico icns スプライト アセット 開発者 パレット 色</translation></message>
<message><source>schedule type scheduler sigmas timesteps noise schedule karras</source><translation>スケジュールタイプ シグマ タイムステップ ノイズスケジュール schedule type scheduler sigmas timesteps noise schedule karras</translation></message>
<message><source>send to txt2img recall remix load parameters workflow</source><translation>送る txt2img 呼び出し 読み込み パラメーター ワークフロー send to txt2img recall remix load parameters workflow</translation></message>
<message><source>side by side difference ab</source><translation>並べて 差分 違い side by side difference ab</translation></message>
<message><source>sketch paint over overpaint canvas</source><translation>スケッチ 加筆 塗り重ね キャンバス</translation></message>
<message><source>star like heart bookmark</source><translation>スター いいね ハート ブックマーク star like heart bookmark</translation></message>
<message><source>strength denoise denoising strength</source><translation>強度 ノイズ除去 ノイズ除去強度 strength denoise denoising strength</translation></message>
<message><source>styles template favourite settings store load save profile</source><translation>スタイル テンプレート お気に入り 設定 保存 読み込み プロファイル styles template favourite settings store load save profile</translation></message>
<message><source>swap replace rename edit</source><translation>入れ替え 置き換え 名前変更 編集</translation></message>
<message><source>system auto appearance</source><translation>システム 自動 外観 system auto appearance</translation></message>
<message><source>take back revert restore</source><translation>取り消し 復元 やり直し take back revert restore</translation></message>
<message><source>tiled diffusion multidiffusion tiles large upscale 4k</source><translation>tiled diffusion multidiffusion タイル 分割 大きい 拡大 4k</translation></message>
<message><source>toggle sidebar focus mode zen distraction</source><translation>サイドバー 切り替え 集中モード toggle sidebar focus mode zen distraction</translation></message>
<message><source>trash bin remove discard</source><translation>ごみ箱 除去 捨てる trash bin remove discard</translation></message>
<message><source>trash delete</source><translation>ごみ箱 削除 trash delete</translation></message>
<message><source>turbo lightning lcm distilled speed</source><translation>高速化 蒸留 速度 turbo lightning lcm distilled speed</translation></message>
<message><source>unload models vram gpu ram release engine restart</source><translation>アンロード モデル vram gpu ram 解放 エンジン 再起動</translation></message>
<message><source>unlock pin freeze</source><translation>ロック解除 ピン 固定</translation></message>
<message><source>upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</source><translation>アップスケール 拡大 高解像度 リサイズ ダウンロード 保存 超解像 透過 upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</translation></message>
<message><source>upscale super resolution large 4k tiled diffusion multidiffusion ultimate</source><translation>拡大 超解像 高解像度 4k tiled diffusion multidiffusion ultimate アップスケール</translation></message>
<message><source>variations variation subseed explore similar</source><translation>バリエーション 変化 探索 類似 variations variation subseed explore similar</translation></message>
<message><source>verify same check again</source><translation>検証 同じ 確認 もう一度 verify same check again</translation></message>
<message><source>width height resolution dimensions aspect ratio</source><translation>幅 高さ 解像度 寸法 縦横比 アスペクト比 width height resolution dimensions aspect ratio</translation></message>
<message><source>xyz plot xy matrix x/y/z prompt matrix</source><translation>XYZプロット マトリックス xyz plot xy matrix x/y/z prompt matrix</translation></message>
<message><source>zoom whole</source><translation>ズーム 全体 zoom whole</translation></message>
</context>
<context>
<name>Application</name>
<message><source>Opening pictures from outside does not work</source><translation>外部からの画像を開けません</translation></message>
</context>
<context>
<name>AxisEdit</name>
<message><source>None</source><translation>なし</translation></message>
<message><source>Setting {direction}</source><translation>{direction}の設定</translation></message>
<message><source>Such as {example}</source><translation>例: {example}</translation></message>
<message><source>The setting that the grid varies {direction}</source><translation>グリッドで{direction}に変化させる設定</translation></message>
<message><source>Tick the values to compare</source><translation>比較する値を選択</translation></message>
<message><source>Values {direction}</source><translation>{direction}の値</translation></message>
<message><source>{example}; the others replace the first, which is in the prompt</source><translation>{example}。最初の値（プロンプト内の語句）を残りの値で置き換えます</translation></message>
</context>
<context>
<name>Backlog</name>
<message><source>{error} The run continues, but would be lost in a crash.</source><translation>{error} 生成は続きますが、クラッシュすると失われます。</translation></message>
</context>
<context>
<name>BoardCollection</name>
<message><source>in the gallery as “{name}”</source><translation>ギャラリーに「{name}」として保存済み</translation></message>
</context>
<context>
<name>BoardHeader</name>
<message><source>Back to the picture; jobs continue</source><translation>画像に戻る（ジョブは続きます）</translation></message>
</context>
<context>
<name>BoardRunner</name>
<message><source>waits for the run</source><translation>生成の終了を待っています</translation></message>
<message><source>waits until a picture can be saved</source><translation>画像を保存できるようになるのを待っています</translation></message>
<message><source>waits while the run is paused</source><translation>生成が一時停止中のため待っています</translation></message>
<message><source>{finished} of {total}</source><translation>{finished}/{total}</translation></message>
</context>
<context>
<name>BoardView</name>
<message><source>Make the missing pictures on the cluster of the settings</source><translation>未生成の画像を設定のクラスターで生成</translation></message>
<message><source>Run on a cluster</source><translation>クラスターで実行</translation></message>
<message><source>Wait until the pictures are made, or stop making them.</source><translation>画像ができるまで待つか、停止してください。</translation></message>
</context>
<context>
<name>Boards</name>
<message><source>Leave the set with {keys} first.</source><translation>先に {keys} でセットを終了します。</translation></message>
<message><source>Started from noise, without the branch</source><translation>分岐を使わず、ノイズから始めました</translation></message>
<message><source>The picture may look different from its branch.</source><translation>画像は分岐したものと異なることがあります。</translation></message>
<message><source>{model} is not installed</source><translation>{model}がインストールされていません</translation></message>
<message><source>{model} is used instead.</source><translation>代わりに{model}を使います。</translation></message>
</context>
<context>
<name>BranchController</name>
<message><source>A branch shares this with its picture; press × below to leave the branch and change it</source><translation>ブランチは元の画像とこの設定を共有します。変更するには下の×でブランチを終了してください</translation></message>
<message><source>Branch from step {step} of {subject}</source><translation>{subject}のステップ{step}から分岐</translation></message>
<message><source>Change a setting for another one, or leave the branch with ×.</source><translation>別のブランチを作るには設定を変更するか、×でブランチを終了します。</translation></message>
<message><source>Changed</source><translation>変更</translation></message>
<message><source>Continue from step {step} with the settings above</source><translation>上の設定でステップ{step}から続行</translation></message>
<message><source>Continues step {step} of {subject}</source><translation>{subject}のステップ{step}から続行</translation></message>
<message><source>Generate branch</source><translation>ブランチを生成</translation></message>
<message><source>Nothing is changed yet</source><translation>まだ何も変更していません</translation></message>
<message numerus="yes"><source>Only %n step(s) left: the picture will hardly change</source><translation>
<numerusform>残り%nステップのみ：画像はほとんど変わりません</numerusform>
</translation></message>
<message><source>Put {model} into the models folder to branch from it.</source><translation>ここから分岐するには、{model}をモデルフォルダーに入れてください。</translation></message>
<message><source>The branch would be the same picture. Change a setting, or leave the branch with ×.</source><translation>このままでは同じ画像になります。設定を変えるか、×でブランチを終了してください。</translation></message>
<message><source>The model of this picture is missing</source><translation>この画像のモデルがありません</translation></message>
<message><source>This branch is made already</source><translation>このブランチはすでに作成済みです</translation></message>
<message><source>This branch is queued already</source><translation>このブランチはすでにキューにあります</translation></message>
<message><source>a picture without a prompt</source><translation>プロンプトのない画像</translation></message>
</context>
<context>
<name>Canvas</name>
<message><source>Picture</source><translation>画像</translation></message>
<message><source>{width} by {height} pixels</source><translation>{width} × {height}ピクセル</translation></message>
</context>
<context>
<name>CanvasBar</name>
<message><source>Continue</source><translation>続行</translation></message>
<message><source>Fit</source><translation>全体表示</translation></message>
<message><source>Pause</source><translation>一時停止</translation></message>
<message><source>Pause after this step</source><translation>このステップの後で一時停止</translation></message>
<message><source>Show all views: noise, difference, both</source><translation>すべての表示を出す: ノイズ、差分、両方</translation></message>
<message><source>Show only the current view</source><translation>今の表示だけを出す</translation></message>
<message><source>Toolbar of the picture</source><translation>画像のツールバー</translation></message>
<message><source>View mode</source><translation>表示モード</translation></message>
<message><source>Words</source><translation>単語</translation></message>
</context>
<context>
<name>CanvasColourButton</name>
<message><source>Custom colour…</source><translation>カスタムカラー…</translation></message>
</context>
<context>
<name>CanvasPanel</name>
<message><source>Paused</source><translation>一時停止中</translation></message>
<message><source>Picture area</source><translation>画像の領域</translation></message>
<message><source>Step {number}</source><translation>ステップ {number}</translation></message>
<message><source>at step {number} of {steps}</source><translation>ステップ {number}/{steps}</translation></message>
<message><source>of {steps}</source><translation>/ {steps}</translation></message>
<message><source>{milliseconds} ms a step</source><translation>{milliseconds} ms/ステップ</translation></message>
</context>
<context>
<name>Capabilities</name>
<message><source>All {count} have the hashes they were installed with.</source><translation>{count}個すべてが、インストール時のハッシュと一致しています。</translation></message>
<message><source>Allowed. While a model that you chose is downloaded, a separate process connects to huggingface.co or to the address that you entered.</source><translation>許可されています。選んだモデルのダウンロード中は、専用のプロセスが huggingface.co または入力したアドレスに接続します。</translation></message>
<message><source>Downloads</source><translation>ダウンロード</translation></message>
<message><source>Files that differ from what was installed: {different}. Reinstall the program.</source><translation>インストール時と異なるファイル: {different}個。プログラムを再インストールしてください。</translation></message>
<message><source>Model files</source><translation>モデルファイル</translation></message>
<message><source>Network</source><translation>ネットワーク</translation></message>
<message><source>None. The program runs its own code and that of its listed packages.</source><translation>なし。実行するのは、プログラム自身と、一覧にあるパッケージのコードだけです。</translation></message>
<message><source>Not used. The program opens no connection unless you add other computers, start its server or download a model.</source><translation>使いません。ほかのコンピューターの追加、サーバーの起動、モデルのダウンロードをしない限り、接続は開きません。</translation></message>
<message><source>Off. No model is downloaded.</source><translation>オフ。モデルはダウンロードされません。</translation></message>
<message><source>Plugins</source><translation>プラグイン</translation></message>
<message><source>Program files</source><translation>プログラムファイル</translation></message>
<message><source>Read as numbers and text. Code in a model file is never run.</source><translation>数値とテキストとして読み込みます。モデルファイル内のコードは決して実行しません。</translation></message>
<message><source>This is a source tree, which has no list of hashes.</source><translation>これはソースツリーなので、ハッシュの一覧がありません。</translation></message>
<message><source>Used by ssh or Ray for {hosts}, only while you generate there. No other connection is opened, except for downloads.</source><translation>{hosts} での生成中だけ、ssh または Ray が使います。ダウンロードのほかに接続は開きません。</translation></message>
</context>
<context>
<name>Catalogue</name>
<message><source>Better drafts than SD-Turbo in a few steps, for 8 GB of memory.</source><translation>数ステップで SD-Turbo より良い下書き。メモリ 8 GB 向け。</translation></message>
<message><source>Commercial use depends on the terms of the licence; read them first.</source><translation>商用利用はライセンスの条件によります。先に読んでください。</translation></message>
<message><source>Commercial use is allowed.</source><translation>商用利用は許可されています。</translation></message>
<message><source>Commercial use is allowed; the licence forbids some uses, such as deceiving or harming people.</source><translation>商用利用は許可されていますが、人を欺く、害するなどの用途はライセンスで禁じられています。</translation></message>
<message><source>Commercial use is free up to a yearly revenue of 1 million US dollars, under the licence's terms.</source><translation>商用利用は、ライセンスの条件のもとで年間収益 100 万米ドルまで無料です。</translation></message>
<message><source>Detailed images in 4 steps, from one file in fp8.</source><translation>4 ステップで細密な画像。fp8 の 1 ファイル。</translation></message>
<message><source>Fast images in 4 steps, and editing with up to four reference images.</source><translation>4 ステップで速く、参照画像 4 枚までの編集もできます。</translation></message>
<message><source>Large images with natural colours, in 8 steps and fp8.</source><translation>自然な色の大きな画像を 8 ステップで。fp8。</translation></message>
<message><source>Larger images, with many LoRAs, ControlNets and fine-tuned models.</source><translation>より大きな画像。LoRA、ControlNet、微調整モデルが豊富です。</translation></message>
<message><source>Long prompts and text in images, in fp8; the slowest here.</source><translation>長いプロンプトと画像内の文字。fp8。ここでは最も遅いモデルです。</translation></message>
<message><source>Many styles, with a negative prompt and guidance; slow.</source><translation>多くの画風。ネガティブプロンプトとガイダンスあり。低速です。</translation></message>
<message><source>Photographs and text in images, in 8 steps.</source><translation>写真と画像内の文字を 8 ステップで。</translation></message>
<message><source>Quick drafts at 512 × 512 in a few steps, also on a CPU.</source><translation>512 × 512 の下書きを数ステップで。CPU でも使えます。</translation></message>
<message><source>Small, with the largest choice of LoRAs, ControlNets and fine-tuned models.</source><translation>小型で、LoRA、ControlNet、微調整モデルが最も豊富です。</translation></message>
<message><source>The smallest of the larger models, with a negative prompt and guidance.</source><translation>大型モデルの中で最小。ネガティブプロンプトとガイダンスあり。</translation></message>
</context>
<context>
<name>Cell</name>
<message><source>Use {picture}</source><translation>{picture}を使う</translation></message>
</context>
<context>
<name>ChangedSettings</name>
<message><source>Draw each picture with another seed again</source><translation>画像ごとに別のシードで描く</translation></message>
<message><source>Sets and drafts use this faster version of the model, with few steps. Click to use the full model.</source><translation>セットと下書きは、ステップの少ないこの高速版のモデルを使います。クリックすると完全なモデルに戻ります。</translation></message>
<message><source>{setting}: back to the model's default</source><translation>{setting}: モデルの既定値に戻す</translation></message>
</context>
<context>
<name>Changes</name>
<message><source>Change the prompt or guidance</source><translation>プロンプトかガイダンスを変更してください</translation></message>
<message><source>seed of later noise</source><translation>以降のノイズのシード</translation></message>
</context>
<context>
<name>Collapsible</name>
<message><source>Hide: {section}</source><translation>隠す: {section}</translation></message>
<message><source>Show: {section}</source><translation>表示: {section}</translation></message>
</context>
<context>
<name>Combo</name>
<message><source>All {count}…</source><translation>すべて（{count}）…</translation></message>
</context>
<context>
<name>Commands</name>
<message><source>A set has no single picture. Leave the set first.</source><translation>セットには単独の画像がありません。先にセットを終了してください。</translation></message>
<message><source>Click a picture first.</source><translation>先に画像をクリックしてください。</translation></message>
<message><source>Generate or choose a picture first.</source><translation>先に画像を生成するか選択してください。</translation></message>
<message><source>Only models with a ControlNet or with references follow pictures.</source><translation>ControlNet か参照画像を使うモデルだけが画像に従います。</translation></message>
<message><source>Select a picture first.</source><translation>先に画像を選んでください。</translation></message>
<message><source>Settings reset to the model's defaults</source><translation>設定をモデルの既定値に戻しました</translation></message>
<message><source>The selected model and pictures do not use it.</source><translation>選択したモデルと画像では使われません。</translation></message>
<message><source>The selected model cannot start from a picture.</source><translation>選択したモデルは画像から開始できません。</translation></message>
<message><source>{keys} shows what can be done here.</source><translation>{keys} で、ここでできることを表示します。</translation></message>
<message><source>“{action}” cannot be used now</source><translation>「{action}」は今は使えません</translation></message>
</context>
<context>
<name>CompareController</name>
<message><source>Comparison</source><translation>比較</translation></message>
<message><source>Comparison cleared</source><translation>比較をクリアしました</translation></message>
<message><source>Comparison saved</source><translation>比較を保存しました</translation></message>
<message><source>Left out: {files}.</source><translation>除外: {files}。</translation></message>
<message><source>Only the first {count} are shown.</source><translation>最初の{count}枚だけを表示します。</translation></message>
<message><source>Pictures ({suffixes})</source><translation>画像 ({suffixes})</translation></message>
<message><source>Pictures to compare</source><translation>比較する画像</translation></message>
<message><source>Some files cannot be read</source><translation>一部のファイルを読み込めません</translation></message>
<message><source>Too many pictures to compare</source><translation>比較する画像が多すぎます</translation></message>
<message><source>Web page of the comparison</source><translation>比較のWebページ</translation></message>
<message><source>{file} is in your pictures folder.</source><translation>{file}は画像フォルダーにあります。</translation></message>
<message><source>{picture} removed from the comparison</source><translation>{picture}を比較から外しました</translation></message>
<message><source>{picture}: step {step}</source><translation>{picture}: ステップ{step}</translation></message>
</context>
<context>
<name>ComparePage</name>
<message><source>Add another picture to compare: drop it here, or press Add.</source><translation>比較する画像をもう1枚追加: ここにドロップするか「追加」を押してください。</translation></message>
<message><source>All pictures beside each other</source><translation>すべての画像を横に並べます</translation></message>
<message><source>Black where both are equal</source><translation>一致する部分は黒になります</translation></message>
<message><source>Difference</source><translation>差分</translation></message>
<message><source>Drop picture files here, or choose them below.</source><translation>画像ファイルをここにドロップするか、下から選んでください。</translation></message>
<message><source>Flicker</source><translation>切り替え</translation></message>
<message><source>In the gallery, select two or more and press Compare.</source><translation>ギャラリーで2枚以上を選び、「比較」を押します。</translation></message>
<message><source>Mode of comparison</source><translation>比較モード</translation></message>
<message><source>Needs exactly two pictures</source><translation>ちょうど2枚の画像が必要です</translation></message>
<message><source>On the strip of steps, right-click a step and compare it with the final picture.</source><translation>ステップの帯でステップを右クリックし、完成画像と比較します。</translation></message>
<message><source>One after the other in one place; Space pauses, ← → switch</source><translation>同じ場所に順に表示します。Spaceで一時停止、← →で切り替え</translation></message>
<message><source>One over the other; drag the line, or use ← →</source><translation>重ねて表示します。線をドラッグするか← →を使います</translation></message>
<message><source>Side by side</source><translation>並べて表示</translation></message>
<message><source>Slider</source><translation>スライダー</translation></message>
<message><source>{percent} %</source><translation>{percent} %</translation></message>
</context>
<context>
<name>Completions</name>
<message><source>Completions</source><translation>補完候補</translation></message>
<message><source>Press Enter or Tab to use one</source><translation>EnterまたはTabで確定</translation></message>
<message><source>embedding</source><translation>エンベディング</translation></message>
<message><source>used before</source><translation>使用済み</translation></message>
</context>
<context>
<name>Conditions</name>
<message><source>Any</source><translation>指定なし</translation></message>
<message><source>Control</source><translation>コントロール</translation></message>
<message><source>Interpolation</source><translation>補間</translation></message>
<message><source>No network; quick and soft</source><translation>ネットワークなし。高速で柔らか</translation></message>
<message><source>References</source><translation>参照画像</translation></message>
</context>
<context>
<name>ControlImageList</name>
<message><source> or </source><translation> または </translation></message>
<message><source>A control image ({kinds}) to follow; it can be dropped here</source><translation>コントロール画像（{kinds}）。ここにドロップもできます</translation></message>
<message><source>A picture that the model sees; it can be dropped here</source><translation>モデルに見せる画像。ここにドロップもできます</translation></message>
<message><source>A picture to follow</source><translation>生成を誘導するコントロール画像</translation></message>
<message><source>Follow a picture…</source><translation>コントロール画像…</translation></message>
<message><source>Reference ({count} of {most})…</source><translation>参照画像（{count}/{most}）…</translation></message>
<message><source>Remove all</source><translation>すべて外す</translation></message>
</context>
<context>
<name>ControlImageRow</name>
<message><source>From</source><translation>開始</translation></message>
<message><source>How closely it is followed: 0 not at all</source><translation>従う強さ。0ではまったく従いません</translation></message>
<message><source>Image prompt</source><translation>画像プロンプト</translation></message>
<message><source>Kind of control image</source><translation>コントロール画像の種類</translation></message>
<message><source>Move up</source><translation>上へ移動</translation></message>
<message><source>Part of the steps after which it ends</source><translation>この割合のステップを終えると作用しなくなります</translation></message>
<message><source>Part of the steps before it acts</source><translation>この割合のステップを終えると作用し始めます</translation></message>
<message><source>Picture {number}</source><translation>画像{number}</translation></message>
<message><source>Preprocessor</source><translation>プリプロセッサー</translation></message>
<message><source>Stop following this picture</source><translation>このコントロール画像を外す</translation></message>
<message><source>The next pictures show what this one shows, or have its style</source><translation>次の画像は、この画像の内容やスタイルを受け継ぎます</translation></message>
<message><source>To</source><translation>終了</translation></message>
<message><source>Weight</source><translation>重み</translation></message>
<message><source>What is done to the picture before the model sees it</source><translation>モデルに渡す前に画像に行う処理</translation></message>
<message><source>What the model is given</source><translation>モデルに渡される画像</translation></message>
<message><source>What the picture shows the model</source><translation>この画像がモデルに示すもの</translation></message>
</context>
<context>
<name>ControlImages</name>
<message><source>About the control image</source><translation>コントロール画像について</translation></message>
<message><source>Follow a picture</source><translation>コントロール画像を選択</translation></message>
</context>
<context>
<name>Controls</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n枚</numerusform>
</translation></message>
<message><source>The model that generates the picture; the Models page tells more</source><translation>画像を生成するモデル。詳しくは「モデル」ページを参照</translation></message>
<message><source>With parts of {files}</source><translation>{files} の部品を使用</translation></message>
<message><source>the picture had {value}</source><translation>画像の値: {value}</translation></message>
<message><source>{value} in a new set</source><translation>新しいセットでは{value}</translation></message>
</context>
<context>
<name>CreatePage</name>
<message><source>Width of the picture list</source><translation>画像一覧の幅</translation></message>
<message><source>Width of the settings</source><translation>設定の幅</translation></message>
<message><source>Your picture will appear here</source><translation>ここに画像が表示されます</translation></message>
<message><source>{sentence} Press Generate, or choose an example.</source><translation>{sentence}「生成」を押すか、作例を選んでください。</translation></message>
<message><source>{sentence} Press Generate.</source><translation>{sentence}「生成」を押してください。</translation></message>
</context>
<context>
<name>Density</name>
<message><source>Checkerboard</source><translation>市松模様</translation></message>
<message><source>Letters</source><translation>文字</translation></message>
<message><source>Moons</source><translation>三日月</translation></message>
<message><source>Ring</source><translation>リング</translation></message>
<message><source>Spiral</source><translation>らせん</translation></message>
<message><source>Two modes</source><translation>2つの山</translation></message>
</context>
<context>
<name>Detail</name>
<message><source>It stays as it is. Try another word.</source><translation>画像はそのままです。別の言葉を試してください。</translation></message>
<message><source>Looking for “{word}”</source><translation>「{word}」を探しています</translation></message>
<message><source>There is no “{word}” in the picture</source><translation>画像に「{word}」はありません</translation></message>
</context>
<context>
<name>DetailPopup</name>
<message><source>Detail</source><translation>再生成</translation></message>
<message><source>Detail “{word}”</source><translation>「{word}」を再生成</translation></message>
<message><source>Find the word and generate it again</source><translation>言葉が表す部分を見つけて再生成します</translation></message>
<message><source>Prompt</source><translation>プロンプト</translation></message>
<message><source>Prompt, or empty for the word</source><translation>プロンプト（空なら言葉）</translation></message>
<message><source>What the word describes is generated again at full size. All other pixels stay.</source><translation>言葉が表す部分をフルサイズで再生成します。ほかのピクセルはそのままです。</translation></message>
<message><source>Word</source><translation>言葉</translation></message>
<message><source>Word, such as face</source><translation>言葉（例: 顔）</translation></message>
</context>
<context>
<name>Details</name>
<message><source>About the system</source><translation>手法について</translation></message>
<message><source>Basis of</source><translation>派生した手法</translation></message>
<message><source>Builds on</source><translation>基になった手法</translation></message>
<message><source>Claim</source><translation>主張</translation></message>
<message><source>Copy the command</source><translation>コマンドをコピー</translation></message>
<message><source>Generate pictures with it</source><translation>このモデルで画像を生成</translation></message>
<message><source>Generate points with it</source><translation>このモデルで点を生成</translation></message>
<message><source>It starts with</source><translation>初期状態</translation></message>
<message><source>Its loss</source><translation>損失</translation></message>
<message><source>More actions</source><translation>その他の操作</translation></message>
<message><source>Result</source><translation>結果</translation></message>
<message><source>The claim also restricts</source><translation>主張のその他の制限</translation></message>
<message><source>The mathematics</source><translation>数式</translation></message>
<message><source>Try it</source><translation>試す</translation></message>
<message><source>Weights</source><translation>重み</translation></message>
<message><source>What a step does</source><translation>1ステップの処理</translation></message>
<message><source>What is learned</source><translation>学習対象</translation></message>
</context>
<context>
<name>DetailsPanel</name>
<message><source>Edited from</source><translation>編集元</translation></message>
<message><source>Its file</source><translation>ファイル</translation></message>
<message><source>Reproducibility</source><translation>再現性</translation></message>
<message><source>Select a picture to see how it was made.</source><translation>画像を選ぶと、作り方が表示されます。</translation></message>
<message><source>Show the picture as it was generated</source><translation>生成時の画像を表示</translation></message>
<message><source>check</source><translation>確認</translation></message>
<message><source>details</source><translation>詳細</translation></message>
</context>
<context>
<name>Device</name>
<message numerus="yes"><source>CPU · %n thread(s)</source><translation>
<numerusform>CPU · %n スレッド</numerusform>
</translation></message>
</context>
<context>
<name>Diagnosis</name>
<message><source>Broken: captions have no effect. Check that they belong to their images.</source><translation>異常：キャプションが効いていません。画像と合っているか確認してください。</translation></message>
<message><source>Broken: numbers overflow. Train in fp32, or at a lower rate.</source><translation>異常：数値があふれています。fp32 か、より小さい学習率で訓練してください。</translation></message>
<message><source>Broken: predicted images are too bright or too dark. Check the range of the data.</source><translation>異常：予測画像が明るすぎるか、暗すぎます。データの値の範囲を確認してください。</translation></message>
<message><source>Broken: the data has {spread} times the spread that the model expects.</source><translation>異常：データのばらつきが、モデルの想定の {spread} 倍です。</translation></message>
<message><source>Broken: the error rises below σ = {ratio}.</source><translation>異常：σ = {ratio} より下で誤差が増えています。</translation></message>
<message><source>Broken: the images have more noise than the network is told.</source><translation>異常：画像のノイズが、ネットワークに伝えた量より多くなっています。</translation></message>
<message><source>Broken: the loss jumps or does not fall. Lower the learning rate.</source><translation>異常：損失が跳ねるか、下がりません。学習率を下げてください。</translation></message>
<message><source>Broken: the network is no better than an untrained one. Check its targets, or raise the learning rate.</source><translation>異常：ネットワークが訓練前より良くなっていません。目標を確認するか、学習率を上げてください。</translation></message>
<message><source>Broken: the network learns another target than the sampler uses.</source><translation>異常：ネットワークの学習目標が、サンプラーの使うものと違います。</translation></message>
<message><source>Broken: the weights grow too fast. Lower the learning rate.</source><translation>異常：重みの増え方が速すぎます。学習率を下げてください。</translation></message>
<message><source>Broken: {layer} has not changed since the start.</source><translation>異常：{layer} が開始時から変わっていません。</translation></message>
<message><source>It is copying: stop, or add images.</source><translation>丸写しになっています。停止するか、画像を追加してください。</translation></message>
<message><source>It is too early to tell what is learned.</source><translation>何が学習されたかを判断するにはまだ早すぎます。</translation></message>
<message><source>Layout and details are learned; {percent} % of what this data allows.</source><translation>構図も細部も学習されました。このデータで可能な範囲の {percent} %。</translation></message>
<message><source>Layout is learned down to σ = {ratio}; details are not; {percent} % of what this data allows.</source><translation>構図は σ = {ratio} まで学習されましたが、細部はまだです。このデータで可能な範囲の {percent} %。</translation></message>
<message><source>Layout is not learned yet; {percent} % of what this data allows.</source><translation>構図はまだ学習されていません。このデータで可能な範囲の {percent} %。</translation></message>
<message><source>The training was too short to tell what was learned.</source><translation>学習が短すぎて、何を学んだか判断できません。</translation></message>
<message><source>The weights are not averaged: images will vary from step to step.</source><translation>重みが平均されていません。画像がステップごとに変わります。</translation></message>
</context>
<context>
<name>Difference</name>
<message><source>the same, pixel for pixel</source><translation>全ピクセル一致</translation></message>
<message><source>{numbers}, shown × {gain}</source><translation>{numbers}、{gain}倍で表示</translation></message>
<message><source>{share} % of the pixels, {mean} of 255 on average</source><translation>ピクセルの{share} %、平均差{mean}/255</translation></message>
</context>
<context>
<name>DistanceChart</name>
<message><source>Distance from the true distribution</source><translation>真の分布からの距離</translation></message>
<message><source>Two true samples</source><translation>真の標本どうし</translation></message>
<message><source>distance from the truth · evaluations of the denoiser</source><translation>真の分布との距離 · デノイザーの評価回数</translation></message>
</context>
<context>
<name>Doctor</name>
<message><source>1 image, index damaged</source><translation>画像1枚、インデックスが破損</translation></message>
<message><source>1 image, index sound</source><translation>画像1枚、インデックスは正常</translation></message>
<message><source>Allow reading it, or start the program as its owner.</source><translation>読み取りを許可するか、所有者としてプログラムを起動してください。</translation></message>
<message><source>Allow writing there, or choose another folder.</source><translation>書き込みを許可するか、別のフォルダーを選んでください。</translation></message>
<message><source>Cache folder</source><translation>キャッシュフォルダー</translation></message>
<message><source>Check that its disk is connected and not full.</source><translation>ディスクが接続されていて、満杯でないことを確認してください。</translation></message>
<message><source>Choose another device in the settings; until then the fastest is used.</source><translation>設定で別のデバイスを選んでください。それまでは最も速いデバイスを使います。</translation></message>
<message><source>Chosen device</source><translation>選択したデバイス</translation></message>
<message><source>Close other programs during a run, or choose smaller models.</source><translation>生成中はほかのプログラムを閉じるか、小さいモデルを選んでください。</translation></message>
<message><source>Connect its disk, or choose another folder in the settings.</source><translation>ディスクを接続するか、設定で別のフォルダーを選んでください。</translation></message>
<message><source>Connect its disk, or remove it in the settings.</source><translation>ディスクを接続するか、設定から削除してください。</translation></message>
<message><source>Crashes</source><translation>クラッシュ</translation></message>
<message><source>Data folder</source><translation>データフォルダー</translation></message>
<message><source>Device {number}</source><translation>デバイス {number}</translation></message>
<message><source>Devices</source><translation>デバイス</translation></message>
<message><source>Error</source><translation>エラー</translation></message>
<message><source>Errors</source><translation>エラー</translation></message>
<message><source>Free some space on this disk.</source><translation>このディスクの空き容量を増やしてください。</translation></message>
<message><source>Gallery</source><translation>ギャラリー</translation></message>
<message><source>Install it with  {command}  if you want it.</source><translation>必要なら次のコマンドでインストールしてください：{command}</translation></message>
<message><source>Last crash</source><translation>最後のクラッシュ</translation></message>
<message><source>Memory</source><translation>メモリ</translation></message>
<message><source>Model file</source><translation>モデルファイル</translation></message>
<message><source>Model folder</source><translation>モデルフォルダー</translation></message>
<message><source>Models</source><translation>モデル</translation></message>
<message><source>Pictures folder</source><translation>画像フォルダー</translation></message>
<message><source>Presets</source><translation>プリセット</translation></message>
<message><source>Processor</source><translation>プロセッサー</translation></message>
<message><source>Recorded steps</source><translation>保存されたステップ</translation></message>
<message><source>Reinstall the program, or put a model into the models folder.</source><translation>プログラムを再インストールするか、モデルフォルダーにモデルを入れてください。</translation></message>
<message><source>Reinstall the program.</source><translation>プログラムを再インストールしてください。</translation></message>
<message><source>Report it to the developers, with this report.</source><translation>このレポートを添えて開発者に報告してください。</translation></message>
<message><source>Report it to the developers, with {file}.</source><translation>{file} を添えて開発者に報告してください。</translation></message>
<message><source>Run `{command} gallery rebuild`; it does not change the images.</source><translation>`{command} gallery rebuild` を実行してください。画像は変わりません。</translation></message>
<message><source>System</source><translation>システム</translation></message>
<message><source>Try again in a moment.</source><translation>少し待ってからもう一度お試しください。</translation></message>
<message><source>Use the newest version of the program on this computer.</source><translation>このコンピューターにある最新バージョンのプログラムを使ってください。</translation></message>
<message><source>Wildcards</source><translation>ワイルドカード</translation></message>
<message><source>cannot be opened</source><translation>開けません</translation></message>
<message><source>its index cannot be checked now</source><translation>インデックスを今は確認できません</translation></message>
<message><source>its index cannot be read</source><translation>インデックスを読み込めません</translation></message>
<message><source>its index is in use by another program</source><translation>インデックスはほかのプログラムが使用中です</translation></message>
<message><source>its index is of a newer version</source><translation>インデックスは新しいバージョンのものです</translation></message>
<message><source>none</source><translation>なし</translation></message>
<message><source>none recorded in {folder}</source><translation>{folder} に記録はありません</translation></message>
<message><source>none so far</source><translation>これまでなし</translation></message>
<message><source>not in this bundle, which saves films as GIF or WebP</source><translation>この配布版には含まれません。映像は GIF か WebP で保存されます</translation></message>
<message><source>not installed</source><translation>インストールされていません</translation></message>
<message><source>not installed; needed for saving films as MP4</source><translation>インストールされていません。動画を MP4 で保存するために必要です</translation></message>
<message><source>this user may not read its index</source><translation>このユーザーにはインデックスの読み取りが許可されていません</translation></message>
<message><source>torch cannot be loaded ({error})</source><translation>torch を読み込めません（{error}）</translation></message>
<message><source>{count} images, index damaged</source><translation>画像{count}枚、インデックスが破損</translation></message>
<message><source>{count} images, index sound</source><translation>画像{count}枚、インデックスは正常</translation></message>
<message><source>{count} threads</source><translation>{count} スレッド</translation></message>
<message><source>{device} is missing</source><translation>{device} がありません</translation></message>
<message><source>{folder}, {size} free</source><translation>{folder}、空き {size}</translation></message>
<message><source>{folder}: cannot be written to</source><translation>{folder}：書き込めません</translation></message>
<message><source>{folder}: missing</source><translation>{folder}：見つかりません</translation></message>
<message><source>{path} cannot be used</source><translation>{path} は使えません</translation></message>
<message><source>{shipped} built in, {own} of your own</source><translation>内蔵 {shipped}、自分のもの {own}</translation></message>
<message><source>{shipped} built in, {own} of your own; LoRAs, VAEs and other parts of your own: {added}</source><translation>内蔵 {shipped}、自分のもの {own}。自分の LoRA、VAE、その他の部品：{added}</translation></message>
<message><source>{version}, for saving films as MP4</source><translation>{version}、動画を MP4 で保存するため</translation></message>
</context>
<context>
<name>DownloadDialog</name>
<message numerus="yes"><source>%n file(s)</source><translation>
<numerusform>%n 個のファイル</numerusform>
</translation></message>
<message><source>A model on huggingface.co, or an https address that ends in .safetensors, .gguf or .ckpt</source><translation>huggingface.co のモデル、または .safetensors、.gguf、.ckpt で終わる https アドレス</translation></message>
<message><source>A picture with it</source><translation>1 枚の画像</translation></message>
<message><source>Added: {names}.</source><translation>追加しました: {names}。</translation></message>
<message><source>All of it was here already.</source><translation>すべて手元にありました。</translation></message>
<message><source>Allow downloads</source><translation>ダウンロードを許可</translation></message>
<message><source>Another model</source><translation>別のモデル</translation></message>
<message><source>Cancel</source><translation>キャンセル</translation></message>
<message><source>Cancelled. What has arrived is kept; a new start resumes it.</source><translation>キャンセルしました。届いた分は残り、次の開始で再開します。</translation></message>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Download</source><translation>ダウンロード</translation></message>
<message><source>Download it</source><translation>ダウンロード</translation></message>
<message><source>Download the model in the field</source><translation>欄のモデルをダウンロードします</translation></message>
<message><source>Download this model with all its parts</source><translation>このモデルをすべての部品とともにダウンロードします</translation></message>
<message><source>Downloads are off. If you allow them, the program connects to huggingface.co, or to an address that you enter, while it downloads a model that you chose.</source><translation>ダウンロードはオフです。許可すると、選んだモデルのダウンロード中に huggingface.co または入力したアドレスに接続します。</translation></message>
<message><source>Family</source><translation>ファミリー</translation></message>
<message><source>From</source><translation>入手元</translation></message>
<message><source>Get a model</source><translation>モデルを入手</translation></message>
<message><source>Licence</source><translation>ライセンス</translation></message>
<message><source>Memory</source><translation>メモリ</translation></message>
<message><source>Models to download</source><translation>ダウンロードできるモデル</translation></message>
<message><source>OWNER/NAME of huggingface.co, or the address of a file</source><translation>huggingface.co の OWNER/NAME、またはファイルのアドレス</translation></message>
<message><source>Open the model's page in the browser</source><translation>モデルのページをブラウザーで開きます</translation></message>
<message><source>Progress of the download</source><translation>ダウンロードの進行状況</translation></message>
<message><source>Read the licence</source><translation>ライセンスを読む</translation></message>
<message><source>Resume</source><translation>再開</translation></message>
<message><source>Stop; what has arrived is kept</source><translation>停止します。届いた分は残ります</translation></message>
<message><source>The same as in Settings under Permissions</source><translation>設定の「権限」と同じです</translation></message>
<message><source>The selected model</source><translation>選択中のモデル</translation></message>
<message><source>about {size}, {files}</source><translation>約 {size}、{files}</translation></message>
<message><source>about {time} at {side} × {side}, on this computer</source><translation>このコンピューターで約 {time}（{side} × {side}）</translation></message>
<message><source>estimating…</source><translation>見積もり中…</translation></message>
<message><source>{file}: checking and adding it…</source><translation>{file}: 確認して追加しています…</translation></message>
<message><source>{file}: {done} of {total}</source><translation>{file}: {done} / {total}</translation></message>
<message><source>{model}: asking for its files…</source><translation>{model}: ファイルを問い合わせています…</translation></message>
<message><source>{progress}, {time} left</source><translation>{progress}、残り {time}</translation></message>
<message><source>{size}; with less, weights are read from the disk at each step, which is slower</source><translation>{size}。これより少ないと、重みをステップごとにディスクから読むため遅くなります</translation></message>
</context>
<context>
<name>DropArea</name>
<message><source>Drop a folder of pictures here</source><translation>画像のフォルダーをここにドロップ</translation></message>
</context>
<context>
<name>DropZones</name>
<message><source>Start from it</source><translation>この画像から開始</translation></message>
<message><source>Use its settings</source><translation>設定を使う</translation></message>
<message><source>as stored in the file</source><translation>ファイルに保存された設定</translation></message>
<message><source>use it as the start of the next pictures</source><translation>次の画像の初期画像として使う</translation></message>
</context>
<context>
<name>Enlarge</name>
<message><source>Enlarging · {share} %</source><translation>拡大中 · {share} %</translation></message>
</context>
<context>
<name>EnlargePopup</name>
<message><source>An upscaler enlarges the picture, and the model refines it in overlapping tiles.</source><translation>アップスケーラーが画像を拡大し、モデルが重なり合うタイルで仕上げます。</translation></message>
<message><source>Built in</source><translation>内蔵</translation></message>
<message><source>Enlarge and refine</source><translation>拡大して仕上げる</translation></message>
<message><source>Enlarge the picture and save it in the gallery</source><translation>画像を拡大してギャラリーに保存します</translation></message>
<message><source>Factor</source><translation>倍率</translation></message>
<message><source>Upscaler</source><translation>アップスケーラー</translation></message>
<message><source>{width} × {height} pixels</source><translation>{width} × {height} ピクセル</translation></message>
</context>
<context>
<name>Errors</name>
<message><source>1 entry</source><translation>1件</translation></message>
<message><source>A name pattern cannot be empty; the default is {default}.</source><translation>ファイル名のパターンは空にできません。既定は{default}です。</translation></message>
<message><source>A name pattern has no field {field}; choose from {known}.</source><translation>ファイル名のパターンに{field}という項目はありません。{known}から選んでください。</translation></message>
<message><source>A picture can have at most {most} details; leave out the others.</source><translation>1枚の画像のディテールは最大{most}個です。ほかを外してください。</translation></message>
<message><source>A picture to detail has at most {most} pixels a side; reduce it first.</source><translation>ディテールを再生成する画像は一辺最大{most}ピクセルです。先に縮小してください。</translation></message>
<message><source>A word of what to detail has at most {most} characters; shorten it.</source><translation>ディテールの言葉は最大{most}文字です。短くしてください。</translation></message>
<message><source>An entry of the queue was damaged; it was moved to {file}.</source><translation>キューの項目が壊れていたため、{file} に移動しました。</translation></message>
<message><source>Another GDM Studio is busy with the gallery; try again in a moment.</source><translation>別のGDM Studioがギャラリーを使用中です。少し待ってからもう一度試してください。</translation></message>
<message><source>Check the prompt</source><translation>プロンプトを確認してください</translation></message>
<message><source>Check the settings</source><translation>設定を確認してください</translation></message>
<message><source>Downloads are off; allow them in Settings under Permissions, or by `gdm-studio models get --allow`.</source><translation>ダウンロードはオフです。設定の「権限」か `gdm-studio models get --allow` で許可してください。</translation></message>
<message><source>Downloads need the package huggingface_hub. {advice}</source><translation>ダウンロードにはパッケージ huggingface_hub が必要です。{advice}</translation></message>
<message><source>HF_HUB_OFFLINE forbids connections to the hub; unset it, then start the download again.</source><translation>HF_HUB_OFFLINE がハブへの接続を禁じています。解除してからダウンロードをやり直してください。</translation></message>
<message><source>In {folder}, the edited pictures would be among those to edit; choose another folder for them.</source><translation>{folder} では、編集後の画像が編集対象の画像に混ざります。別のフォルダーを選んでください。</translation></message>
<message><source>Name a word that describes what to detail, such as face.</source><translation>再生成する部分を表す言葉を入力してください（例: 顔）。</translation></message>
<message><source>Name a word that describes what to select.</source><translation>選択するものを表す単語を入力してください。</translation></message>
<message><source>No engine process can be started; the window generates images itself, but slower.</source><translation>エンジンのプロセスを起動できません。ウィンドウ自体が画像を生成しますが、遅くなります。</translation></message>
<message><source>No installed font has the characters {characters}; install a font for them, such as Noto Sans.</source><translation>{characters} の文字を含むフォントがインストールされていません。Noto Sans などのフォントをインストールしてください。</translation></message>
<message><source>On {host}: {error}</source><translation>{host}: {error}</translation></message>
<message><source>Reinstall the program.</source><translation>プログラムを再インストールしてください。</translation></message>
<message><source>Run `{command}` to repair the program.</source><translation>`{command}` を実行すると、プログラムが修復されます。</translation></message>
<message><source>That did not work</source><translation>うまくいきませんでした</translation></message>
<message><source>The cluster does not answer; check its address in Settings.</source><translation>クラスターが応答しません。設定でアドレスを確認してください。</translation></message>
<message><source>The colour profile of the picture cannot be used; its colours are read as sRGB.</source><translation>画像のカラープロファイルを使用できないため、色は sRGB として読み込まれます。</translation></message>
<message><source>The connection to {host} was lost ({reason}); start the download again to resume it.</source><translation>{host} との接続が切れました ({reason})。もう一度ダウンロードすると再開します。</translation></message>
<message><source>The device cannot be used</source><translation>デバイスを使えません</translation></message>
<message><source>The disk of {folder} does not answer; check that it is connected, or choose another folder.</source><translation>{folder}のディスクが応答しません。接続を確認するか、別のフォルダーを選んでください。</translation></message>
<message><source>The disk of {folder} has {free} GB free, but {size} GB are needed; free some space, then try again.</source><translation>{folder} のディスクの空きは {free} GB ですが、{size} GB 必要です。空きを作ってからやり直してください。</translation></message>
<message><source>The disk of {folder} is full; free some space, then try again.</source><translation>{folder}のディスクに空きがありません。空き容量を増やしてから再試行してください。</translation></message>
<message><source>The drive of {place} is not connected; connect it, or choose another folder.</source><translation>{place}のドライブが接続されていません。接続するか、別のフォルダーを選んでください。</translation></message>
<message><source>The engine cannot be started; restart the program.</source><translation>エンジンを起動できません。プログラムを再起動してください。</translation></message>
<message><source>The engine did not answer. It was started again.</source><translation>エンジンが応答しませんでした。再起動しました。</translation></message>
<message><source>The engine did not answer; another one begins again.</source><translation>エンジンが応答しませんでした。別のエンジンが最初からやり直します。</translation></message>
<message><source>The engine did not answer; another one continues at the last recorded step.</source><translation>エンジンが応答しませんでした。別のエンジンが最後に記録したステップから続けます。</translation></message>
<message><source>The engine ended twice at step {step}; generate fewer images at a time.</source><translation>エンジンがステップ {step} で 2 回終了しました。一度に生成する画像を減らしてください。</translation></message>
<message><source>The engine ended twice at step {step}; try a smaller size.</source><translation>エンジンがステップ {step} で 2 回終了しました。小さいサイズを試してください。</translation></message>
<message><source>The engine ended twice at step {step}; use another device.</source><translation>エンジンがステップ {step} で 2 回終了しました。別のデバイスを使ってください。</translation></message>
<message><source>The engine ended twice while it worked on this; try again.</source><translation>この処理の間にエンジンが 2 回終了しました。もう一度試してください。</translation></message>
<message><source>The engine ended unexpectedly. It was started again.</source><translation>エンジンが予期せず終了しました。再起動しました。</translation></message>
<message><source>The engine ended unexpectedly; another one begins again.</source><translation>エンジンが予期せず終了しました。別のエンジンが最初からやり直します。</translation></message>
<message><source>The engine ended unexpectedly; another one continues at the last recorded step.</source><translation>エンジンが予期せず終了しました。別のエンジンが最後に記録したステップから続けます。</translation></message>
<message><source>The engine has ended; try again.</source><translation>エンジンが終了しました。もう一度お試しください。</translation></message>
<message><source>The file cannot be used</source><translation>ファイルを使えません</translation></message>
<message><source>The file of settings was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>設定ファイルが壊れていました。{file} として残し、読み取れた内容で置き換えました。</translation></message>
<message><source>The folder could not be opened</source><translation>フォルダーを開けませんでした</translation></message>
<message><source>The folder {folder} cannot be created; choose another.</source><translation>フォルダー{folder}を作成できません。別のフォルダーを選んでください。</translation></message>
<message><source>The folder {folder} cannot be read; choose another one.</source><translation>フォルダー{folder}を読み込めません。別のフォルダーを選んでください。</translation></message>
<message><source>The gallery's index was damaged and is built again from the files; nothing of yours was in it.</source><translation>ギャラリーのインデックスが壊れていたため、ファイルから作り直しています。あなたのデータは含まれていませんでした。</translation></message>
<message><source>The last prompt is too long to be shown; the prompt is empty now. The file is kept as {file}.</source><translation>前回のプロンプトは長すぎて表示できないため、プロンプトを空にしました。ファイルは {file} として残しています。</translation></message>
<message><source>The mask is the start picture itself; paint it white, or make it transparent, where to redraw.</source><translation>マスクが初期画像そのものです。描き直す部分を白く塗るか、透明にしてください。</translation></message>
<message><source>The mask marks nothing to redraw; paint it white, or make it transparent, where that should be.</source><translation>マスクに描き直す部分がありません。その部分を白く塗るか、透明にしてください。</translation></message>
<message><source>The mask marks the whole picture to be redrawn.</source><translation>マスクは画像全体を描き直す対象にしています。</translation></message>
<message><source>The model cannot be used</source><translation>モデルを使えません</translation></message>
<message><source>The model finds no {word!r} in the picture; name it by another word.</source><translation>モデルは画像の中に {word!r} を見つけられません。別の単語を使ってください。</translation></message>
<message><source>The model was not downloaded</source><translation>モデルはダウンロードされませんでした</translation></message>
<message><source>The name is taken</source><translation>この名前は使われています</translation></message>
<message><source>The path {path} is too long for this disk; choose a shorter one.</source><translation>パス{path}はこのディスクには長すぎます。短いパスを選んでください。</translation></message>
<message><source>The picture contains infinite or undefined values; make it again in full precision.</source><translation>画像に無限大または未定義の値があります。全精度でもう一度生成してください。</translation></message>
<message><source>The picture contains infinite or undefined values; make it again on the CPU.</source><translation>画像に無限大または未定義の値があります。CPUでもう一度生成してください。</translation></message>
<message><source>The picture contains infinite or undefined values; try more steps, another scheduler or less guidance.</source><translation>画像に無限大または未定義の値があります。ステップを増やすか、別のスケジューラーにするか、ガイダンスを弱めてください。</translation></message>
<message><source>The picture could not be computed</source><translation>画像を計算できませんでした</translation></message>
<message><source>The picture is too long and narrow for {model} with tiles of {tile} pixels; crop it, or choose a larger factor or another model.</source><translation>この画像は {tile} ピクセルのタイルを使う {model} には細長すぎます。切り抜くか、より大きい倍率または別のモデルを選んでください。</translation></message>
<message><source>The picture would be {width}x{height} pixels; a side can have at most {most}. Choose a smaller factor.</source><translation>画像は {width}x{height} ピクセルになりますが、1 辺は最大 {most} です。倍率を小さくしてください。</translation></message>
<message><source>The prompt becomes longer than {limit:,} characters; shorten its parts.</source><translation>プロンプトが{limit:,}文字を超えます。各部分を短くしてください。</translation></message>
<message><source>The proxy in ALL_PROXY, HTTPS_PROXY or HTTP_PROXY cannot be used, because its address does not begin with http; name an HTTP proxy there, or unset the variable.</source><translation>ALL_PROXY、HTTPS_PROXY、HTTP_PROXY のいずれかのプロキシは、アドレスが http で始まらないため使えません。HTTP プロキシを指定するか、この変数を削除してください。</translation></message>
<message><source>The saved state of the window was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>ウィンドウの保存状態が壊れていました。{file} として残し、読み取れた内容で置き換えました。</translation></message>
<message><source>The server does not state the size of {name}; download it with a browser.</source><translation>サーバーが {name} のサイズを示しません。ブラウザーでダウンロードしてください。</translation></message>
<message><source>The server sent another file than the {name} that it announced; this was deleted, try again later.</source><translation>サーバーが予告した {name} と違うファイルを送りました。削除したので、後でやり直してください。</translation></message>
<message><source>The start picture is no longer on this machine; choose it again.</source><translation>初期画像がこのコンピューターにありません。もう一度選んでください。</translation></message>
<message><source>The steps up to {step} do not fit the model as it is now, so the run starts again.</source><translation>ステップ{step}までの結果が現在のモデルに合わないため、実行を最初からやり直します。</translation></message>
<message><source>The transparent part of the mask is redrawn, {share} of the picture.</source><translation>マスクの透明な部分（画像の {share}）が描き直されます。</translation></message>
<message><source>The wildcard {name!r} cannot be read: {error}</source><translation>ワイルドカード{name!r}を読み込めません: {error}</translation></message>
<message><source>The wildcard {name!r} has a line of more than {limit:,} characters; shorten it.</source><translation>ワイルドカード{name!r}に{limit:,}文字を超える行があります。短くしてください。</translation></message>
<message><source>The wildcard {name!r} has no lines; write one word or phrase per line.</source><translation>ワイルドカード{name!r}に行がありません。1行に1つの語句を書いてください。</translation></message>
<message><source>The wildcard {name!r} is not a text file; save it as UTF-8.</source><translation>ワイルドカード{name!r}はテキストファイルではありません。UTF-8で保存してください。</translation></message>
<message><source>The window did not answer with its last prompt; the prompt is empty now. The file is kept as {file}.</source><translation>前回のプロンプトでウィンドウが応答しなかったため、プロンプトを空にしました。ファイルは {file} として残しています。</translation></message>
<message><source>There is a collection called {name} already; choose another name.</source><translation>{name}というコレクションはすでにあります。別の名前にしてください。</translation></message>
<message><source>There is a preset called {name!r} already; choose another name, or rename that one.</source><translation>{name!r}というプリセットはすでにあります。別の名前にするか、そちらの名前を変えてください。</translation></message>
<message><source>There is a run called {title}; choose it to continue it, or another name.</source><translation>{title}という学習があります。選んで続けるか、別の名前にしてください。</translation></message>
<message><source>There is no LoRA called {name!r} in the models folder; put its file there.</source><translation>モデルフォルダーに{name!r}というLoRAはありません。そのファイルを入れてください。</translation></message>
<message><source>There is no LoRA called {name!r}; did you mean {names}?</source><translation>{name!r}というLoRAはありません。{names}のことですか？</translation></message>
<message><source>There is no model called {name!r}, and no other; put a model file into the models folder.</source><translation>{name!r}というモデルはなく、ほかのモデルもありません。モデルファイルをモデルフォルダーに入れてください。</translation></message>
<message><source>There is no model called {name!r}; did you mean {names}?</source><translation>{name!r}というモデルはありません。{names}のことですか？</translation></message>
<message><source>There is no model called {name!r}; there are: {names}.</source><translation>{name!r}というモデルはありません。あるモデル: {names}。</translation></message>
<message><source>There is no model {name!r} to download; enter an address, OWNER/NAME, or one of {names}.</source><translation>ダウンロードできるモデル {name!r} はありません。アドレス、OWNER/NAME、または次の名前を入力してください: {names}。</translation></message>
<message><source>There is no wildcard called {name!r}; put {name}.txt into {folder}.</source><translation>{name!r}というワイルドカードはありません。{name}.txtを{folder}に入れてください。</translation></message>
<message><source>There is no wildcard that matches {name!r} in {folder}.</source><translation>{folder} に {name!r} と一致するワイルドカードはありません。</translation></message>
<message><source>There is no {word!r} in the picture, which stays as it is.</source><translation>画像に{word!r}はありません。画像はそのままです。</translation></message>
<message><source>There is not enough memory for even one picture; close other programs and try again.</source><translation>画像1枚分のメモリもありません。ほかのプログラムを閉じてから再試行してください。</translation></message>
<message><source>There is too little memory for {side} pixels; choose a smaller size.</source><translation>{side}ピクセルにはメモリが足りません。小さいサイズを選んでください。</translation></message>
<message><source>These could not be read, and their places are empty: {files}.</source><translation>読み込めず、その場所は空です：{files}。</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose a smaller model.</source><translation>この画像には少なくとも {least} のメモリが必要ですが、{total} しかありません。より小さいモデルを選んでください。</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose {width} × {height} or less.</source><translation>この画像には少なくとも {least} のメモリが必要ですが、{total} しかありません。{width} × {height} 以下を選んでください。</translation></message>
<message><source>This needs {packages}, not contained in the bundle; install GDM Studio from its source code to use it.</source><translation>これには {packages} が必要ですが、この配布版には含まれません。使うには GDM Studio をソースコードからインストールしてください。</translation></message>
<message><source>This needs {packages}; run `{command}` to install it.</source><translation>これには {packages} が必要です。`{command}` を実行してインストールしてください。</translation></message>
<message><source>Used by its name, though its hash is another: {files}.</source><translation>ハッシュは異なりますが、名前で使用しました：{files}。</translation></message>
<message><source>What was chosen for models was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>モデルの設定が壊れていました。{file} として残し、読み取れた内容で置き換えました。</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}.</source><translation>お気に入り、タグ、メモ、コレクションが壊れていました：{restored}。</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}; the damaged file is kept as {file}.</source><translation>お気に入り、タグ、メモ、コレクションが壊れていました：{restored}。壊れたファイルは {file} として残しています。</translation></message>
<message><source>embedding {name}</source><translation>エンベディング {name}</translation></message>
<message><source>model {name}</source><translation>モデル {name}</translation></message>
<message><source>nothing of it could be read, and there is no copy of it</source><translation>何も読み取れず、コピーもありません</translation></message>
<message><source>refiner {name}</source><translation>リファイナー {name}</translation></message>
<message><source>{advice} GIF and WebP work without it.</source><translation>{advice}GIF と WebP はこれなしで使えます。</translation></message>
<message><source>{count:,} entries</source><translation>{count:,}件</translation></message>
<message><source>{count:,} pixels on a side</source><translation>1辺{count:,}ピクセル</translation></message>
<message><source>{entries} could be read</source><translation>{entries}を読み取れました</translation></message>
<message><source>{entries} could be read, {more} more came from the copy of {day}</source><translation>{entries}を読み取れ、さらに{more}件を{day}のコピーから復元しました</translation></message>
<message><source>{file} (hash {digest})</source><translation>{file}（ハッシュ {digest}）</translation></message>
<message><source>{file} has integers without scales at {name!r}, which no weights are; choose another file.</source><translation>{file} の {name!r} はスケールのない整数で、重みではありません。別のファイルを選んでください。</translation></message>
<message><source>{file} is {architecture}, an upscaler that needs a package. {advice}</source><translation>{file} は {architecture} で、パッケージを必要とするアップスケーラーです。{advice}</translation></message>
<message><source>{first} or {second}</source><translation>{first}か{second}</translation></message>
<message><source>{folder} is not a folder; choose another.</source><translation>{folder} はフォルダーではありません。別のものを選んでください。</translation></message>
<message><source>{folder} is read-only; choose another folder.</source><translation>{folder}は読み取り専用です。別のフォルダーを選んでください。</translation></message>
<message><source>{host} answers with status {status} instead of {name}; try again later.</source><translation>{host} が {name} の代わりに状態 {status} を返しました。後でやり直してください。</translation></message>
<message><source>{host} cannot be reached ({reason}); check the connection, then start the download again.</source><translation>{host} に接続できません ({reason})。接続を確認してからダウンロードをやり直してください。</translation></message>
<message><source>{host} does not accept your access token; log in again with `hf auth login`, or remove HF_TOKEN.</source><translation>{host} がアクセストークンを受け付けません。`hf auth login` でログインし直すか、HF_TOKEN を削除してください。</translation></message>
<message><source>{host} does not state the size and the hash of {name}; try again later.</source><translation>{host} が {name} のサイズとハッシュを示しません。後でやり直してください。</translation></message>
<message><source>{host} forbids the download of {name}; check the rights of your access token and of the page.</source><translation>{host} が {name} のダウンロードを禁じています。アクセストークンの権限とページを確認してください。</translation></message>
<message><source>{host} has a problem (status {status}); try again later.</source><translation>{host} に問題があります (状態 {status})。後でやり直してください。</translation></message>
<message><source>{host} has no file {name} ({status}); check the address.</source><translation>{host} にファイル {name} はありません ({status})。アドレスを確認してください。</translation></message>
<message><source>{host} has no public model {name}; check the name, or log in with `hf auth login` if it is private.</source><translation>{host} に公開モデル {name} はありません。名前を確認するか、非公開なら `hf auth login` でログインしてください。</translation></message>
<message><source>{host} refuses more requests for now; resume the download later.</source><translation>{host} は今はこれ以上の要求を受け付けません。後でダウンロードを再開してください。</translation></message>
<message><source>{host} refuses more requests for {seconds} seconds; resume the download after that.</source><translation>{host} は {seconds} 秒間、要求を受け付けません。その後でダウンロードを再開してください。</translation></message>
<message><source>{host} refuses {name} without permission ({status}); check the address, or log in with `hf auth login`, and start the download again.</source><translation>{host} は許可なしに {name} を渡しません ({status})。アドレスを確認するか `hf auth login` でログインし、ダウンロードをやり直してください。</translation></message>
<message><source>{model} cannot refine a picture in tiles; choose another model.</source><translation>{model} は画像をタイルで仕上げられません。別のモデルを選んでください。</translation></message>
<message><source>{model} cannot repaint a part of a picture; choose another model.</source><translation>{model}は画像の一部を描き直せません。別のモデルを選んでください。</translation></message>
<message><source>{model} has no text encoder ({kinds}); put one into the models folder.</source><translation>{model}にテキストエンコーダー（{kinds}）がありません。モデルフォルダーに入れてください。</translation></message>
<message><source>{model} has no word maps; paint the mask, or choose another model.</source><translation>{model} には単語マップがありません。マスクを塗るか、別のモデルを選んでください。</translation></message>
<message><source>{name} asks everyone to accept its licence: open {page}, accept it there, log in with `hf auth login`, and start the download again.</source><translation>{name} はライセンスの同意が必要です。{page} を開いて同意し、`hf auth login` でログインしてからダウンロードをやり直してください。</translation></message>
<message><source>{name} cannot be downloaded: its address leads in circles.</source><translation>{name} はダウンロードできません。アドレスが循環しています。</translation></message>
<message><source>{name} contains no weight files; choose another model.</source><translation>{name}に重みのファイルがありません。別のモデルを選んでください。</translation></message>
<message><source>{name} has {count} weight files; add one to its name, as in {name}/{file} (there are: {some}).</source><translation>{name} には重みファイルが {count} 個あります。{name}/{file} のように 1 つを指定してください (あるもの: {some})。</translation></message>
<message><source>{name} is a LoRA for {other}, and this model is one of {base}; choose a LoRA for {base}.</source><translation>{name}は{other}用のLoRAですが、このモデルは{base}です。{base}用のLoRAを選んでください。</translation></message>
<message><source>{name} is an adapter of the kind {kind}, which is not supported; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} は対応していない種類 {kind} のアダプターです。LoRA、LoCon、LoHa、LoKr、GLoRA、DoRA、または LyCORIS の OFT、BOFT、IA3、T-LoRA のファイルを選んでください。</translation></message>
<message><source>{name} is an upscaler that is damaged or not whole; copy or download it again.</source><translation>{name}は破損または不完全なアップスケーラーです。もう一度コピーまたはダウンロードしてください。</translation></message>
<message><source>{name} is being downloaded by another window or command; wait for it.</source><translation>{name} は別のウィンドウかコマンドがダウンロード中です。終わるまで待ってください。</translation></message>
<message><source>{name} is cut short; copy or download it again.</source><translation>{name}は途中で切れています。もう一度コピーまたはダウンロードしてください。</translation></message>
<message><source>{name} is damaged or not whole; copy or download it again.</source><translation>{name}は破損しているか不完全です。もう一度コピーまたはダウンロードしてください。</translation></message>
<message><source>{name} is damaged; copy or download it again.</source><translation>{name}は破損しています。もう一度コピーまたはダウンロードしてください。</translation></message>
<message><source>{name} is not a file of a model; enter another.</source><translation>{name} はモデルのファイルではありません。別のものを入力してください。</translation></message>
<message><source>{name} is not a model file, or it is damaged; choose another file.</source><translation>{name}はモデルファイルではないか、破損しています。別のファイルを選んでください。</translation></message>
<message><source>{name} is not a model file; choose one that ends in {suffixes}.</source><translation>{name}はモデルファイルではありません。末尾が{suffixes}のファイルを選んでください。</translation></message>
<message><source>{name} is not a supported LoRA; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name}は対応しているLoRAではありません。LoRA、LoCon、LoHa、LoKr、GLoRA、DoRA、またはLyCORISのOFT、BOFT、IA3、T-LoRAのファイルを選んでください。</translation></message>
<message><source>{name} is not a supported kind of model; choose another model file.</source><translation>{name}は対応している種類のモデルではありません。別のモデルファイルを選んでください。</translation></message>
<message><source>{name} is not an upscaler; choose another file.</source><translation>{name}はアップスケーラーではありません。別のファイルを選んでください。</translation></message>
<message><source>{name} is not completely downloaded; wait for the end of its download, or start it again.</source><translation>{name} のダウンロードが完了していません。終わるまで待つか、もう一度ダウンロードしてください。</translation></message>
<message><source>{name} is too large for the disk of {folder}; choose another disk.</source><translation>{name}は{folder}のディスクには大きすぎます。別のディスクを選んでください。</translation></message>
<message><source>{name} on {host} has no {file}; check the name.</source><translation>{host} の {name} に {file} はありません。名前を確認してください。</translation></message>
<message><source>{path} cannot be used: a part of it is a file, not a folder; choose another.</source><translation>{path}は使えません。パスの途中がフォルダーではなくファイルです。別のパスを選んでください。</translation></message>
<message><source>{path} cannot be used: permission is missing; choose another place or allow it.</source><translation>{path}を使う権限がありません。別の場所を選ぶか、許可してください。</translation></message>
<message><source>{path} cannot be used: {error}.</source><translation>{path}を使えません: {error}。</translation></message>
<message><source>{path} has levels from {low} to {high}, whose white is unknown; save it with levels 0 to 1.</source><translation>{path} の値は {low} から {high} で、白の値が不明です。0 から 1 の値で保存してください。</translation></message>
<message><source>{path} has more pixels than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path}の画素数が上限の{limit}を超えています。小さくしたものを選んでください。</translation></message>
<message><source>{path} has more than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path}は上限の{limit}を超えています。小さくしたものを選んでください。</translation></message>
<message><source>{path} has no mask, as other pictures of the folder have; add one.</source><translation>{path} には、フォルダー内の他の画像のようなマスクがありません。追加してください。</translation></message>
<message><source>{path} is a TIFF that is damaged or of an unsupported kind; save it as PNG, or with 8 bits.</source><translation>{path}は破損しているか、対応していない種類のTIFFです。PNGまたは8ビットで保存してください。</translation></message>
<message><source>{path} is a file, not a folder; choose another.</source><translation>{path}はフォルダーではなくファイルです。別のパスを選んでください。</translation></message>
<message><source>{path} is a folder, not a file; choose a file.</source><translation>{path}はファイルではなくフォルダーです。ファイルを選んでください。</translation></message>
<message><source>{path} is a {kind} picture, which is not supported; save it as PNG, JPEG or WebP.</source><translation>{path}は対応していない{kind}画像です。PNG、JPEG、WebPのいずれかで保存してください。</translation></message>
<message><source>{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.</source><translation>{path}は画像ではないか、破損しています。PNG、JPEG、WebPのファイルを選んでください。</translation></message>
<message><source>{path} is not there; check that its disk is connected, or choose another.</source><translation>{path}がありません。ディスクの接続を確認するか、別のものを選んでください。</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); move it out of the way, then try again.</source><translation>ギャラリーの {path} を使用できません（{error}）。移動してから、もう一度お試しください。</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); try again.</source><translation>ギャラリーの {path} を使用できません（{error}）。もう一度お試しください。</translation></message>
<message><source>{path} of the gallery cannot be written; check its disk and permissions.</source><translation>ギャラリーの{path}に書き込めません。ディスクと権限を確認してください。</translation></message>
<message><source>{title} has learned from other pictures; choose another name.</source><translation>{title}は別の画像で学習しています。別の名前にしてください。</translation></message>
<message><source>{title} is finished: all {count} samples are trained; raise the samples to train on, or choose another name.</source><translation>{title}は完了しています。{count}サンプルすべてを学習済みです。サンプル数を増やすか、別の名前にしてください。</translation></message>
<message><source>{title} is still being trained; wait for its end, or choose another name.</source><translation>{title}はまだ学習中です。終わるまで待つか、別の名前にしてください。</translation></message>
<message><source>{title} was started with other settings; choose another name.</source><translation>{title}は別の設定で開始されています。別の名前にしてください。</translation></message>
<message><source>{url} does not end in the name of a model file ({suffixes}); enter the address of one.</source><translation>{url} はモデルファイルの名前 ({suffixes}) で終わっていません。モデルファイルのアドレスを入力してください。</translation></message>
<message><source>{url} is not an https address; models are only downloaded by https.</source><translation>{url} は https アドレスではありません。モデルは https でのみダウンロードされます。</translation></message>
<message><source>{url} is not the page of a model; enter the address of one.</source><translation>{url} はモデルのページではありません。モデルのページのアドレスを入力してください。</translation></message>
</context>
<context>
<name>ExampleTile</name>
<message><source>Draw “{prompt}”</source><translation>「{prompt}」を描く</translation></message>
</context>
<context>
<name>ExportController</name>
<message numerus="yes"><source>%n picture(s) copied</source><translation>
<numerusform>%n枚の画像をコピーしました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) exported</source><translation>
<numerusform>%n枚の画像を書き出しました</numerusform>
</translation></message>
<message numerus="yes"><source>%n shape(s)</source><translation>
<numerusform>%n 個の図形</numerusform>
</translation></message>
<message><source>Credit copied</source><translation>クレジットをコピーしました</translation></message>
<message><source>Export</source><translation>書き出し</translation></message>
<message><source>Export stopped</source><translation>書き出しを停止しました</translation></message>
<message><source>Exporting {progress}…</source><translation>書き出し中 {progress}…</translation></message>
<message><source>No credit is known</source><translation>クレジットは不明です</translation></message>
<message><source>Nothing was written.</source><translation>何も書き出されていません。</translation></message>
<message><source>Paste it into any program.</source><translation>ほかのアプリに貼り付けられます。</translation></message>
<message><source>Paste it where you show the picture or list your sources.</source><translation>画像を公開する場所や出典一覧に貼り付けてください。</translation></message>
<message><source>Paste them as files.</source><translation>ファイルとして貼り付けられます。</translation></message>
<message><source>Picture copied</source><translation>画像をコピーしました</translation></message>
<message><source>Picture exported</source><translation>画像を書き出しました</translation></message>
<message><source>Preparing the preview: {number} of {count}…</source><translation>プレビューを準備中：{number} / {count}…</translation></message>
<message><source>Preparing…</source><translation>準備中…</translation></message>
<message><source>Sharpening…</source><translation>鮮明化しています…</translation></message>
<message><source>Sharpening… {percent} %</source><translation>鮮明化しています… {percent} %</translation></message>
<message><source>The contact sheet is incomplete</source><translation>コンタクトシートは不完全です</translation></message>
<message><source>The sources of {models} are not known here; look at the licence.</source><translation>{models} の出典はここでは分かりません。ライセンスを確認してください。</translation></message>
<message><source>{number} of {count}</source><translation>{number}/{count}</translation></message>
<message><source>{progress}, {percent} %</source><translation>{progress}、{percent} %</translation></message>
<message><source>{size} kB</source><translation>{size} kB</translation></message>
</context>
<context>
<name>ExportDialog</name>
<message><source>A dark line around the subject</source><translation>被写体を囲む暗い線</translation></message>
<message><source>A line along the edge, so that pale subjects are seen on a pale page</source><translation>明るいページでも淡い被写体が見えるように縁に沿って引く線</translation></message>
<message><source>All on one page, each with its prompt and seed</source><translation>すべてを1ページに、プロンプトとシードを添えて</translation></message>
<message><source>Another colour</source><translation>別の色</translation></message>
<message><source>Around pale parts, if they make up much of the edge; never in icon sets</source><translation>縁に淡い部分が多いとき、その周りに（アイコンセットを除く）</translation></message>
<message><source>As needed</source><translation>必要に応じて</translation></message>
<message><source>Authors of the model's training drawings</source><translation>モデルの学習に使われた絵の作者</translation></message>
<message><source>Background</source><translation>背景</translation></message>
<message><source>Black</source><translation>黒</translation></message>
<message><source>Built in</source><translation>内蔵</translation></message>
<message><source>Colour of the background</source><translation>背景の色</translation></message>
<message><source>Colours</source><translation>色数</translation></message>
<message><source>Contact sheet</source><translation>コンタクトシート</translation></message>
<message><source>Convert to</source><translation>変換形式</translation></message>
<message><source>Copies of the files, under names of your own</source><translation>任意の名前を付けたファイルのコピー</translation></message>
<message><source>Copy credit</source><translation>出典をコピー</translation></message>
<message><source>Copy the credit to the clipboard</source><translation>クレジットをクリップボードにコピー</translation></message>
<message><source>Each area in one colour, as a designer draws icons</source><translation>デザイナーが描くアイコンのように、各領域を一色にします</translation></message>
<message><source>Embed prompt and settings</source><translation>プロンプトと設定を埋め込む</translation></message>
<message><source>Enlarges pictures that are smaller than the chosen size</source><translation>選んだサイズより小さい画像を拡大します</translation></message>
<message><source>Everything</source><translation>すべて</translation></message>
<message><source>Export</source><translation>書き出し</translation></message>
<message><source>Fewer colours give fewer shapes and a smaller file</source><translation>色を減らすと図形が減り、ファイルが小さくなります</translation></message>
<message><source>File name</source><translation>ファイル名</translation></message>
<message><source>Flat colours</source><translation>フラットカラー</translation></message>
<message><source>For apps: SVG, PNG, .ico, .icns, a sprite, a sheet and credits</source><translation>アプリ用: SVG、PNG、.ico、.icns、スプライト、一覧、クレジット</translation></message>
<message><source>Format</source><translation>形式</translation></message>
<message><source>GDM Studio reads them from the file again</source><translation>GDM Studioがファイルから再び読み取れます</translation></message>
<message><source>Icon set</source><translation>アイコンセット</translation></message>
<message><source>In a darker tone of their colour</source><translation>その色の暗めの色調で</translation></message>
<message><source>In the merged picture and the names of layers</source><translation>統合された画像とレイヤー名に含まれます</translation></message>
<message><source>Include CREDITS.txt</source><translation>CREDITS.txtを含める</translation></message>
<message><source>Names</source><translation>名前</translation></message>
<message><source>No outline</source><translation>輪郭なし</translation></message>
<message><source>Original files</source><translation>元のファイル</translation></message>
<message><source>Originals</source><translation>オリジナル</translation></message>
<message><source>Outline</source><translation>輪郭線</translation></message>
<message><source>Pale parts</source><translation>淡い部分</translation></message>
<message><source>Quick, and keeps transparency</source><translation>高速で、透過を保ちます</translation></message>
<message><source>Rounds the borders of areas, in pixels of a picture of 256</source><translation>領域の境界を丸めます（256 の画像でのピクセル）</translation></message>
<message><source>Size</source><translation>サイズ</translation></message>
<message><source>Smoothing</source><translation>滑らかさ</translation></message>
<message><source>The files in one archive, with a list of all their settings</source><translation>ファイルを1つのアーカイブにまとめ、全設定の一覧を添付</translation></message>
<message><source>Transparent</source><translation>透過</translation></message>
<message><source>Upscaler</source><translation>アップスケーラー</translation></message>
<message><source>White</source><translation>白</translation></message>
<message><source>ZIP</source><translation>ZIP</translation></message>
<message><source>as needed</source><translation>必要なだけ</translation></message>
<message><source>{factor} times as wide and high</source><translation>幅と高さを{factor}倍に</translation></message>
<message><source>{factor} × the picture</source><translation>画像の{factor}倍</translation></message>
<message><source>{size} pixels</source><translation>{size}ピクセル</translation></message>
<message><source>{size} pixels on the longer side</source><translation>長辺{size}ピクセル</translation></message>
</context>
<context>
<name>ExportFormat</name>
<message><source>App icons</source><translation>アプリアイコン</translation></message>
<message><source>For iOS, Android, macOS and Windows apps, in a folder</source><translation>iOS、Android、macOS、Windowsアプリ用（フォルダー）</translation></message>
<message><source>For slides, documents and the web; keeps transparency</source><translation>スライド、文書、Web用。透過を保持</translation></message>
<message><source>JPEG</source><translation>JPEG</translation></message>
<message><source>Layers above the start picture, for Krita and GIMP</source><translation>初期画像の上のレイヤー。KritaとGIMP用</translation></message>
<message><source>Lossless, smaller than PNG; for the web</source><translation>可逆でPNGより小さい。Web用</translation></message>
<message><source>Mac icon</source><translation>Macアイコン</translation></message>
<message><source>No transparency; fills the background</source><translation>透過なし。背景を塗りつぶします</translation></message>
<message><source>One .icns with every size from 16 to 1024 pixels</source><translation>16～1024ピクセルの全サイズを含む1つの.icns</translation></message>
<message><source>One .ico with seven sizes from 16 to 256 pixels</source><translation>16～256ピクセルの7サイズを含む1つの.ico</translation></message>
<message><source>OpenRaster</source><translation>OpenRaster</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>SVG</source><translation>SVG</translation></message>
<message><source>Shapes that stay sharp at any size; best for flat styles</source><translation>どの大きさでも鮮明な図形。フラットなスタイル向け</translation></message>
<message><source>WebP</source><translation>WebP</translation></message>
<message><source>Website icons</source><translation>Webサイトのアイコン</translation></message>
<message><source>Windows icon</source><translation>Windowsアイコン</translation></message>
<message><source>favicon.ico, icons for phones and the web manifest, in a folder</source><translation>favicon.ico、スマートフォン用アイコン、Webマニフェスト（フォルダー）</translation></message>
</context>
<context>
<name>ExtendBar</name>
<message><source>Generate the added area</source><translation>追加した領域を生成</translation></message>
<message><source>Leave the picture as it was</source><translation>画像を元のままにする</translation></message>
<message><source>Pixels above</source><translation>上のピクセル数</translation></message>
<message><source>Pixels below</source><translation>下のピクセル数</translation></message>
<message><source>Pixels left</source><translation>左のピクセル数</translation></message>
<message><source>Pixels right</source><translation>右のピクセル数</translation></message>
<message><source>Pixels to add above; ↑ and ↓ change them</source><translation>上に追加するピクセル数。↑と↓で変更</translation></message>
<message><source>Pixels to add at the left; ↑ and ↓ change them</source><translation>左に追加するピクセル数。↑と↓で変更</translation></message>
<message><source>Pixels to add at the right; ↑ and ↓ change them</source><translation>右に追加するピクセル数。↑と↓で変更</translation></message>
<message><source>Pixels to add below; ↑ and ↓ change them</source><translation>下に追加するピクセル数。↑と↓で変更</translation></message>
<message><source>Undo the last change</source><translation>最後の変更を元に戻す</translation></message>
<message><source>Use frame</source><translation>枠を使う</translation></message>
</context>
<context>
<name>FactorGroup</name>
<message><source>Factors</source><translation>係数</translation></message>
</context>
<context>
<name>FailureReport</name>
<message><source>Close</source><translation>閉じる</translation></message>
</context>
<context>
<name>Family</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%nステップ</numerusform>
</translation></message>
<message><source>as it was at step {step}</source><translation>ステップ{step}の時点</translation></message>
<message><source>edited in another program</source><translation>別のプログラムで編集</translation></message>
<message><source>from step {step}</source><translation>ステップ{step}から</translation></message>
<message><source>from step {step} of “{title}”, which is not in the gallery</source><translation>ギャラリーにない「{title}」のステップ{step}から</translation></message>
<message><source>{steps} · seed {seed}</source><translation>{steps} · シード {seed}</translation></message>
</context>
<context>
<name>FamilyGraph</name>
<message><source>Family tree of the systems</source><translation>手法の系統樹</translation></message>
</context>
<context>
<name>FamilyTreeController</name>
<message><source>Command copied</source><translation>コマンドをコピーしました</translation></message>
<message><source>{command} adds its weights.</source><translation>{command} で重みを追加できます。</translation></message>
<message><source>{command} trains it in {time}.</source><translation>{command} で学習できます（所要時間: {time}）。</translation></message>
</context>
<context>
<name>FamilyTreePage</name>
<message><source>Back to the lessons and the points</source><translation>レッスンと点に戻る</translation></message>
<message><source>By year, with lines to the systems that build on each</source><translation>年代順に、発展した手法どうしを線で結びます</translation></message>
<message><source>Common errors in the literature</source><translation>文献によくある誤り</translation></message>
<message><source>Diffusion in 2D</source><translation>2 次元の拡散</translation></message>
<message><source>Side by side</source><translation>一覧比較</translation></message>
<message><source>The family tree</source><translation>系統樹</translation></message>
<message><source>Tree</source><translation>ツリー</translation></message>
<message><source>View of the systems</source><translation>手法の表示方法</translation></message>
<message><source>Weights of pictures</source><translation>画像の重み</translation></message>
<message><source>Weights of points only</source><translation>点のみの重み</translation></message>
<message><source>What each starts with, what is learned, what a step does</source><translation>それぞれの初期状態、学習対象、1ステップの処理</translation></message>
</context>
<context>
<name>FamilyView</name>
<message><source>Family of the picture</source><translation>画像の系譜</translation></message>
<message><source>Family · the step at which each picture branched off</source><translation>系譜 · 各画像が分岐したステップ</translation></message>
</context>
<context>
<name>FewSteps</name>
<message><source>Hyper</source><translation>Hyper</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>Lightning</source><translation>Lightning</translation></message>
<message><source>Turbo</source><translation>Turbo</translation></message>
<message><source>{steps} steps without guidance ({paper})</source><translation>ガイダンスなしの{steps}ステップ（{paper}）</translation></message>
</context>
<context>
<name>FileDrops</name>
<message><source>Copy its text, and paste it where you want to have it.</source><translation>テキストをコピーして、使いたい場所に貼り付けてください。</translation></message>
<message><source>Drop a picture, a model, or a folder of them.</source><translation>画像、モデル、またはそれらのフォルダーをドロップしてください。</translation></message>
<message><source>Only {file} is used</source><translation>{file} だけを使います</translation></message>
<message><source>Save the picture as a file and drop that. “Get a model” downloads models.</source><translation>画像をファイルに保存してドロップしてください。モデルは「モデルを入手」でダウンロードできます。</translation></message>
<message><source>Web addresses cannot be dropped</source><translation>Web アドレスはドロップできません</translation></message>
<message><source>{name} cannot be used here</source><translation>{name} はここでは使えません</translation></message>
</context>
<context>
<name>FilenamePattern</name>
<message><source>four letters of its unique id</source><translation>固有IDの4文字</translation></message>
<message><source>its first words, or the class</source><translation>プロンプトの最初の数語、またはクラス</translation></message>
<message><source>its number, {n:03} with zeros</source><translation>番号。{n:03}でゼロ埋め</translation></message>
<message><source>its {setting}</source><translation>画像の{setting}</translation></message>
<message><source>number of steps</source><translation>ステップ数</translation></message>
<message><source>the model's name</source><translation>モデルの名前</translation></message>
</context>
<context>
<name>FilmDialog</name>
<message><source>A notebook whose code generates the same steps with this program.</source><translation>このプログラムで同じステップを生成するコードを収めたノートブック。</translation></message>
<message><source>A video for every player, without transparency.</source><translation>どのプレーヤーでも再生できる動画。透過なし。</translation></message>
<message><source>A web page with a slider, the settings and a chart, in one file without links.</source><translation>スライダー、設定、グラフを収めたWebページ。リンクのない1つのファイルです。</translation></message>
<message><source>Animation of the steps</source><translation>ステップのアニメーション</translation></message>
<message><source>Background</source><translation>背景</translation></message>
<message><source>Black</source><translation>黒</translation></message>
<message><source>Format</source><translation>形式</translation></message>
<message><source>Loop</source><translation>ループ</translation></message>
<message><source>Once</source><translation>1回</translation></message>
<message><source>Original</source><translation>元の大きさ</translation></message>
<message><source>Ping-pong</source><translation>往復</translation></message>
<message><source>Plays back to the noise, then forward again</source><translation>ノイズまで逆再生し、再び順再生します</translation></message>
<message><source>Repeat</source><translation>繰り返し</translation></message>
<message><source>Shown everywhere; 255 colours, and transparent pictures have hard edges.</source><translation>どこでも表示できます。255色で、透過画像の縁はギザギザになります。</translation></message>
<message><source>Size</source><translation>サイズ</translation></message>
<message><source>Size, pixels</source><translation>サイズ（ピクセル）</translation></message>
<message><source>Small and exact, with half-transparent edges; browsers and messengers show it.</source><translation>小さく正確で、縁は半透明。ブラウザーやメッセンジャーで表示できます。</translation></message>
<message><source>Speed of the animation; the finished picture stays a little longer</source><translation>アニメーションの速度。完成画像は少し長く表示されます</translation></message>
<message><source>Starts again at the end</source><translation>最後まで来ると最初に戻ります</translation></message>
<message><source>Steps per second</source><translation>1秒あたりのステップ数</translation></message>
<message><source>Stops at the picture</source><translation>完成画像で止まります</translation></message>
<message><source>The player decides whether a video repeats</source><translation>動画を繰り返すかどうかはプレーヤーが決めます</translation></message>
<message><source>The size of the picture</source><translation>画像の大きさ</translation></message>
<message><source>Transparent</source><translation>透過</translation></message>
<message><source>View</source><translation>表示</translation></message>
<message><source>White</source><translation>白</translation></message>
<message><source>{pixels} pixels on the longer side</source><translation>長辺{pixels}ピクセル</translation></message>
</context>
<context>
<name>FilmExport</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%nステップ</numerusform>
</translation></message>
<message><source>Animation exported</source><translation>アニメーションを書き出しました</translation></message>
<message><source>Animation of {title}</source><translation>{title}のアニメーション</translation></message>
<message><source>Step {number} of {count}…</source><translation>ステップ {number}/{count}…</translation></message>
<message><source>Steps exported</source><translation>ステップを書き出しました</translation></message>
<message><source>Writing…</source><translation>書き込み中…</translation></message>
</context>
<context>
<name>FilmPreview</name>
<message><source>Preview of the animation</source><translation>アニメーションのプレビュー</translation></message>
</context>
<context>
<name>Filmstrip</name>
<message><source>Actions for this step</source><translation>このステップの操作</translation></message>
<message><source>Actions for this step (Menu key, right-click)</source><translation>このステップの操作（Menuキー、右クリック）</translation></message>
<message><source>All pictures of this run</source><translation>この生成のすべての画像</translation></message>
<message><source>Back to the newest step</source><translation>最新のステップに戻る</translation></message>
<message><source>Back to the run in progress</source><translation>進行中の生成に戻る</translation></message>
<message><source>Latest</source><translation>最新</translation></message>
<message><source>Loop</source><translation>ループ</translation></message>
<message><source>Next picture</source><translation>次の画像</translation></message>
<message><source>Picture {number} of {count}</source><translation>画像 {number}/{count}</translation></message>
<message><source>Previous picture</source><translation>前の画像</translation></message>
<message><source>Steps</source><translation>ステップ</translation></message>
<message><source>drag to look back</source><translation>ドラッグで振り返る</translation></message>
<message><source>drag to look back, right-click to branch</source><translation>ドラッグで振り返る、右クリックで分岐</translation></message>
<message><source>each one appears here as it is made</source><translation>生成されたステップが順に表示されます</translation></message>
</context>
<context>
<name>FolderDialog</name>
<message><source>Cancel</source><translation>キャンセル</translation></message>
<message><source>Choose another folder</source><translation>別のフォルダーを選ぶ</translation></message>
<message><source>Choose…</source><translation>選択…</translation></message>
<message><source>Close without writing anything</source><translation>何も書き込まずに閉じる</translation></message>
<message><source>Export</source><translation>書き出し</translation></message>
<message><source>Folder</source><translation>フォルダー</translation></message>
<message><source>Folder for {title}</source><translation>{title}のフォルダー</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Write the files</source><translation>ファイルを書き込む</translation></message>
</context>
<context>
<name>FolderEdit</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n 枚の画像</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) edited</source><translation>
<numerusform>%n 枚の画像を編集しました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) not edited</source><translation>
<numerusform>%n 枚の画像は編集できませんでした</numerusform>
</translation></message>
<message><source>Edit a folder</source><translation>フォルダーを編集</translation></message>
<message><source>Folder with the pictures to edit</source><translation>編集する画像のフォルダー</translation></message>
<message><source>Open folder</source><translation>フォルダーを開く</translation></message>
<message><source>Show which</source><translation>一覧を表示</translation></message>
<message><source>Stopped · {edited}, {count} left</source><translation>停止 · {edited}、残り {count} 枚</translation></message>
<message><source>{folder} contains no pictures; choose another folder.</source><translation>{folder} に画像がありません。別のフォルダーを選んでください。</translation></message>
<message><source>{number} of {count}</source><translation>{number} / {count}</translation></message>
<message><source>{pictures}, {count} with a mask</source><translation>{pictures}、うちマスク付き {count} 枚</translation></message>
</context>
<context>
<name>FolderEditDialog</name>
<message><source>All become {width} × {height} pixels, the only size of this model.</source><translation>すべて {width} × {height} ピクセルになります。このモデルのサイズはこれだけです。</translation></message>
<message><source>Built in</source><translation>内蔵</translation></message>
<message><source>Each picture is generated from “{prompt}” by {model}.</source><translation>各画像は「{prompt}」から {model} で生成されます。</translation></message>
<message><source>Edit</source><translation>編集</translation></message>
<message><source>Enlarge by a network; nothing else changes</source><translation>ネットワークで拡大し、他は変えません</translation></message>
<message><source>Inpaint</source><translation>インペイント</translation></message>
<message><source>Inpaint area</source><translation>インペイント範囲</translation></message>
<message><source>Quick, and keeps transparency</source><translation>高速で、透明度を保ちます</translation></message>
<message><source>Size</source><translation>サイズ</translation></message>
<message><source>Start from each</source><translation>各画像から開始</translation></message>
<message><source>The edited pictures keep their names, subfolders, EXIF data and colour profiles. Started again, the edit continues where it ended.</source><translation>編集した画像の名前、サブフォルダー、EXIF、カラープロファイルはそのままです。再び開始すると、続きから編集します。</translation></message>
<message><source>Upscale</source><translation>拡大</translation></message>
<message><source>Upscaler</source><translation>アップスケーラー</translation></message>
</context>
<context>
<name>Folders</name>
<message><source>Couldn't open the folder: {folder}. Open it in a file manager.</source><translation>フォルダーを開けませんでした: {folder}。ファイルマネージャーで開いてください。</translation></message>
<message><source>Open folder</source><translation>フォルダーを開く</translation></message>
<message><source>{folder} is not there. If it is on another disk, connect that; then try again.</source><translation>{folder}がありません。別のディスクにある場合は、接続してから再試行してください。</translation></message>
</context>
<context>
<name>FoldersRow</name>
<message><source>Add…</source><translation>追加…</translation></message>
<message><source>Open the default models folder</source><translation>既定のモデルフォルダーを開く</translation></message>
<message><source>Remove from the list; the files stay</source><translation>一覧から外す（ファイルは残ります）</translation></message>
<message><source>Remove {folder}</source><translation>{folder}を外す</translation></message>
<message><source>Search another folder for models</source><translation>別のフォルダーでもモデルを探す</translation></message>
<message><source>Show</source><translation>開く</translation></message>
</context>
<context>
<name>GalleryCells</name>
<message><source>Cannot be shown</source><translation>表示できません</translation></message>
</context>
<context>
<name>GalleryCommands</name>
<message numerus="yes"><source> (%n file(s))</source><translation>
<numerusform> (%nファイル)</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to the favourites</source><translation>
<numerusform>%n枚の画像をお気に入りに追加しました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to {name}</source><translation>
<numerusform>%n枚の画像を{name}に追加しました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) deleted</source><translation>
<numerusform>%n枚の画像を削除しました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) hidden</source><translation>
<numerusform>%n 枚の画像を非表示にしました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from the favourites</source><translation>
<numerusform>%n枚の画像をお気に入りから外しました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from {name}</source><translation>
<numerusform>%n枚の画像を{name}から外しました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) restored</source><translation>
<numerusform>%n枚の画像を復元しました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) tagged {name}</source><translation>
<numerusform>%n枚の画像にタグ{name}を付けました</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) taken back</source><translation>
<numerusform>%n枚の画像の生成を取り消しました</numerusform>
</translation></message>
<message numerus="yes"><source>Collection of %n picture(s) created</source><translation>
<numerusform>%n枚の画像のコレクションを作成しました</numerusform>
</translation></message>
<message><source>Ctrl+Z undoes it.</source><translation>Ctrl+Zで元に戻せます。</translation></message>
<message><source>Imported folders are not changed.</source><translation>読み込んだフォルダーは変更されません。</translation></message>
<message><source>In {name} already</source><translation>すでに{name}にあります</translation></message>
<message><source>It is under Recently deleted.</source><translation>「最近削除した項目」にあります。</translation></message>
<message><source>New collection</source><translation>新しいコレクション</translation></message>
<message><source>No picture is selected</source><translation>画像が選択されていません</translation></message>
<message><source>Not in {name}</source><translation>{name}にはありません</translation></message>
<message><source>Picture deleted</source><translation>画像を削除しました</translation></message>
<message><source>Picture hidden</source><translation>画像を非表示にしました</translation></message>
<message><source>Picture restored</source><translation>画像を復元しました</translation></message>
<message><source>Restore</source><translation>復元</translation></message>
<message><source>They are under Recently deleted.</source><translation>「最近削除した項目」にあります。</translation></message>
<message><source>{before} renamed to {now}</source><translation>{before}の名前を{now}に変更しました</translation></message>
<message numerus="yes"><source>{name} removed from %n picture(s)</source><translation>
<numerusform>%n枚の画像からタグ{name}を外しました</numerusform>
</translation></message>
</context>
<context>
<name>GalleryPage</name>
<message><source>Gallery</source><translation>ギャラリー</translation></message>
</context>
<context>
<name>GalleryPanel</name>
<message><source>Clear the search and show the new picture</source><translation>検索を消して新しい画像を表示</translation></message>
<message><source>Show it</source><translation>表示</translation></message>
<message><source>The search hides the new picture.</source><translation>検索により新しい画像が隠れています。</translation></message>
</context>
<context>
<name>GalleryService</name>
<message><source>Something was repaired</source><translation>修復を行いました</translation></message>
<message><source>{file} is damaged; copy a backup of it to {folder}, or generate it again from its settings.</source><translation>{file}は破損しています。バックアップを{folder}にコピーするか、設定から再生成してください。</translation></message>
</context>
<context>
<name>GenerateButton</name>
<message><source>Starting…</source><translation>起動中…</translation></message>
<message><source>Stopping…</source><translation>停止しています…</translation></message>
<message><source>The current step is being finished</source><translation>現在のステップを終えています</translation></message>
</context>
<context>
<name>GenerationController</name>
<message numerus="yes"><source>%n failed and can be tried again.</source><translation>
<numerusform>失敗した%n件は再試行できます。</numerusform>
</translation></message>
<message><source>A picture could not be saved</source><translation>画像を保存できませんでした</translation></message>
<message><source>A run is in progress</source><translation>生成中です</translation></message>
<message><source>Add to the queue</source><translation>キューに追加</translation></message>
<message><source>Everything is made.</source><translation>すべて生成しました。</translation></message>
<message><source>It could not be followed to its end.</source><translation>最後まで追跡できませんでした。</translation></message>
<message><source>It starts after the running jobs</source><translation>実行中のジョブの後に始まります</translation></message>
<message><source>Queued · {count}</source><translation>キューに追加 · {count}件</translation></message>
<message><source>Queued · {count} · {total} waiting in all</source><translation>キューに追加 · {count} · 待機中は合計{total}件</translation></message>
<message><source>Resume</source><translation>再開</translation></message>
<message><source>The queue waits until it is.</source><translation>保存できるまでキューは待機します。</translation></message>
<message><source>Try again once it has ended, or stop it first.</source><translation>生成が終わってから、または生成を停止してから、もう一度お試しください。</translation></message>
<message><source>Try again once it is saved.</source><translation>保存できてから、もう一度お試しください。</translation></message>
<message><source>Your pictures are ready</source><translation>画像ができました</translation></message>
<message><source>about {time} · {size}</source><translation>約 {time} · {size}</translation></message>
<message><source>starting…</source><translation>開始しています…</translation></message>
<message><source>{title} · waits for the paused queue</source><translation>{title} · 一時停止中のキューを待っています</translation></message>
<message><source>{title} · waits for the paused run</source><translation>{title} · 一時停止中の生成を待っています</translation></message>
</context>
<context>
<name>GenerationModes</name>
<message><source>A set is a list of prompts, and {model} reads none.</source><translation>セットはプロンプトの一覧ですが、{model} はプロンプトを読みません。</translation></message>
<message><source>Describe the picture, or let the model draw anything.</source><translation>描きたい画像を書くか、モデルに自由に描かせてください。</translation></message>
<message><source>Draw anything</source><translation>自由に描く</translation></message>
<message><source>It updates a single picture. Leave the set with {keys}.</source><translation>1枚の画像だけを更新するモードです。{keys}でセットを終了してください。</translation></message>
<message><source>No set was found</source><translation>セットが見つかりません</translation></message>
<message><source>The prompt is empty</source><translation>プロンプトが空です</translation></message>
</context>
<context>
<name>Grid</name>
<message><source>No favourites yet. Press F to mark the selected picture.</source><translation>お気に入りはまだありません。Fを押すと選択中の画像をお気に入りにできます。</translation></message>
<message><source>No imported pictures yet. Drop a file here, or add a folder.</source><translation>取り込んだ画像はまだありません。ファイルをここにドロップするか、フォルダーを追加してください。</translation></message>
<message><source>No pictures from today yet.</source><translation>今日の画像はまだありません。</translation></message>
<message><source>Nothing matches “{query}”.</source><translation>「{query}」に一致するものはありません。</translation></message>
<message><source>Pictures</source><translation>画像</translation></message>
<message><source>There are no pictures in this folder.</source><translation>このフォルダーに画像はありません。</translation></message>
<message><source>Your pictures will appear here.</source><translation>ここに画像が表示されます。</translation></message>
</context>
<context>
<name>GridController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n枚の画像</numerusform>
</translation></message>
<message><source>Another grid is being generated. Stop it, then restore this one.</source><translation>別のグリッドを生成中です。停止してから、これを復元してください。</translation></message>
<message><source>Back to the grid</source><translation>グリッドに戻る</translation></message>
<message><source>Grid</source><translation>グリッド</translation></message>
<message numerus="yes"><source>Grid: %n picture(s)</source><translation>
<numerusform>グリッド: %n枚の画像</numerusform>
</translation></message>
<message><source>It is in the pictures folder; its pictures are the collection “{name}”.</source><translation>画像フォルダーに保存されました。各画像はコレクション「{name}」にあります。</translation></message>
<message><source>Its name is “{name}”.</source><translation>名前は「{name}」です。</translation></message>
<message><source>One picture for each value, or each pair</source><translation>値ごと、または組み合わせごとに1枚</translation></message>
<message><source>One picture for each value, or each pair; all other settings stay as they are.</source><translation>値ごと、または組み合わせごとに1枚。ほかの設定はそのままです。</translation></message>
<message><source>Previous grid saved as a collection</source><translation>前のグリッドをコレクションとして保存しました</translation></message>
<message><source>Restore it</source><translation>復元する</translation></message>
<message><source>Schedulers</source><translation>スケジューラー</translation></message>
<message numerus="yes"><source>Schedulers: %n picture(s)</source><translation>
<numerusform>スケジューラー: %n枚の画像</numerusform>
</translation></message>
<message><source>Sheet saved</source><translation>シートを保存しました</translation></message>
<message><source>click one to use it</source><translation>クリックすると使えます</translation></message>
<message><source>connecting to the cluster…</source><translation>クラスターに接続しています…</translation></message>
</context>
<context>
<name>GridSetup</name>
<message><source>Across</source><translation>横方向</translation></message>
<message><source>Down</source><translation>縦方向</translation></message>
<message><source>Make the grid</source><translation>グリッドを作成</translation></message>
<message><source>One picture for each</source><translation>それぞれに1枚の画像</translation></message>
</context>
<context>
<name>GridView</name>
<message><source>Continue</source><translation>続行</translation></message>
<message><source>Each at its best</source><translation>各自の最適設定</translation></message>
<message><source>Every scheduler with its own default steps and spacing</source><translation>各スケジューラーを既定のステップ数と間隔で</translation></message>
<message><source>Every scheduler with the steps and the spacing that are set</source><translation>すべてのスケジューラーを設定中のステップ数と間隔で</translation></message>
<message><source>Make the missing pictures</source><translation>不足分の画像を生成</translation></message>
<message><source>Same settings</source><translation>同じ設定</translation></message>
<message><source>Settings of the schedulers</source><translation>スケジューラーの設定</translation></message>
<message><source>Skip the missing pictures</source><translation>残りの画像を省く</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
</context>
<context>
<name>Handout</name>
<message><source>A run on the plane</source><translation>平面上の生成</translation></message>
<message><source>Distance at the end</source><translation>最後の距離</translation></message>
<message><source>Distance from the true distribution at each step</source><translation>各ステップでの真の分布との距離</translation></message>
<message><source>Each point starts as noise, and the sampler moves it towards the data. The notebook runs with the package `gdm_studio`.</source><translation>各点はノイズから始まり、サンプラーがデータへ近づけていきます。ノートブックの実行には`gdm_studio`パッケージを使います。</translation></message>
<message><source>Images, compared</source><translation>画像の比較</translation></message>
<message><source>In Python</source><translation>Pythonでは</translation></message>
<message><source>Made with GDM Studio.</source><translation>GDM Studioで作成。</translation></message>
<message><source>Noise after each step, as the ratio of noise to signal</source><translation>各ステップ後のノイズ（ノイズと信号の比）</translation></message>
<message><source>Nothing is known about how this image was made.</source><translation>この画像の生成方法は不明です。</translation></message>
<message><source>Play</source><translation>再生</translation></message>
<message><source>Runs on the plane, compared</source><translation>平面上の生成の比較</translation></message>
<message><source>Step</source><translation>ステップ</translation></message>
<message><source>Step {step} in numbers</source><translation>ステップ{step}を数値で</translation></message>
<message><source>Step {step} of {steps}</source><translation>ステップ {step}/{steps}</translation></message>
<message><source>Step {step} of {steps} · α {alpha:.3f} · σ {sigma:.3f} · distance {distance:.3f}</source><translation>ステップ {step}/{steps} · α {alpha:.3f} · σ {sigma:.3f} · 距離 {distance:.3f}</translation></message>
<message><source>The network of this run is not part of the notebook. The exact denoiser takes its place.</source><translation>この生成に使ったネットワークはノートブックに含まれません。代わりに厳密なデノイザーを使います。</translation></message>
<message><source>The request below determines the image completely. Running it again generates the same image, step by step.</source><translation>画像は以下のリクエストで完全に決まります。もう一度実行すると、ステップごとに同じ画像が生成されます。</translation></message>
<message><source>evaluations of the denoiser</source><translation>デノイザーの評価回数</translation></message>
<message><source>step</source><translation>ステップ</translation></message>
</context>
<context>
<name>Head</name>
<message><source>Its file does not say how it was made</source><translation>ファイルに生成方法の記録がありません</translation></message>
<message><source>Move {letter} to the left</source><translation>{letter}を左へ移動</translation></message>
<message><source>Move {letter} to the right</source><translation>{letter}を右へ移動</translation></message>
<message><source>Remove {letter} from the comparison</source><translation>{letter}を比較から外す</translation></message>
<message><source>Use the settings of {letter}</source><translation>{letter}の設定を使う</translation></message>
<message><source>{title} · settings not known</source><translation>{title} · 設定不明</translation></message>
</context>
<context>
<name>IdleNotifier</name>
<message numerus="yes"><source>%n picture(s) still to make</source><translation>
<numerusform>未生成の画像が%n枚あります</numerusform>
</translation></message>
<message><source>The queue resumes when you open GDM Studio again.</source><translation>次にGDM Studioを開いたときにキューが再開します。</translation></message>
</context>
<context>
<name>ImageSignals</name>
<message><source>The file does not say which model made this picture.</source><translation>この画像を作ったモデルはファイルに書かれていません。</translation></message>
<message><source>This picture has no settings from which to make it again.</source><translation>この画像には、もう一度作るための設定がありません。</translation></message>
<message><source>This picture has no settings to use; drop it on the Create page to start from it.</source><translation>この画像には設定がありません。「作成」ページにドロップすると初期画像になります。</translation></message>
<message><source>Variations need the settings of a picture, and this one has none; start from it instead.</source><translation>バリエーションには画像の設定が必要ですが、この画像にはありません。代わりに初期画像にしてください。</translation></message>
</context>
<context>
<name>ImportController</name>
<message><source>Add a folder of pictures to the gallery</source><translation>画像のフォルダーをギャラリーに追加</translation></message>
<message><source>Added to the gallery</source><translation>ギャラリーに追加しました</translation></message>
<message><source>{file} was copied; the original stays where it is.</source><translation>{file}をコピーしました。元のファイルはそのまま残ります。</translation></message>
</context>
<context>
<name>InterpolationController</name>
<message><source>Animated WebP (*.webp)</source><translation>アニメーションWebP (*.webp)</translation></message>
<message><source>Animation saved</source><translation>アニメーションを保存しました</translation></message>
<message><source>Animation {file}</source><translation>アニメーション {file}</translation></message>
<message><source>Back to the row</source><translation>画像の列に戻る</translation></message>
<message numerus="yes"><source>Between two: %n picture(s)</source><translation>
<numerusform>2点間: %n枚の画像</numerusform>
</translation></message>
<message><source>From {prompt}, seed {seed}</source><translation>{prompt}（シード {seed}）から</translation></message>
<message><source>GIF (*.gif)</source><translation>GIF (*.gif)</translation></message>
<message><source>MP4 video (*.mp4)</source><translation>MP4動画 (*.mp4)</translation></message>
<message><source>Save animation</source><translation>アニメーションを保存</translation></message>
<message><source>every frame begins with the start picture</source><translation>どのコマも初期画像から始まります</translation></message>
<message><source>no prompt</source><translation>プロンプトなし</translation></message>
<message><source>only the masked part changes</source><translation>マスクした部分だけが変わります</translation></message>
<message><source>press Make</source><translation>「作成」を押してください</translation></message>
<message><source>seed {seed}</source><translation>シード {seed}</translation></message>
<message><source>writing…</source><translation>書き込み中…</translation></message>
<message><source>{percent} % of the way</source><translation>{percent} %の地点</translation></message>
<message><source>{prompt}, seed {seed} → {end}</source><translation>{prompt}（シード {seed}）→ {end}</translation></message>
</context>
<context>
<name>InterpolationRow</name>
<message><source>Use the seed and the prompt themselves</source><translation>シードとプロンプトをそのまま使う</translation></message>
<message><source>Variation {percent} % of seed {seed}</source><translation>シード {seed} のバリエーション {percent} %</translation></message>
<message><source>{legs} steps away, the last {percent} % towards seed {seed}</source><translation>{legs}段階先、最後はシード {seed} へ{percent} %</translation></message>
<message><source>{legs} steps away, the last {percent} % towards {prompt}, seed {seed}</source><translation>{legs}段階先、最後は{prompt}、シード {seed} へ{percent} %</translation></message>
<message><source>{percent} % towards {prompt}, seed {seed}</source><translation>{prompt}、シード {seed} へ{percent} %</translation></message>
</context>
<context>
<name>InterpolationView</name>
<message><source>Another seed</source><translation>別のシード</translation></message>
<message><source>Between two pictures</source><translation>2つの画像の間</translation></message>
<message><source>Drag along the row</source><translation>列に沿ってドラッグ</translation></message>
<message><source>Frames</source><translation>フレーム数</translation></message>
<message><source>Make</source><translation>作成</translation></message>
<message><source>Make the pictures of the row</source><translation>列の画像を生成</translation></message>
<message><source>Picture of the row</source><translation>列の画像</translation></message>
<message><source>Pictures in the row</source><translation>列の画像の枚数</translation></message>
<message><source>Prompt of the last picture</source><translation>最後の画像のプロンプト</translation></message>
<message><source>Prompt of the last picture; empty for the same prompt</source><translation>最後の画像のプロンプト。空欄なら同じプロンプト</translation></message>
<message><source>Seed of the last picture</source><translation>最後の画像のシード</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>To prompt</source><translation>終点のプロンプト</translation></message>
<message><source>To seed</source><translation>終点のシード</translation></message>
<message><source>the same prompt</source><translation>同じプロンプト</translation></message>
</context>
<context>
<name>Introduction</name>
<message><source>Press Start. Test pictures and a diagnosis show whether it learns.</source><translation>「開始」を押します。学習が進んでいるかどうかは、テスト画像と診断で分かります。</translation></message>
<message><source>Teach a model your style, or train a model of your own. All on this computer.</source><translation>モデルに自分のスタイルを教えたり、自分だけのモデルを作ったりできます。すべてこのコンピューターで行います。</translation></message>
<message><source>Train on your pictures</source><translation>自分の画像でトレーニング</translation></message>
</context>
<context>
<name>InversionTool</name>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>残り%nステップ</numerusform>
</translation></message>
<message><source>Change the prompt, then generate from the recovered noise.</source><translation>プロンプトを変えて、復元したノイズから生成してください。</translation></message>
<message><source>Finding the noise</source><translation>ノイズを逆算中</translation></message>
<message><source>Generate from it</source><translation>このノイズから生成</translation></message>
<message><source>Ready: new words, same layout</source><translation>準備完了: 新しい言葉、同じ構図</translation></message>
<message><source>The picture as it is</source><translation>画像のまま</translation></message>
<message><source>The picture was drawn for: {prompt}</source><translation>この画像のプロンプト：{prompt}</translation></message>
<message><source>Use its prompt</source><translation>画像のプロンプトを使う</translation></message>
<message><source>Your prompt is not the picture's</source><translation>入力中のプロンプトはこの画像のものではありません</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model}は画像から開始できません</translation></message>
<message><source>{percent} % noise</source><translation>ノイズ{percent} %</translation></message>
</context>
<context>
<name>JobBar</name>
<message numerus="yes"><source>%n job(s)</source><translation>
<numerusform>%n件のジョブ</numerusform>
</translation></message>
<message><source>Choose a job to stop</source><translation>停止するジョブを選ぶ</translation></message>
<message><source>Show all running jobs in the queue</source><translation>実行中のすべてのジョブをキューに表示</translation></message>
<message><source>Show {job}</source><translation>{job}を表示</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Stop this job after the current step</source><translation>現在のステップの後でこのジョブを停止</translation></message>
<message><source>Stop {job}</source><translation>{job}を停止</translation></message>
<message><source>Stop…</source><translation>停止…</translation></message>
</context>
<context>
<name>JobLine</name>
<message><source>Progress of {job}</source><translation>{job}の進行状況</translation></message>
<message><source>Show</source><translation>表示</translation></message>
<message><source>Show the pictures of this job</source><translation>このジョブの画像を表示</translation></message>
<message><source>Show {job}</source><translation>{job}を表示</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Stop {job}</source><translation>{job}を停止</translation></message>
</context>
<context>
<name>Label</name>
<message><source>{title}: {text}</source><translation>{title}: {text}</translation></message>
</context>
<context>
<name>LargePicture</name>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Space or Esc closes it; the arrow keys show the next picture</source><translation>SpaceまたはEscで閉じ、矢印キーで次の画像を表示します</translation></message>
<message><source>Toolbar of the picture</source><translation>画像のツールバー</translation></message>
<message><source>{title}, large</source><translation>{title}（拡大表示）</translation></message>
</context>
<context>
<name>LearnPage</name>
<message><source>Compare the systems of the literature</source><translation>文献の手法を比較します</translation></message>
<message><source>Data to noise</source><translation>データ→ノイズ</translation></message>
<message><source>Diffusion in 2D</source><translation>2 次元の拡散</translation></message>
<message><source>Direction</source><translation>方向</translation></message>
<message><source>Drag through the steps</source><translation>ドラッグでステップを移動</translation></message>
<message><source>Draw lines here with the mouse.</source><translation>ここにマウスで線を描いてください。</translation></message>
<message><source>Exporting…</source><translation>書き出しています…</translation></message>
<message><source>Family tree</source><translation>系統樹</translation></message>
<message><source>First run</source><translation>1つ目の生成</translation></message>
<message><source>Lessons</source><translation>レッスン</translation></message>
<message><source>Measured when the training ends</source><translation>訓練の終了後に測定します</translation></message>
<message><source>Noise to data</source><translation>ノイズ→データ</translation></message>
<message><source>Notebook (Jupyter)</source><translation>ノートブック（Jupyter）</translation></message>
<message><source>Panel</source><translation>パネル</translation></message>
<message><source>Play the steps</source><translation>ステップを再生します</translation></message>
<message><source>Second run</source><translation>2つ目の生成</translation></message>
<message><source>Settings</source><translation>設定</translation></message>
<message><source>Settings of the points</source><translation>点の設定</translation></message>
<message><source>Show the score as arrows</source><translation>スコアを矢印で表示します</translation></message>
<message><source>Six short lessons, each with an exercise</source><translation>6つの短いレッスン。それぞれに練習問題があります</translation></message>
<message><source>Step</source><translation>ステップ</translation></message>
<message><source>Step {step} of {steps}</source><translation>ステップ {step}/{steps}</translation></message>
<message><source>Take it home</source><translation>持ち帰る</translation></message>
<message><source>Take it home, as a web page or a notebook</source><translation>Webページまたはノートブックとして持ち帰ります</translation></message>
<message><source>The process</source><translation>拡散過程</translation></message>
<message><source>The process adds noise to true points</source><translation>真の点にノイズを加えます</translation></message>
<message><source>The runs were exported</source><translation>実行を書き出しました</translation></message>
<message><source>The sampler removes the noise</source><translation>サンプラーがノイズを取り除きます</translation></message>
<message><source>This step, in numbers</source><translation>このステップを数値で</translation></message>
<message><source>Web page (HTML)</source><translation>Webページ（HTML）</translation></message>
<message><source>{factor} × the exact error, step {step} of {steps}</source><translation>厳密な誤差の{factor}倍、ステップ {step}/{steps}</translation></message>
<message><source>α {alpha} · σ {sigma} · distance {distance}</source><translation>α {alpha} · σ {sigma} · 距離 {distance}</translation></message>
</context>
<context>
<name>Lesson</name>
<message><source>1. Noise and its schedule</source><translation>1. ノイズとスケジュール</translation></message>
<message><source>2. What a network learns</source><translation>2. ネットワークが学ぶもの</translation></message>
<message><source>20 steps</source><translation>20ステップ</translation></message>
<message><source>2000 points were drawn with the exact denoiser. Near how many different training points do they end?</source><translation>厳密なデノイザーで2000個の点を生成しました。点は、何個の異なる学習点の近くに行き着いたでしょうか？</translation></message>
<message><source>3. Samplers and steps</source><translation>3. サンプラーとステップ</translation></message>
<message><source>4. Guidance, temperature</source><translation>4. ガイダンスと温度</translation></message>
<message><source>5. Latents</source><translation>5. 潜在変数</translation></message>
<message><source>50 steps</source><translation>50ステップ</translation></message>
<message><source>6. Why models memorise</source><translation>6. モデルが丸暗記する理由</translation></message>
<message><source>A common mistake: “DDIM adapts its schedule to the data.” It does not. You choose its noise levels before it starts, and all points pass through the same ones. It needs fewer steps than DDPM because its path has no new noise. Only methods with a tolerance, such as RK45, choose their steps on the way.</source><translation>よくある誤解:「DDIMはスケジュールをデータに適応させる」。そうではありません。ノイズレベルは始める前に選ばれ、すべての点が同じレベルを通ります。DDPMより少ないステップで済むのは、経路に新しいノイズが加わらないからです。途中でステップを決めるのは、RK45のように許容誤差を持つ手法だけです。</translation></message>
<message><source>A coordinate is x = 1, at α = 0.6 and σ = 0.8. The network guesses x̂₀ = 0.5. Which noise ε follows?</source><translation>ある座標がx = 1で、α = 0.6、σ = 0.8です。ネットワークの推測はx̂₀ = 0.5です。このときのノイズεはいくつでしょうか？</translation></message>
<message><source>A network in place of the exact guess</source><translation>厳密な推測の代わりにネットワーク</translation></message>
<message><source>A noisy point could have come from many clean points. The best possible guess is their average, weighted by how likely each is: x̂₀ = E[x₀ | x]. In training, a clean point, a noise level and noise are drawn at random. The network sees the noisy point and the level. Its loss is the squared error of its guess. Of two equally likely points, the middle has less of it, on average, than either.</source><translation>ノイズの加わった点は、たくさんのきれいな点のどれからでも生じえます。最良の推測は、それぞれのもっともらしさで重み付けした平均です: x̂₀ = E[x₀ | x]。学習では、きれいな点、ノイズレベル、ノイズをランダムに選びます。ネットワークは、ノイズの加わった点とそのレベルを見ます。損失は、推測の二乗誤差です。同じ確率の2つの点では、中間のほうがどちらの点よりも、平均して誤差が小さくなります。</translation></message>
<message><source>A picture of 512 × 512 pixels in 3 colours has 786432 numbers. Most of them can be guessed from their neighbours. Diffusion on all of them would spend its time on details that nobody sees.</source><translation>512 × 512ピクセル、3色の画像には786432個の数値があります。そのほとんどは隣の値から推測できます。すべての数値で拡散を行うと、誰の目にも留まらない細部に時間を費やすことになります。</translation></message>
<message><source>A prompt is a condition. On the plane it is the class: here, the first moon. The network can guess with the class, c, and without it, u. In training, the class is sometimes left out, so that one network learns both.</source><translation>プロンプトは条件の1つです。この平面での条件はクラスで、ここでは1つ目の三日月です。ネットワークは、クラスありの推測cと、クラスなしの推測uを出せます。学習ではクラスをときどき省くため、1つのネットワークが両方を学びます。</translation></message>
<message><source>A sampler walks back from noise to data. The network knows every noise level, so the sampler may skip most of them. DDIM splits x into the guess x̂₀ and the predicted noise ε, and mixes them again with less noise:
x′ = α′·x̂₀ + σ′·ε
Move the slider back: Σ below the plane shows a step in numbers, with its code. The last step is only x′ = x̂₀.</source><translation>サンプラーはノイズからデータへと戻っていきます。ネットワークはすべてのノイズレベルを知っているので、サンプラーはその大半を飛ばせます。DDIMはxを推測x̂₀と予測されたノイズεに分け、ノイズを減らして混ぜ直します:
x′ = α′·x̂₀ + σ′·ε
スライダーを戻してから平面の下のΣを押すと、そのステップを数値とコードで確かめられます。最後のステップはx′ = x̂₀だけです。</translation></message>
<message><source>A schedule says how fast α falls over 1000 steps; the slider stops at 40 of them. Halfway, α is 0.28 in the linear schedule and 0.70 in the cosine schedule, which spends more steps where shapes can be seen.</source><translation>スケジュールは、αが1000ステップでどれだけ速く下がるかを決めます。スライダーはそのうち40か所で止まります。半分の時点で、αは線形スケジュールでは0.28、コサインスケジュールでは0.70です。後者は、形が見える範囲に、より多くのステップを使います。</translation></message>
<message><source>An average is not the clean point itself, so even a perfect network has a loss. Exactly between the two modes, the best guess is the middle, where there is no data: in pictures, a blur.</source><translation>平均はきれいな点そのものではないので、完璧なネットワークにも損失があります。2つの山のちょうど中間では、最良の推測は真ん中、つまりデータのない場所になります。画像なら、ぼやけたものです。</translation></message>
<message><source>Better rules bend with the curve. DPM++ 2M also uses its previous guess. An evaluation is one guess; guesses take nearly all the time. In the chart, DPM++ 2M reaches 0.04 with 12 evaluations, and DDIM 0.08.</source><translation>より良い規則は、曲線に沿って曲がります。DPM++ 2Mは1つ前の推測も使います。1回の評価とは1回の推測のことで、時間のほとんどは推測にかかります。グラフでは、12回の評価でDPM++ 2Mは0.04に、DDIMは0.08に達します。</translation></message>
<message><source>Classifier-free guidance exaggerates the difference between the two guesses:
x̂₀ = u + g·(c − u)
At g = 0 the class has no effect, and at g = 1 it is the plain guess with the class. Above 1, points move away from what all classes have in common. Each step takes two guesses instead of one. With a negative prompt, u is the guess for that prompt.</source><translation>分類器なしガイダンスは、2つの推測の差を誇張します:
x̂₀ = u + g·(c − u)
g = 0ではクラスの効果がなく、g = 1ではクラスありの推測そのものです。1を超えると、点はすべてのクラスに共通するものから離れていきます。各ステップで、推測が1回ではなく2回必要になります。ネガティブプロンプトがあれば、uはそのプロンプトに対する推測です。</translation></message>
<message><source>Click a point to follow it. The red circle is the guess for it. At high noise the guess is near the middle of all data, at low noise in the nearest mode. The arrows point to α·x̂₀.</source><translation>点をクリックすると、その動きを追えます。赤い円は、その点に対する推測です。ノイズが大きいうちは推測は全データの中央付近にあり、ノイズが小さくなると最も近い山に入ります。矢印はα·x̂₀を指します。</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM puts fresh noise in place of part of the predicted noise, except at the end. That corrects earlier errors, but needs more steps. η scales the fresh noise: 0 is DDIM, 1 is DDPM. With other fresh noise, the same start ends elsewhere. DDPM follows a stochastic differential equation (SDE), DDIM an ordinary one (ODE).</source><translation>DDPMは、最後を除いて、予測されたノイズの一部を新しいノイズに置き換えます。これはそれまでの誤差を直しますが、より多くのステップが必要です。ηは新しいノイズの係数で、0がDDIM、1がDDPMです。新しいノイズが違えば、同じ始点からでも行き着く先が変わります。DDPMは確率微分方程式（SDE）に、DDIMは常微分方程式（ODE）に従います。</translation></message>
<message><source>DDPM, with fresh noise</source><translation>DDPM（新しいノイズあり）</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>Drag the slider to the place where data and noise are equally strong, α = σ. Then check.</source><translation>データとノイズが等しい強さになる位置、α = σまで、スライダーをドラッグしてください。それから「確認」を押します。</translation></message>
<message><source>Each point here stands for a picture. Drag the slider below: the points turn into noise, step by step. The grey glow is their true density; blue and orange are two classes. Nothing is learned yet. This half of diffusion is pure arithmetic.</source><translation>ここでは、1つの点が1枚の画像を表します。下のスライダーをドラッグしてみてください。点が一歩ずつノイズに変わっていきます。灰色のぼんやりした部分は点の真の密度、青とオレンジは2つのクラスです。まだ何も学習していません。拡散のこの半分は、純粋な計算です。</translation></message>
<message><source>Each point on this plane can stand for two latents, which a decoder turns into a picture. Nothing about the sampler would change: it sees numbers and noise, never pixels. The prompt is no latent: a text encoder turns it into numbers, which the denoiser reads at every step.</source><translation>この平面の各点は2つの潜在変数を表し、デコーダーがそれを画像に変えると考えられます。それでもサンプラーは何も変わりません。サンプラーが見るのは数値とノイズだけで、ピクセルを見ることはありません。プロンプトは潜在変数ではありません。テキストエンコーダーがプロンプトを数値に変え、デノイザーが各ステップでそれを読みます。</translation></message>
<message><source>Guidance 4</source><translation>ガイダンス4</translation></message>
<message><source>How many latents has a picture of 1024 × 1024 pixels, if they have 4 channels and each side is 8 times smaller?</source><translation>1024 × 1024ピクセルの画像の潜在変数は、4チャンネルで各辺が8分の1なら、いくつでしょうか？</translation></message>
<message><source>In short: guidance makes a picture fit its prompt better, a low temperature makes it more ordinary. If colours become too strong or all pictures look the same, lower the guidance first.</source><translation>まとめると、ガイダンスは画像をプロンプトによりよく合わせ、低い温度は画像をより平凡にします。色が強くなりすぎたり、どの画像も同じに見えたりするときは、まずガイダンスを下げてください。</translation></message>
<message><source>Latents are not small pictures. Neighbouring latents belong to neighbouring places, but a single channel is no colour. The autoencoder (VAE) is not exact: a picture that is encoded and decoded again has lost fine texture and small letters. More steps cannot repair them.</source><translation>潜在変数は小さな画像ではありません。隣り合う潜在変数は隣り合う場所に対応しますが、1つのチャンネルが1つの色になるわけではありません。オートエンコーダー（VAE）は厳密ではありません。画像を符号化してから復号すると、細かい質感や小さな文字が失われます。ステップを増やしても直せません。</translation></message>
<message><source>Let it predict the noise</source><translation>ノイズを予測させる</translation></message>
<message><source>Many small steps together are one large step:
x = α·x₀ + σ·ε
α scales the data: it is the product of all √(1 − β), which DDPM's paper calls √ᾱ. σ scales the noise. Both are shown below the plane. Since the cloud keeps its size, α² + σ² = 1: the variance is preserved (VP). At the end α is nearly 0: what remains is Gaussian noise with mean 0 and variance 1, from which a new picture can start.</source><translation>たくさんの小さなステップをまとめると、1つの大きなステップになります:
x = α·x₀ + σ·ε
αはデータに掛かる係数で、すべての√(1 − β)の積です。DDPMの論文では√ᾱと書かれます。σはノイズに掛かる係数です。どちらも平面の下に表示されます。点の集まりの大きさは変わらないので、α² + σ² = 1です。つまり分散が保存されます（VP）。最後にはαがほぼ0になり、残るのは平均0、分散1のガウスノイズです。新しい画像はここから始められます。</translation></message>
<message><source>Models make new pictures because they do not reach that optimum. A network of limited size, seeing many pictures few times, cannot store each one. It has to learn what they share, and guesses mixtures of them. These errors are the new pictures.</source><translation>モデルが新しい画像を作れるのは、その最適解に達しないからです。大きさの限られたネットワークは、たくさんの画像を数回ずつ見ただけでは、1枚1枚を覚えきれません。画像に共通するものを学ぶしかなく、それらの混合を推測します。この誤りが、新しい画像です。</translation></message>
<message><source>More steps do not help: the sampler follows the guess. Nor does another seed. To see whether a model copies, look for the training picture nearest to the result. To see it in training, hold some pictures out, as the page Train does. At high noise, the errors of held-out and training pictures agree, since only the average can be guessed. The gap opens at middle and low noise: if the model copies, the error of held-out pictures usually falls first, then stalls or rises, while that of training pictures keeps falling.</source><translation>ステップを増やしても変わりません。サンプラーは推測に従うだけだからです。シードを変えても同じです。モデルが複製しているかどうかを調べるには、結果に最も近い学習画像を探してください。学習中に見分けるには、「トレーニング」ページのように、一部の画像を学習に使わず検証用に残します。ノイズが大きいところでは、推測できるのは平均だけなので、検証用の画像と学習画像の誤差は一致します。差が開くのは、ノイズが中くらいから小さいところです。複製していれば、検証用の画像の誤差は、たいてい最初は下がり、その後は止まるか上がります。一方、学習画像の誤差は下がり続けます。</translation></message>
<message><source>Not yet. Count the clusters on the first plane.</source><translation>まだです。1つ目の平面で、かたまりの数を数えてみてください。</translation></message>
<message><source>Not yet. Divide the side by 8, square it, and multiply by the channels.</source><translation>まだです。辺の長さを8で割り、2乗して、チャンネル数を掛けてください。</translation></message>
<message><source>Not yet. Multiply the difference of the guesses by 3, and add it to the guess without the class.</source><translation>まだです。クラスなしの推測に、2つの推測の差の3倍を足してください。</translation></message>
<message><source>Not yet. Open Settings, move Steps, and read the distance below the first plane. Change nothing else.</source><translation>まだです。「設定」を開いて「ステップ数」を動かし、1つ目の平面の下の距離を読んでください。ほかは何も変えません。</translation></message>
<message><source>Not yet. Read α and σ below the plane: near 0.7 with VP, near 1 with VE.</source><translation>まだです。平面の下のαとσを読んでください。VPでは0.7付近、VEでは1付近です。</translation></message>
<message><source>Not yet. Subtract α·x̂₀ from x, then divide by σ.</source><translation>まだです。xからα·x̂₀を引き、σで割ってください。</translation></message>
<message><source>Not yet. The distance is less than 0.1, but fewer steps will do.</source><translation>まだです。距離は0.1未満ですが、もっと少ないステップで足ります。</translation></message>
<message><source>On this page the exact guess is known, because the data is a known mixture. For real data, a network has to learn it. Watch one learn: below it, its error is compared with the exact guess's.</source><translation>このページでは、データが既知の混合分布なので、厳密な推測が分かっています。現実のデータでは、ネットワークが学習しなければなりません。学習する様子を見てみましょう。その下に、厳密な推測の誤差と比べた誤差が表示されます。</translation></message>
<message><source>One small step keeps most of a point and adds a little Gaussian noise ε:
x ← √(1 − β)·x + √β·ε
Here β is the noise's share of the variance. Mind the roots. Data and noise both have variance 1, and variances add up: (1 − β) + β = 1. So the cloud keeps its size. Without the roots it would shrink at every step, which is a common mistake.</source><translation>1つの小さなステップは、点の大部分を残し、わずかなガウスノイズεを加えます:
x ← √(1 − β)·x + √β·ε
ここでβは、分散に占めるノイズの割合です。平方根に注意してください。データもノイズも分散は1で、分散は足し算になります: (1 − β) + β = 1。だから点の集まりの大きさは変わりません。平方根がなければステップのたびに縮んでしまいます。これはよくある間違いです。</translation></message>
<message><source>Right. No matter how many points you draw, there are no more than these.</source><translation>正解です。いくつ点を生成しても、これより多くはなりません。</translation></message>
<message><source>Right. One step less, and the distance is 0.1 or more.</source><translation>正解です。1ステップ減らすと、距離は0.1以上になります。</translation></message>
<message><source>Right. With VP, both are 0.71 there, because twice the square of 0.71 is 1.</source><translation>正解です。VPではどちらもそこで0.71です。0.71の2乗の2倍は1になるからです。</translation></message>
<message><source>Right: (1 − 0.6·0.5) / 0.8 = 0.875.</source><translation>正解です: (1 − 0.6·0.5) / 0.8 = 0.875。</translation></message>
<message><source>Right: 0.2 + 3·(0.5 − 0.2) = 1.1, which is beyond both guesses.</source><translation>正解です: 0.2 + 3·(0.5 − 0.2) = 1.1。2つの推測のどちらをも超えています。</translation></message>
<message><source>Right: 128 × 128 × 4 = 65536, four times as many as for 512 × 512.</source><translation>正解です: 128 × 128 × 4 = 65536。512 × 512の4倍です。</translation></message>
<message><source>Set Steps so that DDIM ends less than 0.1 from the truth, with as few steps as possible. Then check.</source><translation>DDIMの終点が真の分布から0.1未満になるように、できるだけ少ない「ステップ数」を設定してください。それから「確認」を押します。</translation></message>
<message><source>So an autoencoder is trained first. Its encoder turns the picture into fewer numbers, the latents; its decoder turns latents back into a picture. Stable Diffusion 1.5 at 512 × 512 has 64 × 64 × 4 = 16384 latents, 48 times fewer. The built-in Icons model turns 256 × 256 × 4 numbers into 4096, 64 times fewer. Diffusion happens on the latents alone, and the decoder runs once at the end.</source><translation>そこで、まずオートエンコーダーを学習します。エンコーダーは画像をより少ない数値、つまり潜在変数に変え、デコーダーは潜在変数を画像に戻します。512 × 512のStable Diffusion 1.5の潜在変数は64 × 64 × 4 = 16384個、48分の1です。内蔵のIconsモデルは256 × 256 × 4個の数値を4096個、64分の1にします。拡散は潜在変数の上だけで行われ、デコーダーは最後に一度だけ動きます。</translation></message>
<message><source>Some processes never shrink the data: with VE (variance exploding), α stays 1 and σ grows to 50. The points look alike, because this page scales them to the same size. So the chart shows α / √(α² + σ²), which falls for VE too. What counts is the ratio σ / α.</source><translation>データをまったく縮めない過程もあります。VE（分散爆発）ではαは1のままで、σは50まで大きくなります。点が同じように見えるのは、このページが同じ大きさに合わせて表示しているからです。そのため、グラフが示すのはα / √(α² + σ²)で、VEでも下がります。大切なのは比σ / αです。</translation></message>
<message><source>Temperature 0.5</source><translation>温度0.5</translation></message>
<message><source>Temperature is not guidance. It needs no class and no second guess. It multiplies the predicted noise ε by a number, which is above 1 for a temperature below 1, before x̂₀ is computed from it. So more noise is removed: points spread less around the modes of the distribution, and are more typical. At a temperature above 1, they spread more.</source><translation>温度はガイダンスではありません。クラスも2つ目の推測も必要ありません。温度は、x̂₀を計算する前に、予測されたノイズεに1つの数を掛けます。温度が1より低いと、その数は1より大きくなります。すると、より多くのノイズが取り除かれ、分布の山のまわりでの点の広がりが小さくなり、より典型的になります。温度が1より高いと、広がりは大きくなります。</translation></message>
<message><source>That is no accident. For a finite training set, the best possible guess x̂₀ is a weighted average of the training pictures. As the noise falls, one weight grows to 1, and the guess is that picture. So the network with the lowest possible training loss does nothing but copy.</source><translation>これは偶然ではありません。学習データが有限なら、最良の推測x̂₀は学習画像の重み付き平均です。ノイズが減るにつれて1つの重みが1に近づき、推測はその画像そのものになります。だから、学習損失が最も低いネットワークは、複製することしかしません。</translation></message>
<message><source>The arrows show the same knowledge in another form: the score ∇ log p, the direction in which noisy points become more likely. It is opposite to the predicted noise ε. An arrow's dot is its tip; long arrows are shortened. Guess, noise, score and velocity v follow from each other, so a network may predict any of them:
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</source><translation>矢印は、同じ知識を別の形で示します。スコア∇ log p、つまりノイズの加わった点がよりもっともらしくなる方向です。予測されたノイズεとは逆を向きます。矢印の丸い点が先端で、長い矢印は短く描かれます。推測、ノイズ、スコア、速度vは互いに計算できるため、ネットワークはそのどれを予測してもかまいません:
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</translation></message>
<message><source>The class becomes clearer, and the variety smaller: across, the spread of the moon falls from 0.97 to 0.52. The end near the other moon is lost. The result no longer follows the true distribution, as the distance shows. Pictures with strong guidance look alike for the same reason.</source><translation>クラスははっきりし、多様性は減ります。三日月の幅方向の広がりは0.97から0.52に縮みます。もう一方の三日月に近い端は失われます。距離が示すとおり、結果はもう真の分布に従っていません。強いガイダンスの画像がどれも似て見えるのも、同じ理由です。</translation></message>
<message><source>The cosine schedule</source><translation>コサインスケジュール</translation></message>
<message><source>The guess with the class is 0.5, without it 0.2. What is it with guidance 3?</source><translation>クラスありの推測は0.5、クラスなしでは0.2です。ガイダンス3では、いくつになるでしょうか？</translation></message>
<message><source>The schedule expects data of variance 1. Latents are therefore scaled before noise is added, as all densities on this page are. Otherwise, the same σ would mean much noise for one model and little for another.</source><translation>スケジュールは、データの分散が1であることを前提にしています。そのため潜在変数は、このページのすべての密度と同じく、ノイズを加える前にスケーリングされます。そうしなければ、同じσが、あるモデルでは大きなノイズに、別のモデルでは小さなノイズになってしまいます。</translation></message>
<message><source>The training set of this plane has 5 pictures: five spots. The denoiser is exact. It has made 2000 new points. Look where they are: nearly all are copies of one of the five. Hardly anything new came out.</source><translation>この平面の学習データは5枚の画像、つまり5つの点です。デノイザーは厳密です。新しい点を2000個生成しました。どこにあるか見てください。ほぼすべてが5つのうちの1つの複製です。新しいものはほとんど生まれていません。</translation></message>
<message><source>The true path is a curve, and DDIM's straight steps cut its corners. A single step ends near the average of all data. The distance is how far points must move to match the truth along a line, averaged over all lines; 0 is the same distribution. With 5 steps, DDIM ends 0.23 from the true spiral; with 20 steps, 0.05. The chart shows other numbers of steps; its dashed line is the distance of two true samples.</source><translation>真の経路は曲線で、DDIMのまっすぐなステップはカーブを近道してしまいます。1ステップだけでは、終点は全データの平均の近くになります。距離とは、真の分布に一致するために点がどれだけ動かなければならないかを、直線に沿って測り、すべての方向で平均したものです。0は同じ分布です。DDIMの終点は、5ステップでは真のらせんから0.23、20ステップでは0.05離れています。ほかのステップ数はグラフにあります。破線は、2つの真の標本の間の距離です。</translation></message>
<message><source>This network starts badly at high noise: x̂₀ = (x − σ·ε) / α divides its error by α, which is nearly 0 there. Its loss, the squared error of ε, hardly counts that.</source><translation>このネットワークは、ノイズが大きいところでは最初うまくいきません。x̂₀ = (x − σ·ε) / αが、そこではほぼ0のαで誤差を割るからです。損失であるεの二乗誤差には、これはほとんど表れません。</translation></message>
<message><source>Train a network for 1500 steps</source><translation>ネットワークを1500ステップ学習させる</translation></message>
<message><source>VE, which only adds noise</source><translation>ノイズを加えるだけのVE</translation></message>
<message><source>Watch it train: first its points lie between the five spots, later on them. A model memorises if its pictures are few, or repeated, or if training is long. That is why data sets are cleaned of duplicates, and why a LoRA on ten pictures should be stopped early.</source><translation>学習の様子を見てみましょう。初めは点が5か所の間にありますが、後にはその上に来ます。モデルが丸暗記するのは、画像が少ないとき、繰り返されるとき、学習が長いときです。だからデータセットからは重複が取り除かれ、10枚の画像で学習するLoRAは早めに止めるべきなのです。</translation></message>
</context>
<context>
<name>LessonPanel</name>
<message><source>Lesson</source><translation>レッスン</translation></message>
<message><source>Text of the lesson</source><translation>レッスンの本文</translation></message>
<message><source>Type a number, such as 0.5.</source><translation>0.5のように数値を入力してください。</translation></message>
</context>
<context>
<name>LessonText</name>
<message><source>A number</source><translation>数値</translation></message>
<message><source>Answer</source><translation>答え</translation></message>
<message><source>Change this alone</source><translation>ここだけを変えます</translation></message>
<message><source>Check</source><translation>確認</translation></message>
<message><source>Check the answer</source><translation>答えを確認します</translation></message>
<message><source>Exercise</source><translation>練習問題</translation></message>
<message><source>Next lesson</source><translation>次のレッスン</translation></message>
<message><source>Open the next lesson</source><translation>次のレッスンを開きます</translation></message>
<message><source>Try it</source><translation>試す</translation></message>
<message><source>Try it: {change}</source><translation>試す: {change}</translation></message>
</context>
<context>
<name>LibraryMove</name>
<message><source>All of them are still in {folder}.</source><translation>すべての画像はまだ{folder}にあります。</translation></message>
<message><source>Move back</source><translation>元に戻す</translation></message>
<message><source>Move the pictures to</source><translation>画像の移動先</translation></message>
<message><source>Moving stopped</source><translation>移動を停止しました</translation></message>
<message><source>Preparing…</source><translation>準備中…</translation></message>
<message><source>The pictures have been moved</source><translation>画像を移動しました</translation></message>
<message><source>They are in {folder} now.</source><translation>現在の場所は{folder}です。</translation></message>
<message><source>{done} of {total} copied</source><translation>{total}中{done}をコピー済み</translation></message>
</context>
<context>
<name>LibraryRow</name>
<message><source>Leave the pictures in the current folder</source><translation>画像を現在のフォルダーに残す</translation></message>
<message><source>Move all pictures to another folder</source><translation>すべての画像を別のフォルダーへ移動</translation></message>
<message><source>Move…</source><translation>移動…</translation></message>
<message><source>Open the folder</source><translation>フォルダーを開く</translation></message>
<message><source>Show</source><translation>開く</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
</context>
<context>
<name>LicencesSheet</name>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Licence text</source><translation>ライセンス本文</translation></message>
<message><source>Licences</source><translation>ライセンス</translation></message>
<message><source>The package contains no licence text.</source><translation>パッケージにライセンス本文は含まれていません。</translation></message>
</context>
<context>
<name>Link</name>
<message><source>{name}: {value}</source><translation>{name}: {value}</translation></message>
</context>
<context>
<name>LitPicture</name>
<message><source>Arrow keys move to another place</source><translation>矢印キーで別の場所に移動</translation></message>
<message><source>The picture, lit where the word acted</source><translation>単語が影響した部分を明るくした画像</translation></message>
</context>
<context>
<name>Live</name>
<message><source>Change the words, or roll the seed, for another one.</source><translation>別の画像にするには、言葉を変えるかシードを振り直してください。</translation></message>
<message><source>Live: {subject}</source><translation>ライブ: {subject}</translation></message>
<message><source>This picture is in the gallery</source><translation>この画像はギャラリーにあります</translation></message>
<message><source>seed {seed}</source><translation>シード {seed}</translation></message>
</context>
<context>
<name>LoadedSteps</name>
<message><source>Its steps appear once the run has ended</source><translation>生成が終わるとステップが表示されます</translation></message>
<message><source>Loading its steps…</source><translation>ステップを読み込み中…</translation></message>
<message><source>No steps were saved with this picture</source><translation>この画像にはステップが保存されていません</translation></message>
<message><source>{width} × {height} · seed {seed}</source><translation>{width} × {height} · シード {seed}</translation></message>
</context>
<context>
<name>LossChart</name>
<message><source>Loss</source><translation>損失</translation></message>
<message><source>This run</source><translation>この実行</translation></message>
<message><source>error at the same noise · samples · {run} with a 95 % band</source><translation>同じノイズでの誤差 · サンプル数 · {run}（95 %の帯付き）</translation></message>
<message><source>loss and its average · samples</source><translation>損失とその平均 · サンプル数</translation></message>
</context>
<context>
<name>MainSettings</name>
<message><source>More</source><translation>その他</translation></message>
</context>
<context>
<name>MaskBar</name>
<message><source>Brush</source><translation>ブラシ</translation></message>
<message><source>Brush size</source><translation>ブラシのサイズ</translation></message>
<message><source>Clear the mask</source><translation>マスクをクリア</translation></message>
<message><source>Erase</source><translation>消去</translation></message>
<message><source>Generate the painted part again</source><translation>塗った部分を再生成</translation></message>
<message><source>Leave the mask as it was</source><translation>マスクを元のままにする</translation></message>
<message><source>Paint</source><translation>塗る</translation></message>
<message><source>Paint the part to generate again; the right button erases</source><translation>再生成する部分を塗ります。右ボタンで消去</translation></message>
<message><source>Remove paint</source><translation>塗りを消す</translation></message>
<message><source>Size</source><translation>サイズ</translation></message>
<message><source>Size of the brush (the wheel over the picture)</source><translation>ブラシのサイズ（画像上でホイール）</translation></message>
<message><source>Undo the last stroke</source><translation>最後のストロークを元に戻す</translation></message>
<message><source>Use</source><translation>使用</translation></message>
<message><source>Use mask</source><translation>マスクを使う</translation></message>
</context>
<context>
<name>MaskTools</name>
<message><source>Another word</source><translation>別の単語</translation></message>
<message><source>Another word to select by</source><translation>選択に使う別の単語</translation></message>
<message><source>Area at a click</source><translation>クリックした領域</translation></message>
<message><source>Brush</source><translation>ブラシ</translation></message>
<message><source>Clear</source><translation>消去</translation></message>
<message><source>Colour at a click</source><translation>クリックした色</translation></message>
<message><source>Grow</source><translation>広げる</translation></message>
<message><source>Invert</source><translation>反転</translation></message>
<message><source>Lasso</source><translation>投げ縄</translation></message>
<message><source>Rectangle</source><translation>長方形</translation></message>
<message><source>Select by a rectangle, a lasso, a click or a word; invert, grow or soften the mask</source><translation>長方形・投げ縄・クリック・単語で選択。マスクの反転、拡張、ぼかし</translation></message>
<message><source>Select by word</source><translation>単語で選択</translation></message>
<message><source>Soften the edges</source><translation>縁をぼかす</translation></message>
<message><source>Tools of the mask</source><translation>マスクのツール</translation></message>
</context>
<context>
<name>Menus</name>
<message><source>A CPU cannot compute float16; use bfloat16 for half precision</source><translation>CPUではfloat16を計算できません。半精度にはbfloat16を使ってください</translation></message>
<message><source>A refiner for the last steps of another model. Choose the other model, then the refiner under More.</source><translation>ほかのモデルの最後のステップを担うリファイナーです。まず別のモデルを選び、「詳細設定」でこのリファイナーを選んでください。</translation></message>
<message><source>Of earlier versions</source><translation>以前のバージョン</translation></message>
<message><source>about {time} × the time, {difference} of 255 off</source><translation>時間は約 {time} 倍、差は 255 中 {difference}</translation></message>
<message><source>better from {limit} steps on</source><translation>{limit}ステップ以上が望ましい</translation></message>
<message><source>colours burn beyond {limit}</source><translation>{limit}を超えると色が焼けます</translation></message>
<message><source>good from {limit}</source><translation>{limit} 以上が良好</translation></message>
<message><source>good up to {limit}</source><translation>{limit} まで良好</translation></message>
<message><source>ignores words below {limit}</source><translation>{limit}未満では語が無視されます</translation></message>
<message><source>no better beyond {limit}</source><translation>{limit}ステップを超えても向上しません</translation></message>
<message><source>photos smear below {limit}</source><translation>{limit}未満では写真が崩れます</translation></message>
<message><source>shapes repeat below {limit}</source><translation>{limit}未満では形が似通います</translation></message>
<message><source>shapes warp beyond {limit}</source><translation>{limit}を超えると形が崩れます</translation></message>
</context>
<context>
<name>Mistakes</name>
<message><source>; put its file into the models folder</source><translation>。ファイルをモデルフォルダーに入れてください</translation></message>
<message><source>; there is “{name}”</source><translation>。「{name}」ならあります</translation></message>
<message><source>AND is read as “and”</source><translation>AND は “and” として読まれます</translation></message>
<message><source>In a negative prompt, AND joins the texts; its parts have no weights.</source><translation>ネガティブプロンプトではANDはテキストをつなぎます。各部分に重みはありません。</translation></message>
<message><source>Incomplete LoRA</source><translation>不完全なLoRA</translation></message>
<message><source>LoRAs have no effect in the negative prompt; write {tag} into the prompt.</source><translation>ネガティブプロンプトの LoRA は効果がありません。{tag} はプロンプトに書いてください。</translation></message>
<message><source>No LoRA “{name}”</source><translation>LoRA「{name}」なし</translation></message>
<message><source>No embedding “{name}”</source><translation>エンベディング「{name}」なし</translation></message>
<message><source>There is no LoRA called “{name}”{suggestion}.</source><translation>「{name}」というLoRAはありません{suggestion}。</translation></message>
<message><source>There is no embedding called “{name}”{suggestion}.</source><translation>「{name}」というエンベディングはありません{suggestion}。</translation></message>
<message><source>Write a LoRA as &lt;lora:name:1&gt;; this is read as words.</source><translation>LoRAは &lt;lora:name:1&gt; の形式で書いてください。これは単語として読まれます。</translation></message>
<message><source>{name} is for {base}</source><translation>{name}は{base}用です</translation></message>
<message><source>{name} is for {base} and read as a word; this model is {model_base}.</source><translation>{name}は{base}用なので単語として読まれます。このモデルは{model_base}です。</translation></message>
<message><source>{name} is for {base}, this model is {model_base}.</source><translation>{name}は{base}用ですが、このモデルは{model_base}です。</translation></message>
<message><source>{tag} has no effect here</source><translation>{tag} はここでは効果がありません</translation></message>
<message><source>{tag} is ignored</source><translation>{tag}は無視されます</translation></message>
<message><source>{tag} names no LoRA and is ignored.</source><translation>{tag}はLoRAを指していないため無視されます。</translation></message>
<message><source>{wildcard} cannot be used</source><translation>{wildcard} は使えません</translation></message>
<message><source>“{mark}” closes no bracket</source><translation>「{mark}」に対応する括弧がありません</translation></message>
<message><source>“{mark}” closes no bracket; remove it, or write “\{mark}” for the character.</source><translation>「{mark}」に対応する開き括弧がありません。削除するか、文字として使うなら「\{mark}」と書いてください。</translation></message>
<message><source>“{mark}” is never closed</source><translation>「{mark}」が閉じられていません</translation></message>
<message><source>“{mark}” is never closed; add “{closing}”, or write “\{mark}” for the character.</source><translation>「{mark}」が閉じられていません。「{closing}」を追加するか、文字として使うなら「\{mark}」と書いてください。</translation></message>
<message><source>“{parameter}” has no effect</source><translation>「{parameter}」は効果なし</translation></message>
<message><source>“{parameter}” has no effect here; only the weights of {name} count.</source><translation>「{parameter}」はここでは効果がありません。{name} の重みだけが使われます。</translation></message>
<message><source>“{weight}” is not a number</source><translation>「{weight}」は数値ではありません</translation></message>
<message><source>“{weight}” is not a number, so {name} has the weight 1.</source><translation>「{weight}」は数値ではないため、{name}の重みは1になります。</translation></message>
<message><source>“{weight}” is read as text; a weight is written like (word:1.2).</source><translation>「{weight}」は文字として読まれます。重みは (語:1.2) のように書きます。</translation></message>
</context>
<context>
<name>ModelCard</name>
<message><source>Any style</source><translation>スタイル指定なし</translation></message>
<message><source>Blob</source><translation>ブロブ</translation></message>
<message><source>Bold flat</source><translation>力強いフラット</translation></message>
<message><source>Bold outline</source><translation>太い輪郭線</translation></message>
<message><source>Bright classic</source><translation>明るいクラシック</translation></message>
<message><source>Doubles a picture with transparency; applied again for four and eight times.</source><translation>透過を含む画像を 2 倍に拡大します。4 倍と 8 倍では繰り返し適用されます。</translation></message>
<message><source>Duotone line</source><translation>2 色の線</translation></message>
<message><source>Emoji</source><translation>絵文字</translation></message>
<message><source>Flat rounded</source><translation>丸みのあるフラット</translation></message>
<message><source>Glossy 3D</source><translation>光沢のある 3D</translation></message>
<message><source>Icons in four steps: a distilled student, with guidance and temperature built in.</source><translation>4ステップでアイコンを描きます。ガイダンスと温度を組み込んだ蒸留モデルです。</translation></message>
<message><source>Ink glyph</source><translation>墨のグリフ</translation></message>
<message><source>Line</source><translation>線</translation></message>
<message><source>Outlined cartoon</source><translation>輪郭線付きカートゥーン</translation></message>
<message><source>Outlined pastel</source><translation>輪郭線付きパステル</translation></message>
<message><source>Shape</source><translation>シルエット</translation></message>
<message><source>Simple flat</source><translation>シンプルなフラット</translation></message>
<message><source>Small pictures of things, animals, food and faces, in many drawing styles, with transparency.</source><translation>物、動物、食べ物、顔の小さな画像。多くの描画スタイルに対応し、透過を含みます。</translation></message>
<message><source>Soft gradient</source><translation>柔らかなグラデーション</translation></message>
</context>
<context>
<name>ModelCardView</name>
<message><source>A picture made by {model}</source><translation>{model}が生成した画像</translation></message>
<message><source>A picture with it</source><translation>このモデルで画像1枚</translation></message>
<message><source>About the model</source><translation>モデルについて</translation></message>
<message><source>Generate pictures with it</source><translation>このモデルで画像を生成</translation></message>
<message><source>In use</source><translation>使用中</translation></message>
<message><source>Insert into the prompt</source><translation>プロンプトに挿入</translation></message>
<message><source>May I use its pictures commercially?</source><translation>画像を商用利用できますか？</translation></message>
<message><source>Measured</source><translation>測定値</translation></message>
<message><source>Tags</source><translation>タグ</translation></message>
<message><source>Tags, separated by commas</source><translation>タグ（カンマ区切り）</translation></message>
<message><source>There is no model yet. Copy a model's folder into the models folder.</source><translation>まだモデルがありません。モデルのフォルダーをモデルフォルダーにコピーしてください。</translation></message>
<message><source>Training data</source><translation>学習データ</translation></message>
<message><source>Trigger words</source><translation>トリガーワード</translation></message>
<message><source>Use it for the next pictures</source><translation>次の画像で使う</translation></message>
<message><source>Use this model</source><translation>このモデルを使う</translation></message>
</context>
<context>
<name>ModelCheck</name>
<message><source>Adapter</source><translation>アダプター</translation></message>
<message><source>Cancel the check ({percent} %)</source><translation>検査を中止（{percent} %）</translation></message>
<message><source>Check</source><translation>検査</translation></message>
<message><source>Denoising</source><translation>ノイズ除去</translation></message>
<message><source>Encoded and decoded, pictures keep only {psnr} dB, and {least} dB are needed: the VAE is damaged or belongs to another model. Choose another VAE.</source><translation>符号化して復号した画像の再現は{psnr} dBしかなく、{least} dB必要です: VAEが破損しているか、別のモデルのものです。別のVAEを選んでください。</translation></message>
<message><source>It changes nothing: it was made for another model, or is empty. Choose an adapter for this model.</source><translation>何も変化しません: 別のモデル用か、中身が空です。このモデル用のアダプターを選んでください。</translation></message>
<message><source>It changes predictions by {change} times their deviation: it was made for another model or another strength. Use a lower strength.</source><translation>予測をその偏差の{change}倍も変えます: 別のモデル用か、別の強さ用です。強さを下げてください。</translation></message>
<message><source>It computes infinite or undefined numbers: weights are damaged, or too large for the number type. Choose fp32 or download it again.</source><translation>計算結果が無限大または不定になります: 重みが破損しているか、数値型に対して大きすぎます。fp32を選ぶか、ダウンロードし直してください。</translation></message>
<message><source>It denoises better if its output is read as {kind}: its prediction type is wrong. Choose another prediction type in its details.</source><translation>出力を「{kind}」として読むとノイズ除去が改善します: 予測対象の設定が誤っています。モデルの詳細で別の予測対象を選んでください。</translation></message>
<message><source>It denoises better with another order of its position numbers (RoPE): the file was converted for another program. Download another version.</source><translation>位置の数値（RoPE）の順序を変えるとノイズ除去が改善します: 別のプログラム用に変換されたファイルです。別のバージョンをダウンロードしてください。</translation></message>
<message><source>It denoises better with latents shifted by {kind}: the shift of the latents is wrong. Choose the VAE that was made for it.</source><translation>潜在表現を{kind}ずらすとノイズ除去が改善します: 潜在表現のシフトが誤っています。このモデル用のVAEを選んでください。</translation></message>
<message><source>It denoises better with latents times {kind}: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>潜在表現を{kind}倍するとノイズ除去が改善します: 潜在表現のスケールが誤っています。このモデル用のVAEを選んでください。</translation></message>
<message><source>It denoises better with other timesteps ({kind}): its timesteps are on the wrong scale. Report this file.</source><translation>タイムステップを変えると（{kind}）ノイズ除去が改善します: タイムステップのスケールが誤っています。このファイルを報告してください。</translation></message>
<message><source>It denoises better with queries and keys swapped: the file has them in another order. Download another version.</source><translation>クエリとキーを入れ替えるとノイズ除去が改善します: ファイル内の順序が異なります。別のバージョンをダウンロードしてください。</translation></message>
<message><source>It denoises worse than {rival}: a layer is missing or damaged, or the VAE or the text encoder is for another model. Choose other parts, or download the model again.</source><translation>ノイズ除去が{rival}に劣ります: 層が欠けているか破損しているか、VAEまたはテキストエンコーダーが別のモデル用です。別の部品を選ぶか、モデルをダウンロードし直してください。</translation></message>
<message><source>Its error does not fall with the noise: its timesteps or its weights are wrong. Download the model again.</source><translation>ノイズが減っても誤差が減りません: タイムステップか重みが誤っています。モデルをダウンロードし直してください。</translation></message>
<message><source>No fault found.</source><translation>異常なし。</translation></message>
<message><source>Nothing could be checked.</source><translation>検査できるものがありませんでした。</translation></message>
<message><source>Prompt</source><translation>プロンプト</translation></message>
<message><source>Prompts change nothing: the text encoder is damaged or not connected. Choose other text encoders.</source><translation>プロンプトで何も変化しません: テキストエンコーダーが破損しているか、接続されていません。別のテキストエンコーダーを選んでください。</translation></message>
<message><source>Test the VAE, the denoising and the prompts on a few pictures</source><translation>数枚の画像で、VAE、ノイズ除去、プロンプトを検査します</translation></message>
<message><source>The check ended unexpectedly; try again.</source><translation>検査が予期せず終了しました。もう一度試してください。</translation></message>
<message><source>The latents are {times} times as large as the network expects: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>潜在表現がネットワークの想定の{times}倍です: 潜在表現のスケールが誤っています。このモデル用のVAEを選んでください。</translation></message>
<message><source>There is a fault:</source><translation>異常があります:</translation></message>
<message><source>True captions are no better than others (for {better} of {count} pictures): the text encoder or the tokenizer belongs to another model. Choose other text encoders.</source><translation>正しいキャプションでもほかより良くなりません（良いのは{count}枚中{better}枚）: テキストエンコーダーまたはトークナイザーが別のモデルのものです。別のテキストエンコーダーを選んでください。</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>it changes predictions by {change} of their deviation</source><translation>予測をその偏差の{change}だけ変えます</translation></message>
<message><source>its error is {best} to {worst} of that of the best Gaussian</source><translation>誤差は、最良のガウス分布の誤差の{best}～{worst}</translation></message>
<message><source>not applicable, because its steps have too little noise</source><translation>対象外（ステップのノイズが少なすぎるため）</translation></message>
<message><source>not applicable, because its steps have too much noise</source><translation>対象外（ステップのノイズが多すぎるため）</translation></message>
<message><source>not applicable, because this model does not take pictures</source><translation>対象外（このモデルは画像を受け取らないため）</translation></message>
<message><source>not applicable, because this model draws in one step</source><translation>対象外（このモデルは1ステップで描くため）</translation></message>
<message><source>not applicable, because this model removes another degradation than noise</source><translation>対象外（このモデルはノイズ以外の劣化を取り除くため）</translation></message>
<message><source>not applicable, because this model takes no prompt</source><translation>対象外（このモデルはプロンプトを受け取らないため）</translation></message>
<message><source>not applicable, because this model works on pixels</source><translation>対象外（このモデルはピクセルを直接扱うため）</translation></message>
<message><source>one grey picture</source><translation>灰色一色の画像</translation></message>
<message><source>pictures keep {psnr} dB; at least {least} dB are needed</source><translation>画像の再現は{psnr} dB（{least} dB以上が必要）</translation></message>
<message><source>the best Gaussian</source><translation>最良のガウス分布</translation></message>
<message><source>true captions are better than others for {better} of {count} pictures</source><translation>{count}枚中{better}枚で、正しいキャプションがほかより良好</translation></message>
</context>
<context>
<name>ModelChoices</name>
<message><source>As in its file ({value})</source><translation>ファイルのとおり（{value}）</translation></message>
<message><source>Automatic</source><translation>自動</translation></message>
<message><source>Beside its file ({value})</source><translation>ファイルの隣のもの ({value})</translation></message>
<message><source>Decodes latents into pictures, instead of its own VAE</source><translation>モデル自身のVAEの代わりに、潜在表現を画像にデコードします</translation></message>
<message><source>Decodes latents into pictures; this model has no VAE of its own</source><translation>潜在表現を画像にデコードします。このモデルにはVAEが含まれていません</translation></message>
<message><source>Fast by</source><translation>高速化の方法</translation></message>
<message><source>Few-step distillation</source><translation>少ステップ蒸留</translation></message>
<message><source>How it was distilled, if it was</source><translation>蒸留済みの場合、その方法</translation></message>
<message><source>Its file does not say</source><translation>ファイルに記載なし</translation></message>
<message><source>Its name suggests {kind}. Choose it only if that is true.</source><translation>名前からは{kind}と思われます。確かな場合だけ選んでください。</translation></message>
<message><source>Its own</source><translation>内蔵</translation></message>
<message><source>No</source><translation>いいえ</translation></message>
<message><source>None</source><translation>なし</translation></message>
<message><source>None: choose one</source><translation>なし: 選択してください</translation></message>
<message><source>Not distilled</source><translation>蒸留なし</translation></message>
<message><source>Predicts</source><translation>予測対象</translation></message>
<message><source>Refiner</source><translation>リファイナー</translation></message>
<message><source>The LoRA for few steps that the button Fast turns on</source><translation>「高速」ボタンで有効になる少ステップ用LoRA</translation></message>
<message><source>The model that computes the last steps</source><translation>最後のステップを計算するモデル</translation></message>
<message><source>The output of its network; a wrong choice turns every picture into noise</source><translation>ネットワークの出力。誤って選ぶと、すべての画像がノイズになります</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Whether its last noise level is pure noise; for models that predict v</source><translation>最後のノイズレベルが純粋なノイズかどうか。vを予測するモデル用</translation></message>
<message><source>Yes</source><translation>はい</translation></message>
<message><source>Zero terminal SNR</source><translation>終端SNRゼロ</translation></message>
</context>
<context>
<name>ModelDownload</name>
<message><source>The download ended unexpectedly; start it again to resume it.</source><translation>ダウンロードが予期せず終わりました。もう一度始めると再開します。</translation></message>
</context>
<context>
<name>ModelKind</name>
<message numerus="yes"><source>%n ControlNet(s)</source><translation>
<numerusform>%n個のControlNet</numerusform>
</translation></message>
<message numerus="yes"><source>%n LoRA(s)</source><translation>
<numerusform>%n個のLoRA</numerusform>
</translation></message>
<message numerus="yes"><source>%n VAE(s)</source><translation>
<numerusform>%n個のVAE</numerusform>
</translation></message>
<message numerus="yes"><source>%n diffusion transformer(s)</source><translation>
<numerusform>%n個の拡散トランスフォーマー</numerusform>
</translation></message>
<message numerus="yes"><source>%n embedding(s)</source><translation>
<numerusform>%n個のエンベディング</numerusform>
</translation></message>
<message numerus="yes"><source>%n from the literature</source><translation>
<numerusform>文献から %n 件</numerusform>
</translation></message>
<message numerus="yes"><source>%n image encoder(s)</source><translation>
<numerusform>%n個の画像エンコーダー</numerusform>
</translation></message>
<message numerus="yes"><source>%n incomplete file(s)</source><translation>
<numerusform>%n個の不完全なファイル</numerusform>
</translation></message>
<message numerus="yes"><source>%n language model(s)</source><translation>
<numerusform>%n個の言語モデル</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n個のモデル</numerusform>
</translation></message>
<message numerus="yes"><source>%n motion module(s)</source><translation>
<numerusform>%n個のモーションモジュール</numerusform>
</translation></message>
<message numerus="yes"><source>%n preview decoder(s)</source><translation>
<numerusform>%n個のプレビューデコーダー</numerusform>
</translation></message>
<message numerus="yes"><source>%n text encoder(s)</source><translation>
<numerusform>%n個のテキストエンコーダー</numerusform>
</translation></message>
<message numerus="yes"><source>%n upscaler(s)</source><translation>
<numerusform>%n個のアップスケーラー</numerusform>
</translation></message>
<message><source>Diffusion transformer</source><translation>拡散トランスフォーマー</translation></message>
<message><source>Diffusion transformers</source><translation>拡散トランスフォーマー</translation></message>
<message><source>Embedding</source><translation>エンベディング</translation></message>
<message><source>Embeddings</source><translation>エンベディング</translation></message>
<message><source>From the literature</source><translation>文献から</translation></message>
<message><source>Image encoder</source><translation>画像エンコーダー</translation></message>
<message><source>Image encoders</source><translation>画像エンコーダー</translation></message>
<message><source>Incomplete files</source><translation>不完全なファイル</translation></message>
<message><source>Language model</source><translation>言語モデル</translation></message>
<message><source>Language models</source><translation>言語モデル</translation></message>
<message><source>Models</source><translation>モデル</translation></message>
<message><source>Motion module</source><translation>モーションモジュール</translation></message>
<message><source>Motion modules</source><translation>モーションモジュール</translation></message>
<message><source>Preview decoders</source><translation>プレビューデコーダー</translation></message>
<message><source>Previews</source><translation>プレビュー</translation></message>
<message><source>Text encoder</source><translation>テキストエンコーダー</translation></message>
<message><source>Text encoders</source><translation>テキストエンコーダー</translation></message>
<message><source>Upscaler</source><translation>アップスケーラー</translation></message>
<message><source>Upscalers</source><translation>アップスケーラー</translation></message>
</context>
<context>
<name>ModelsController</name>
<message numerus="yes"><source>%n folder(s) or file(s) added</source><translation>
<numerusform>フォルダーまたはファイルを%n個追加しました</numerusform>
</translation></message>
<message><source>Added: {names}.</source><translation>追加しました: {names}。</translation></message>
<message><source>Found {models}; nothing was copied.</source><translation>{models}が見つかりました。何もコピーしていません。</translation></message>
<message><source>It contains no usable model.</source><translation>使用できるモデルが含まれていません。</translation></message>
<message><source>Memory freed</source><translation>メモリを解放しました</translation></message>
<message><source>Model files</source><translation>モデルファイル</translation></message>
<message><source>Models</source><translation>モデル</translation></message>
<message><source>The next picture loads its model again.</source><translation>次の画像でモデルを読み込み直します。</translation></message>
<message><source>Use it</source><translation>使う</translation></message>
<message><source>Use the models in</source><translation>モデルを使うフォルダー</translation></message>
<message><source>Use these model files</source><translation>これらのモデルファイルを使う</translation></message>
<message><source>{file} added</source><translation>{file}を追加しました</translation></message>
<message><source>{model} has no VAE of its own; copy one for {base}, such as {file}, into the models folder.</source><translation>{model}にはVAEが含まれていません。{base}用のVAE（{file}など）をモデルフォルダーにコピーしてください。</translation></message>
<message><source>{model} has no VAE of its own; {vae} is installed and should fit.</source><translation>{model}にはVAEが含まれていません。インストール済みの{vae}が合うはずです。</translation></message>
<message><source>{model} is here</source><translation>{model} を入手しました</translation></message>
</context>
<context>
<name>ModelsPage</name>
<message numerus="yes"><source>%n byte(s)</source><translation>
<numerusform>%nバイト</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n個のモデル</numerusform>
</translation></message>
<message><source>Add a folder…</source><translation>フォルダーを追加…</translation></message>
<message><source>Add files…</source><translation>ファイルを追加…</translation></message>
<message><source>All families</source><translation>すべてのファミリー</translation></message>
<message><source>All kinds</source><translation>すべての種類</translation></message>
<message><source>All tags</source><translation>すべてのタグ</translation></message>
<message><source>Author</source><translation>作者</translation></message>
<message><source>Date</source><translation>日付</translation></message>
<message><source>Drop a checkpoint on this window: one file (.safetensors, .ckpt), or a folder in diffusers' format. It is used in place; nothing is copied. Have ComfyUI, A1111 or Forge? Add its models folder. “Get a model” downloads one; others are shared on civitai.com, each with its own licence. LoRAs, embeddings and VAEs go into the same folders.</source><translation>チェックポイントをこのウィンドウにドロップしてください。1 つのファイル (.safetensors、.ckpt) か diffusers 形式のフォルダーです。その場で使われ、コピーはされません。ComfyUI、A1111、Forge があれば、そのモデルフォルダーを追加してください。「モデルを入手」でダウンロードできます。ほかのモデルは civitai.com にあり、それぞれのライセンスがあります。LoRA、埋め込み、VAE も同じフォルダーに入れます。</translation></message>
<message><source>Family</source><translation>ファミリー</translation></message>
<message><source>Files that cannot be used</source><translation>使用できないファイル</translation></message>
<message><source>Get a model…</source><translation>モデルを入手…</translation></message>
<message><source>Kind</source><translation>種類</translation></message>
<message><source>Last used</source><translation>最終使用</translation></message>
<message><source>Licence</source><translation>ライセンス</translation></message>
<message><source>Models</source><translation>モデル</translation></message>
<message><source>Models of one family, or one kind of parts</source><translation>1つのファミリーのモデル、または1種類の構成部品</translation></message>
<message><source>Models with one tag</source><translation>同じタグのモデル</translation></message>
<message><source>Name</source><translation>名前</translation></message>
<message><source>No model matches. Clear the search, or choose another kind, family or tag.</source><translation>一致するモデルがありません。検索をクリアするか、別の種類、ファミリー、タグを選んでください。</translation></message>
<message><source>On disk</source><translation>容量</translation></message>
<message><source>Only models, or one kind of model parts</source><translation>モデルだけ、または1種類の構成部品だけ</translation></message>
<message><source>Open models folder</source><translation>モデルフォルダーを開く</translation></message>
<message><source>Parameters</source><translation>パラメーター数</translation></message>
<message><source>Search models</source><translation>モデルを検索</translation></message>
<message><source>Tag</source><translation>タグ</translation></message>
<message><source>Tags</source><translation>タグ</translation></message>
<message><source>Words of a name, author, licence, tag or description</source><translation>名前、作者、ライセンス、タグ、説明に含まれる語</translation></message>
<message><source>Your own models</source><translation>手持ちのモデル</translation></message>
<message><source>never</source><translation>未使用</translation></message>
<message><source>today</source><translation>今日</translation></message>
<message><source>yesterday</source><translation>昨日</translation></message>
<message><source>{models} · other files: {others}</source><translation>{models} · その他のファイル: {others}</translation></message>
<message numerus="yes"><source>… and %n more</source><translation>
<numerusform>… ほか%n件</numerusform>
</translation></message>
</context>
<context>
<name>More</name>
<message numerus="yes"><source>%n control picture(s)</source><translation>
<numerusform>制御画像 %n 枚</numerusform>
</translation></message>
<message><source>Advanced</source><translation>詳細設定</translation></message>
<message><source>Auto</source><translation>自動</translation></message>
<message><source>Automatic</source><translation>自動</translation></message>
<message><source>Decodes latents into pictures</source><translation>潜在表現を画像にデコードします</translation></message>
<message><source>Its own</source><translation>内蔵</translation></message>
<message><source>None</source><translation>なし</translation></message>
<message><source>Show the effect of each word</source><translation>単語ごとの影響を表示</translation></message>
<message><source>The model that computes the last steps</source><translation>最後のステップを計算するモデル</translation></message>
<message><source>What should it not show?</source><translation>描いてほしくないものは？</translation></message>
<message><source>What the picture should not show</source><translation>画像に描かせたくないもの</translation></message>
<message><source>Width and height in pixels</source><translation>幅と高さ（ピクセル）</translation></message>
<message><source>Without guidance (1.0) the negative prompt has no effect</source><translation>ガイダンスなし（1.0）では、ネガティブプロンプトは効きません</translation></message>
<message><source>plain words</source><translation>普通の文</translation></message>
<message><source>without “{prompt}”</source><translation>「{prompt}」なし</translation></message>
<message><source>words</source><translation>単語の影響</translation></message>
<message><source>{count} at once</source><translation>同時に{count}枚</translation></message>
<message><source>{side} pixels</source><translation>{side} ピクセル</translation></message>
</context>
<context>
<name>NoiseBar</name>
<message><source>Back to the picture</source><translation>画像に戻る</translation></message>
<message><source>Generate from here</source><translation>ここから生成</translation></message>
<message><source>Noise</source><translation>ノイズ</translation></message>
<message><source>Position in the forward process: 0 is the picture, 1 is the noise that a new run starts from</source><translation>順過程での位置: 0は画像そのもの、1は新しい生成が始まるノイズ</translation></message>
<message><source>Start the next pictures from exactly this noise</source><translation>まさにこのノイズから次の画像を生成</translation></message>
</context>
<context>
<name>NoiseCurve</name>
<message numerus="yes"><source>%n step(s) from σ {first} to {last}</source><translation>
<numerusform>σ {first}から{last}まで%nステップ</numerusform>
</translation></message>
<message><source>Noise curve</source><translation>ノイズ曲線</translation></message>
<message><source>Skipped</source><translation>省略</translation></message>
<message><source>Step {number} of {steps}</source><translation>ステップ {number}/{steps}</translation></message>
<message><source>The noise left after each step</source><translation>各ステップ後に残るノイズ</translation></message>
<message><source>noise σ · step</source><translation>ノイズ σ · ステップ</translation></message>
<message><source>{step}: noise σ {sigma}</source><translation>{step}: ノイズ σ {sigma}</translation></message>
</context>
<context>
<name>NoteField</name>
<message><source>Note</source><translation>メモ</translation></message>
<message><source>Your notes about the picture; the search finds them</source><translation>画像についてのメモ。検索の対象になります</translation></message>
</context>
<context>
<name>Notice</name>
<message><source>Dismiss</source><translation>閉じる</translation></message>
<message><source>Show the whole message</source><translation>メッセージ全体を表示</translation></message>
<message><source>Undo</source><translation>元に戻す</translation></message>
</context>
<context>
<name>Notifier</name>
<message><source>Models</source><translation>モデル</translation></message>
<message><source>Nothing to redo: you have changed it since</source><translation>やり直す操作はありません：その後に変更されています</translation></message>
<message><source>Nothing to undo</source><translation>元に戻す操作がありません</translation></message>
<message><source>Nothing to undo: another program has done it</source><translation>元に戻す操作はありません：ほかのプログラムが済ませました</translation></message>
<message><source>Nothing to undo: you have changed it since</source><translation>元に戻す操作はありません：その後に変更されています</translation></message>
<message><source>Undo</source><translation>元に戻す</translation></message>
<message><source>Undone</source><translation>元に戻しました</translation></message>
<message><source>Unexpected error</source><translation>予期しないエラー</translation></message>
</context>
<context>
<name>NumberEdit</name>
<message><source>{name} must be from {low} to {high}; it is still {number}</source><translation>{name}は{low}～{high}の範囲で指定してください。{number}のままです</translation></message>
<message><source>{name} must be from {low} to {high}; it is {number} now</source><translation>{name}は{low}～{high}の範囲で指定してください。現在は{number}です</translation></message>
<message><source>“{text}” is not a number; {name} is still {number}</source><translation>「{text}」は数値ではありません。{name}は{number}のままです</translation></message>
</context>
<context>
<name>OriginLink</name>
<message><source>Branch of</source><translation>分岐元</translation></message>
<message><source>Show the picture that it branches from</source><translation>分岐元の画像を表示</translation></message>
<message><source>step {step} of #{seed}</source><translation>#{seed}のステップ{step}</translation></message>
</context>
<context>
<name>Outpainting</name>
<message><source>Extend</source><translation>拡張</translation></message>
<message><source>This model cannot extend pictures</source><translation>このモデルでは画像を拡張できません</translation></message>
<message><source>the added area is generated, the picture stays</source><translation>追加した領域を生成し、元の画像は残します</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model}は画像から開始できません</translation></message>
<message><source>{model} generates only fixed sizes</source><translation>{model}が生成できるのは固定サイズだけです</translation></message>
</context>
<context>
<name>Palette</name>
<message><source>No action found.</source><translation>操作が見つかりません。</translation></message>
<message><source>“{action}” cannot be used now.</source><translation>「{action}」は今は使えません。</translation></message>
<message><source>↑ ↓ choose   ·   Enter runs it   ·   Esc closes</source><translation>↑ ↓ 選択   ·   Enter 実行   ·   Esc 閉じる</translation></message>
</context>
<context>
<name>Panes</name>
<message><source>Compared pictures</source><translation>比較中の画像</translation></message>
<message><source>{pictures}, slider at {share} %</source><translation>{pictures}、スライダーは{share} %</translation></message>
</context>
<context>
<name>ParamRows</name>
<message><source>Off</source><translation>オフ</translation></message>
</context>
<context>
<name>PatternRow</name>
<message><source>Next file: {name}</source><translation>次のファイル: {name}</translation></message>
</context>
<context>
<name>PausedRunEditor</name>
<message><source>Discard these changes</source><translation>これらの変更を破棄</translation></message>
<message><source>For the next picture</source><translation>次の画像用</translation></message>
<message><source>Paused</source><translation>一時停止中</translation></message>
<message><source>Paused · changed</source><translation>一時停止中 · 変更あり</translation></message>
<message><source>This cannot change in a paused run; resume or stop it first</source><translation>生成の一時停止中は変更できません。先に再開するか停止してください</translation></message>
<message><source>Use for this picture</source><translation>この画像に使う</translation></message>
</context>
<context>
<name>Phase</name>
<message><source>connecting to the cluster</source><translation>クラスターに接続中</translation></message>
<message><source>decoding</source><translation>デコード中</translation></message>
<message><source>enlarging, {percent} %</source><translation>拡大中、{percent} %</translation></message>
<message><source>finding its noise</source><translation>ノイズを探索中</translation></message>
<message><source>generating on the cluster</source><translation>クラスターで生成中</translation></message>
<message><source>going back to step {step}</source><translation>ステップ{step}に戻っています</translation></message>
<message><source>loading the model</source><translation>モデルを読み込み中</translation></message>
<message><source>making room</source><translation>メモリを確保中</translation></message>
<message><source>preparing</source><translation>準備中</translation></message>
<message><source>{phase}…</source><translation>{phase}…</translation></message>
</context>
<context>
<name>PictureModel</name>
<message><source>F marks a favourite · Space shows it large · drag it out as a file</source><translation>Fでお気に入り · Spaceで拡大表示 · ドラッグでファイルとして取り出し</translation></message>
<message><source>Its file is damaged or gone</source><translation>ファイルが破損しているか、見つかりません</translation></message>
<message><source>Picture</source><translation>画像</translation></message>
<message><source>no settings</source><translation>設定なし</translation></message>
<message><source>seed {seed}</source><translation>シード {seed}</translation></message>
<message><source>{seed}, file is damaged or gone</source><translation>{seed}、ファイルが破損または行方不明</translation></message>
<message><source>{seed}, newest of {count} in a stack</source><translation>{seed}、スタック{count}枚の最新</translation></message>
</context>
<context>
<name>PictureTools</name>
<message><source>Back</source><translation>戻る</translation></message>
<message><source>Back to the sheet</source><translation>一覧に戻る</translation></message>
</context>
<context>
<name>PicturesSheet</name>
<message><source>Picture {number}</source><translation>画像 {number}</translation></message>
<message><source>Pictures of the run</source><translation>この生成の画像</translation></message>
<message><source>Show only picture {number}</source><translation>画像 {number} だけを表示</translation></message>
</context>
<context>
<name>Places</name>
<message><source>Already in the library: {count}.</source><translation>すでにライブラリにある画像: {count} 枚。</translation></message>
<message><source>Collection</source><translation>コレクション</translation></message>
<message><source>Collection {name} removed</source><translation>コレクション「{name}」を削除しました</translation></message>
<message><source>Collections</source><translation>コレクション</translation></message>
<message><source>Copies, each shown once: {count}.</source><translation>重複（1枚だけ表示）: {count}。</translation></message>
<message><source>Files that could not be read: {count} ({names}).</source><translation>読み取れなかったファイル: {count} 個（{names}）。</translation></message>
<message><source>Folder</source><translation>フォルダー</translation></message>
<message><source>Folder {name} removed from the gallery</source><translation>フォルダー「{name}」をギャラリーから外しました</translation></message>
<message><source>Imported folders</source><translation>取り込んだフォルダー</translation></message>
<message><source>Its files stay where they are; their tags and notes are kept.</source><translation>ファイルはそのまま残り、タグとメモも保持されます。</translation></message>
<message><source>Its pictures are still in the gallery.</source><translation>画像はギャラリーに残っています。</translation></message>
<message><source>Made here</source><translation>ここで作成</translation></message>
<message><source>Models</source><translation>モデル</translation></message>
<message><source>Pictures of</source><translation>モデル別の画像</translation></message>
<message><source>Pictures without settings: {count}.</source><translation>設定のない画像: {count}。</translation></message>
<message><source>Recently deleted</source><translation>最近削除した項目</translation></message>
<message><source>SVG and icon files, which are left out: {count}.</source><translation>除外されたSVGとアイコンのファイル: {count}。</translation></message>
<message><source>Saved search {name} removed</source><translation>保存した検索「{name}」を削除しました</translation></message>
<message><source>Saved searches</source><translation>保存した検索</translation></message>
<message><source>Search</source><translation>検索</translation></message>
<message><source>Tools</source><translation>ツール</translation></message>
<message><source>With settings</source><translation>設定あり</translation></message>
<message><source>Without settings</source><translation>設定なし</translation></message>
<message><source>undo</source><translation>戻す</translation></message>
<message><source>{pictures} · last {count}</source><translation>{pictures} · 直近{count}</translation></message>
</context>
<context>
<name>Plane</name>
<message><source>EDM</source><translation>EDM</translation></message>
<message><source>Exact</source><translation>厳密</translation></message>
<message><source>Network (EDM)</source><translation>ネットワーク（EDM）</translation></message>
<message><source>Network (data)</source><translation>ネットワーク（データ）</translation></message>
<message><source>Network (noise)</source><translation>ネットワーク（ノイズ）</translation></message>
<message><source>Rectified flow</source><translation>整流フロー</translation></message>
<message><source>Sub-VP</source><translation>Sub-VP</translation></message>
<message><source>VE</source><translation>VE</translation></message>
<message><source>VP, cosine</source><translation>VP、コサイン</translation></message>
<message><source>VP, linear</source><translation>VP、線形</translation></message>
</context>
<context>
<name>PlaneControls</name>
<message><source>A second run from the same noise in which one setting differs</source><translation>同じノイズから、設定を1つだけ変えて生成します</translation></message>
<message><source>Both</source><translation>両方</translation></message>
<message><source>Change one thing</source><translation>1つだけ変える</translation></message>
<message><source>Choose a class first</source><translation>先にクラスを選んでください</translation></message>
<message><source>Class</source><translation>クラス</translation></message>
<message><source>Clear</source><translation>消去</translation></message>
<message><source>Denoiser</source><translation>デノイザー</translation></message>
<message><source>Density</source><translation>密度</translation></message>
<message><source>Draw lines into the plane</source><translation>平面に線を描きます</translation></message>
<message><source>Draw your own</source><translation>自分で描く</translation></message>
<message><source>First</source><translation>1つ目</translation></message>
<message><source>Guidance</source><translation>ガイダンス</translation></message>
<message><source>New noise</source><translation>新しいノイズ</translation></message>
<message><source>Noise</source><translation>ノイズ</translation></message>
<message><source>Nothing</source><translation>なし</translation></message>
<message><source>One change</source><translation>1つの変更</translation></message>
<message><source>Points of both classes</source><translation>両方のクラスの点</translation></message>
<message><source>Points of the first class</source><translation>1つ目のクラスの点</translation></message>
<message><source>Points of the second class</source><translation>2つ目のクラスの点</translation></message>
<message><source>Remove the drawn lines</source><translation>描いた線を消します</translation></message>
<message><source>Scheduler</source><translation>スケジューラー</translation></message>
<message><source>Second</source><translation>2つ目</translation></message>
<message><source>Settings of the plane</source><translation>平面の設定</translation></message>
<message><source>Start from other noise</source><translation>別のノイズから始めます</translation></message>
<message><source>Step spacing</source><translation>ステップ間隔</translation></message>
<message><source>Steps</source><translation>ステップ数</translation></message>
<message><source>Temperature</source><translation>温度</translation></message>
<message><source>Two runs from the same noise differ in one setting.</source><translation>同じノイズから、設定が1つだけ違う2つの生成です。</translation></message>
</context>
<context>
<name>Prediction</name>
<message><source>noise and picture (v)</source><translation>ノイズと画像（v）</translation></message>
<message><source>the noise (ε)</source><translation>ノイズ（ε）</translation></message>
<message><source>the picture (x₀)</source><translation>画像（x₀）</translation></message>
<message><source>the picture, scaled (EDM)</source><translation>スケーリングした画像（EDM）</translation></message>
<message><source>the score</source><translation>スコア</translation></message>
<message><source>the way (flow)</source><translation>経路（flow）</translation></message>
</context>
<context>
<name>Presentation</name>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Noisy</source><translation>ノイズ入り</translation></message>
<message><source>Predicted</source><translation>予測画像</translation></message>
<message><source>Presentation of the steps</source><translation>ステップの全画面表示</translation></message>
<message><source>Step {number} of {steps} · noise σ {sigma}</source><translation>ステップ {number}/{steps} · ノイズ σ {sigma}</translation></message>
<message><source>The clean picture that the model predicts in this step</source><translation>このステップでモデルが予測したノイズのない画像</translation></message>
<message><source>The picture after this step, with the noise that remains</source><translation>このステップの後の画像（残りのノイズを含む）</translation></message>
</context>
<context>
<name>PresetPopup</name>
<message><source>Name of a new preset</source><translation>新しいプリセットの名前</translation></message>
<message><source>Name of the preset</source><translation>プリセットの名前</translation></message>
<message><source>No presets yet. Save the settings of this panel under a name.</source><translation>プリセットはまだありません。このパネルの設定に名前を付けて保存できます。</translation></message>
<message><source>Nothing has this name</source><translation>該当する名前がありません</translation></message>
<message><source>Presets</source><translation>プリセット</translation></message>
<message><source>Replace</source><translation>置き換え</translation></message>
<message><source>Save</source><translation>保存</translation></message>
<message><source>Save the settings of this panel</source><translation>このパネルの設定を保存</translation></message>
<message><source>Search presets</source><translation>プリセットを検索</translation></message>
<message><source>With the prompt</source><translation>プロンプトを含める</translation></message>
</context>
<context>
<name>Presets</name>
<message><source>Preset {name} deleted</source><translation>プリセット{name}を削除しました</translation></message>
<message><source>Preset {name} replaced</source><translation>プリセット{name}を置き換えました</translation></message>
<message><source>Preset {name} saved</source><translation>プリセット{name}を保存しました</translation></message>
<message><source>{before} renamed to {now}</source><translation>{before}の名前を{now}に変更しました</translation></message>
</context>
<context>
<name>Preview</name>
<message><source>Background of the preview</source><translation>プレビューの背景</translation></message>
<message><source>Black</source><translation>黒</translation></message>
<message><source>Checkerboard</source><translation>市松模様</translation></message>
<message><source>On black</source><translation>黒地</translation></message>
<message><source>On white</source><translation>白地</translation></message>
<message><source>Selected picture</source><translation>選択した画像</translation></message>
<message><source>Show it large</source><translation>拡大表示</translation></message>
<message><source>Shows transparent areas</source><translation>透過部分を示します</translation></message>
<message><source>White</source><translation>白</translation></message>
<message><source>{width} × {height} px</source><translation>{width} × {height} px</translation></message>
</context>
<context>
<name>PromptBox</name>
<message numerus="yes"><source>%n word(s)</source><translation>
<numerusform>%n語</numerusform>
</translation></message>
<message><source>Ctrl+↑ and Ctrl+↓ change the weight of a word</source><translation>Ctrl+↑とCtrl+↓で単語の重みを変更</translation></message>
<message><source>Describe the picture; Enter generates it</source><translation>画像を説明してください。Enterで生成します</translation></message>
<message><source>Prompt</source><translation>プロンプト</translation></message>
<message><source>The editor shows the first {count}; edit them to use only these.</source><translation>エディターには最初の{count}文字が表示されます。これだけを使うには編集してください。</translation></message>
<message><source>The text under “{title}”</source><translation>「{title}」の下のテキスト</translation></message>
<message><source>What should the picture show?</source><translation>どんな画像にしますか？</translation></message>
<message><source>{count} characters</source><translation>{count}文字</translation></message>
<message><source>{count} of {limit} tokens</source><translation>{count}/{limit}トークン</translation></message>
<message><source>{tokens}, in {parts} parts</source><translation>{tokens}（{parts}分割）</translation></message>
</context>
<context>
<name>PromptChips</name>
<message numerus="yes"><source>%n token(s) beyond {limit}</source><translation>
<numerusform>{limit}を%nトークン超過</numerusform>
</translation></message>
<message><source>Click to write “{prompt}”.</source><translation>クリックすると「{prompt}」に変わります。</translation></message>
<message><source>Did you mean {word}?</source><translation>もしかして: {word}</translation></message>
<message><source>Drawing {drawing} for “{text}”</source><translation>「{text}」として{drawing}を描きます</translation></message>
<message><source>Drawn in some of the styles that a seed chooses.</source><translation>シードが選ぶスタイルの一部でだけ描かれます。</translation></message>
<message><source>How the model reads the prompt</source><translation>モデルによるプロンプトの読み取り</translation></message>
<message><source>If the picture shows it anyway, write it into the negative prompt.</source><translation>それでも画像に現れる場合は、ネガティブプロンプトに書いてください。</translation></message>
<message><source>LoRA {value}</source><translation>LoRA {value}</translation></message>
<message><source>Most words are unknown to {model}. Write the prompt in English.</source><translation>{model}はほとんどの単語を知りません。プロンプトは英語で書いてください。</translation></message>
<message><source>Nearest: {drawing}</source><translation>最も近いもの: {drawing}</translation></message>
<message><source>No LoRA with this name is installed, or its file is damaged. Its tag is read as plain words.</source><translation>この名前のLoRAがインストールされていないか、ファイルが破損しています。タグは普通の単語として読まれます。</translation></message>
<message><source>No LoRA “{value}”</source><translation>LoRA「{value}」なし</translation></message>
<message><source>No such drawing: a guess</source><translation>該当する絵なし: 推測で描画</translation></message>
<message><source>No weights here</source><translation>重みは使えません</translation></message>
<message><source>One picture; Set draws several</source><translation>1枚の画像です。「セット」なら複数を描きます</translation></message>
<message><source>Only the first {value} words are read</source><translation>読まれるのは最初の{value}語だけです</translation></message>
<message><source>Sometimes left out: {words}</source><translation>除外されることがある語: {words}</translation></message>
<message><source>The seed of each picture chooses one. Only the other words are described here.</source><translation>各画像のシードが1つを選びます。ここに示すのは他の語だけです。</translation></message>
<message><source>The seed of each picture chooses one. The first picture is described here.</source><translation>各画像のシードが1つを選びます。ここに示すのは最初の画像です。</translation></message>
<message><source>The seed of each picture chooses {count} of them, in random order.</source><translation>各画像のシードがその中から {count} 個を順不同で選びます。</translation></message>
<message><source>The start picture shows it. Only what is new is drawn in the mask.</source><translation>初期画像にすでに描かれています。マスクには新しいものだけが描かれます。</translation></message>
<message><source>The words after “{value}” are ignored</source><translation>「{value}」で除いたものは無視されます</translation></message>
<message><source>They are read in parts of {limit} that know nothing of each other.</source><translation>{limit}トークンごとに分けて、互いに無関係に読まれます。</translation></message>
<message><source>Things are found in the whole prompt; {model} reads no more words than these.</source><translation>題材はプロンプト全体から探しますが、{model}が読むのはこれらの語だけです。</translation></message>
<message><source>This LoRA changes the picture.</source><translation>このLoRAが画像に反映されます。</translation></message>
<message><source>This style has no good drawing of it.</source><translation>このスタイルにはこの良い絵がありません。</translation></message>
<message><source>Turn on Set and write one thing per line: each gets a picture of its own, in one style.</source><translation>「セット」をオンにして1行に1つずつ書くと、それぞれが同じスタイルの別々の画像になります。</translation></message>
<message><source>Varies, {count} of: {options}</source><translation>変化、次から {count} 個: {options}</translation></message>
<message><source>Varies: {options}</source><translation>変化：{options}</translation></message>
<message><source>Will be drawn</source><translation>描かれます</translation></message>
<message><source>With some of the options, {model} leaves these words out.</source><translation>選択肢によっては、{model}はこれらの語を除外します。</translation></message>
<message><source>Without a prompt, {model} draws something random.</source><translation>プロンプトがないと、{model}は何かをランダムに描きます。</translation></message>
<message><source>Write what to draw</source><translation>描きたいものを書いてください</translation></message>
<message><source>Write what to leave out into the negative prompt.</source><translation>描かないものはネガティブプロンプトに書いてください。</translation></message>
<message><source>Writes no text: “{value}”</source><translation>文字は書けません: 「{value}」</translation></message>
<message><source>{count} more</source><translation>ほか{count}件</translation></message>
<message><source>{model} cannot draw with this LoRA. Choose another one.</source><translation>{model}はこのLoRAでは描けません。別のLoRAを選んでください。</translation></message>
<message><source>{model} cannot write words into a picture.</source><translation>{model}は画像に文字を書けません。</translation></message>
<message><source>{model} does not know this language</source><translation>{model} はこの言語を知りません</translation></message>
<message><source>{model} does not know “{text}” and leaves it out.</source><translation>{model}は「{text}」を知らないため、除外します。</translation></message>
<message><source>{model} does not know “{text}”. Click to write “{word}” instead.</source><translation>{model}は「{text}」を知りません。クリックすると「{word}」に変わります。</translation></message>
<message><source>{model} has no drawing of this and guesses.</source><translation>{model}にはこの絵がないため、推測で描きます。</translation></message>
<message><source>{model} knows no drawing by these words and guesses from them.</source><translation>{model}はこの語に当たる絵を知らないため、推測で描きます。</translation></message>
<message><source>{model} leaves out “{text}”.</source><translation>{model}は「{text}」を除外します。</translation></message>
<message><source>{model} reads plain words and the tags of LoRAs, but no weights of words.</source><translation>{model}は普通の単語とLoRAのタグを読みますが、単語の重みは読みません。</translation></message>
<message><source>{text} → {drawing}</source><translation>{text} → {drawing}</translation></message>
<message><source>{text}, drawn</source><translation>{text}（描画）</translation></message>
<message><source>{text}, drawn as {drawing}</source><translation>{text}（{drawing}として描画）</translation></message>
<message><source>{text}, drawn in some styles</source><translation>{text}（一部のスタイルで描画）</translation></message>
<message><source>{text}, guessed</source><translation>{text}（推測）</translation></message>
<message><source>{text}, in the start picture</source><translation>{text}、初期画像にあり</translation></message>
<message><source>{text}, left out</source><translation>{text}（除外）</translation></message>
<message><source>{text}, unknown and left out</source><translation>{text}（不明のため除外）</translation></message>
<message><source>{text}: draws {count}</source><translation>{text}: {count}個描画</translation></message>
<message><source>{text}: from {style}</source><translation>{text}：{style}から</translation></message>
<message><source>{text}: one colour</source><translation>{text}：1色</translation></message>
<message><source>{text}: one colour, from {style}</source><translation>{text}：1色、{style}から</translation></message>
<message><source>{value} is for another model</source><translation>{value}は別のモデル用</translation></message>
<message><source>“{text}” is read as “{word}”.</source><translation>「{text}」は「{word}」として読まれます。</translation></message>
<message><source>“{value}” is left out</source><translation>「{value}」は描かれません</translation></message>
<message><source>“{value}” is not understood</source><translation>「{value}」は理解されません</translation></message>
</context>
<context>
<name>PromptController</name>
<message><source>Choose a model that it is for.</source><translation>対応するモデルを選んでください。</translation></message>
<message><source>It is for {base}; {model} is {model_base}.</source><translation>これは{base}用ですが、{model}は{model_base}です。</translation></message>
<message><source>It is for {base}; {model} reads plain words.</source><translation>これは{base}用ですが、{model}は普通の文を読みます。</translation></message>
<message><source>Prompts are read as plain words now; choose another prompt grammar under Advanced.</source><translation>現在、プロンプトは普通の文として読まれます。「詳細設定」で別のプロンプト構文を選んでください。</translation></message>
<message><source>The model</source><translation>このモデル</translation></message>
</context>
<context>
<name>PromptList</name>
<message><source>Completions of the prompt</source><translation>プロンプトの補完候補</translation></message>
</context>
<context>
<name>QueueController</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>生成する画像 %n 枚</numerusform>
</translation></message>
<message><source>Connecting to the cluster…</source><translation>クラスターに接続しています…</translation></message>
<message><source>Not saved yet</source><translation>未保存</translation></message>
<message><source>Paused</source><translation>一時停止中</translation></message>
<message><source>Paused where you left it</source><translation>前回の位置で一時停止しています</translation></message>
<message numerus="yes"><source>Removed %n entry(entries) from the queue</source><translation>
<numerusform>キューから%n件を取り除きました</numerusform>
</translation></message>
<message><source>Removed “{title}” from the queue</source><translation>「{title}」をキューから取り除きました</translation></message>
<message><source>Resume</source><translation>再開</translation></message>
<message numerus="yes"><source>Resuming %n picture(s)</source><translation>
<numerusform>%n枚の画像を再開します</numerusform>
</translation></message>
<message><source>Steps that are done already are shown again first.</source><translation>完了済みのステップを先に表示し直します。</translation></message>
<message><source>The queue is paused</source><translation>キューは一時停止中です</translation></message>
<message><source>Waiting until a picture can be saved</source><translation>画像を保存できるようになるのを待っています</translation></message>
<message><source>Waiting: a picture could not be saved yet</source><translation>待機中: 画像をまだ保存できていません</translation></message>
<message><source>Waiting: the queue is paused</source><translation>待機中: キューは一時停止中です</translation></message>
<message><source>about {time} left</source><translation>残り約{time}</translation></message>
<message><source>{pictures} will be made on the cluster</source><translation>{pictures}をクラスターで生成します</translation></message>
</context>
<context>
<name>QueueEditor</name>
<message><source>Cancel</source><translation>キャンセル</translation></message>
<message><source>Change the settings, then press “{save}”.</source><translation>設定を変更し、「{save}」を押してください。</translation></message>
<message><source>Editing a queued picture</source><translation>キュー内の画像を編集中</translation></message>
<message><source>Generate uses these settings for another picture.</source><translation>「生成」はこの設定で別の画像を作ります。</translation></message>
<message><source>Not used: {settings}.</source><translation>未使用: {settings}。</translation></message>
<message><source>Save to the queue</source><translation>キューに保存</translation></message>
<message><source>Saves the settings in the queue, in the same place</source><translation>設定をキューの同じ位置に保存します</translation></message>
<message><source>“{title}” no longer waits in the queue</source><translation>「{title}」はもうキューで待機していません</translation></message>
</context>
<context>
<name>QueueModel</name>
<message><source> · {count} made</source><translation> · {count}枚生成済み</translation></message>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%nステップ</numerusform>
</translation></message>
<message><source>Failed</source><translation>失敗</translation></message>
<message><source>Paused</source><translation>一時停止中</translation></message>
<message><source>Running in another window</source><translation>別のウィンドウで実行中</translation></message>
<message><source>Waiting</source><translation>待機中</translation></message>
<message><source>until stopped</source><translation>停止するまで</translation></message>
<message><source>{done} of {count} made</source><translation>{done}/{count}枚生成済み</translation></message>
</context>
<context>
<name>QueuePanel</name>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Pause</source><translation>一時停止</translation></message>
<message><source>Queue</source><translation>キュー</translation></message>
<message><source>Resume</source><translation>再開</translation></message>
<message><source>Resume the queue</source><translation>キューを再開</translation></message>
<message><source>Start nothing more for now</source><translation>これ以上は開始しない</translation></message>
<message><source>Stop and remove</source><translation>停止して削除</translation></message>
<message><source>Stop it and remove it from the queue</source><translation>停止してキューから取り除く</translation></message>
</context>
<context>
<name>QueueRows</name>
<message><source>Nothing is waiting</source><translation>待機中のものはありません</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>Stop {job}</source><translation>{job}を停止</translation></message>
<message><source>The queue</source><translation>キュー</translation></message>
<message><source>While a picture is being made, Ctrl+Enter puts the next one here.</source><translation>画像の生成中にCtrl+Enterを押すと、次の画像がここに入ります。</translation></message>
</context>
<context>
<name>Quotation</name>
<message><source>“{text}”</source><translation>「{text}」</translation></message>
</context>
<context>
<name>RecoveryNotices</name>
<message numerus="yes"><source>%n picture(s) not finished and not in the gallery yet.</source><translation>
<numerusform>%n枚は未完成で、まだギャラリーにありません。</numerusform>
</translation></message>
<message><source>Keep it</source><translation>残す</translation></message>
<message><source>Keep them</source><translation>すべて残す</translation></message>
<message><source>Stopped at step {step} of {steps}</source><translation>ステップ {step}/{steps} で停止しました</translation></message>
<message><source>Try again</source><translation>再試行</translation></message>
<message><source>What was reached is not in the gallery yet.</source><translation>ここまでの結果はまだギャラリーにありません。</translation></message>
</context>
<context>
<name>RegionMap</name>
<message><source>Drag to draw, move or resize a box; the right button removes it</source><translation>ドラッグで枠を描き、動かし、大きさを変えます。右ボタンで取り除きます</translation></message>
<message><source>Map of the regions</source><translation>領域の配置図</translation></message>
</context>
<context>
<name>RegionRow</name>
<message><source>Negative prompt of region {number}</source><translation>領域{number}のネガティブプロンプト</translation></message>
<message><source>Paint the area of this region; the right button erases, the wheel changes the size</source><translation>この領域の範囲を塗ります。右ボタンで消し、ホイールで大きさを変えます</translation></message>
<message><source>Prompt of region {number}</source><translation>領域{number}のプロンプト</translation></message>
<message><source>Remove this region</source><translation>この領域を取り除く</translation></message>
<message><source>Replace the painted area by its box</source><translation>塗った範囲をその枠に置き換えます</translation></message>
<message><source>Share of this prompt in its area; the prompt of the whole picture has the rest</source><translation>範囲の中でのこのプロンプトの割合。残りは画像全体のプロンプトです</translation></message>
<message><source>Weight</source><translation>重み</translation></message>
<message><source>What is in this area</source><translation>この範囲の中にあるもの</translation></message>
<message><source>What to avoid here</source><translation>ここで避けるもの</translation></message>
</context>
<context>
<name>RegionSection</name>
<message numerus="yes"><source>%n region(s)</source><translation>
<numerusform>%n個の領域</numerusform>
</translation></message>
<message><source>A box with its own prompt</source><translation>独自のプロンプトを持つ枠</translation></message>
<message><source>Add region</source><translation>領域を追加</translation></message>
<message><source>Drag to draw a box; the prompt above describes the rest.</source><translation>ドラッグで枠を描きます。残りは上のプロンプトが表します。</translation></message>
<message><source>Draw</source><translation>描く</translation></message>
<message><source>Draw the regions on the picture</source><translation>領域を画像の上に描く</translation></message>
<message><source>Remove all</source><translation>すべて取り除く</translation></message>
<message><source>Undo the last change of the regions</source><translation>領域の最後の変更を元に戻す</translation></message>
</context>
<context>
<name>Remedy</name>
<message><source>One at a time</source><translation>1枚ずつ</translation></message>
<message><source>Try again</source><translation>再試行</translation></message>
<message><source>Use calmer settings</source><translation>穏やかな設定を使う</translation></message>
<message><source>Use full precision</source><translation>全精度を使う</translation></message>
<message><source>Use the CPU</source><translation>CPUを使う</translation></message>
<message><source>Use this computer</source><translation>このコンピューターを使う</translation></message>
</context>
<context>
<name>Report</name>
<message><source>Add to gallery</source><translation>ギャラリーに追加</translation></message>
<message><source>Already in the gallery</source><translation>すでにギャラリーにあります</translation></message>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Copy it into the library; the file stays</source><translation>ライブラリにコピーします。元のファイルは残ります</translation></message>
<message><source>It does not say how it was made</source><translation>生成方法の記録なし</translation></message>
<message><source>Not known</source><translation>不明</translation></message>
<message><source>Recognised, not used</source><translation>認識したが未使用</translation></message>
<message><source>Settings in the file</source><translation>ファイル内の設定</translation></message>
<message><source>Start from it</source><translation>この画像から開始</translation></message>
<message><source>Use it as the start picture</source><translation>初期画像として使う</translation></message>
<message><source>Used</source><translation>使用</translation></message>
<message><source>as they are set here</source><translation>ここでの設定どおり</translation></message>
<message><source>has content credentials</source><translation>コンテンツクレデンシャルあり</translation></message>
<message><source>has content credentials by {maker}</source><translation>{maker}のコンテンツクレデンシャルあり</translation></message>
<message><source>kept in the file, but not used</source><translation>ファイルに残りますが、使われません</translation></message>
</context>
<context>
<name>Review</name>
<message><source>Review finished</source><translation>選別が完了しました</translation></message>
<message><source>{count} deleted</source><translation>削除 {count}枚</translation></message>
<message><source>{count} kept</source><translation>残す {count}枚</translation></message>
<message><source>{number} of {count}</source><translation>{number}/{count}</translation></message>
</context>
<context>
<name>Row</name>
<message><source>Back to the default</source><translation>既定値に戻す</translation></message>
<message><source>Close the window and open it again; a running job continues</source><translation>ウィンドウを閉じて開き直します。実行中のジョブは続行されます</translation></message>
<message><source>Reset {setting}</source><translation>{setting}をリセット</translation></message>
<message><source>Restart now</source><translation>今すぐ再起動</translation></message>
</context>
<context>
<name>RunningJobs</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> ほか%n件</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>残り%nステップ</numerusform>
</translation></message>
<message><source>Finished: {job}</source><translation>完了: {job}</translation></message>
<message><source>Starts next</source><translation>次に開始</translation></message>
<message><source>Stopped: {job}</source><translation>停止: {job}</translation></message>
<message><source>Waiting for the model to load</source><translation>モデルの読み込み待ち</translation></message>
<message><source>Waiting for: {job}</source><translation>待機中: {job}</translation></message>
<message><source>paused</source><translation>一時停止中</translation></message>
<message><source>starting…</source><translation>開始しています…</translation></message>
<message><source>stopping</source><translation>停止処理中</translation></message>
<message><source>stopping…</source><translation>停止しています…</translation></message>
<message><source>waiting for the model to load</source><translation>モデルの読み込み待ち</translation></message>
<message><source>waiting for: {job}</source><translation>待機中: {job}</translation></message>
<message><source>{count} left</source><translation>残り{count}</translation></message>
<message><source>{done} of {total}</source><translation>{done}/{total}</translation></message>
</context>
<context>
<name>SaveNotices</name>
<message><source>Folder for pictures that the library cannot store</source><translation>ライブラリに保存できない画像の保存先フォルダー</translation></message>
<message><source>Save elsewhere…</source><translation>別の場所に保存…</translation></message>
<message><source>Saved elsewhere</source><translation>別の場所に保存しました</translation></message>
<message><source>The pictures are in {folder}.</source><translation>画像は{folder}にあります。</translation></message>
<message><source>Try again</source><translation>再試行</translation></message>
<message><source>{error} The picture is not lost yet.</source><translation>{error} 画像はまだ失われていません。</translation></message>
</context>
<context>
<name>SavedStepsRow</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>マウスを動かすか← →で、画像ができる様子を見られます</translation></message>
<message><source>Saved steps</source><translation>保存したステップ</translation></message>
</context>
<context>
<name>SavedStepsStrip</name>
<message numerus="yes"><source>%n of {total} steps saved</source><translation>
<numerusform>{total}ステップ中%nステップ保存済み</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) saved</source><translation>
<numerusform>%nステップ保存済み</numerusform>
</translation></message>
<message><source>Play</source><translation>再生</translation></message>
<message><source>Play its steps</source><translation>ステップを再生</translation></message>
<message><source>Scrub and branch on the Create page</source><translation>「作成」ページでステップをたどり、分岐する</translation></message>
</context>
<context>
<name>ScheduleChart</name>
<message><source>Scale of the data at each step</source><translation>各ステップでのデータの係数</translation></message>
<message><source>scale of the data, α / √(α² + σ²) · steps</source><translation>データの係数 α / √(α² + σ²) · ステップ</translation></message>
</context>
<context>
<name>Search</name>
<message><source> or </source><translation> または </translation></message>
<message><source>Branches</source><translation>ブランチ</translation></message>
<message><source>Collection</source><translation>コレクション</translation></message>
<message><source>Date</source><translation>日付</translation></message>
<message><source>Edited elsewhere</source><translation>外部で編集</translation></message>
<message><source>Favourites</source><translation>お気に入り</translation></message>
<message><source>File</source><translation>ファイル</translation></message>
<message><source>Imported</source><translation>取り込み済み</translation></message>
<message><source>In</source><translation>場所</translation></message>
<message><source>Like</source><translation>意味が近い</translation></message>
<message><source>Made here</source><translation>ここで作成</translation></message>
<message><source>Negative prompt</source><translation>ネガティブプロンプト</translation></message>
<message><source>Note</source><translation>メモ</translation></message>
<message><source>OR must be between two words</source><translation>OR は2つの語の間に置きます</translation></message>
<message><source>Prompt</source><translation>プロンプト</translation></message>
<message><source>Sampler</source><translation>サンプラー</translation></message>
<message><source>Scheduler</source><translation>スケジューラー</translation></message>
<message><source>Similar to</source><translation>類似画像</translation></message>
<message><source>Size</source><translation>サイズ</translation></message>
<message><source>Stopped early</source><translation>途中で停止</translation></message>
<message><source>Tag</source><translation>タグ</translation></message>
<message><source>Tool</source><translation>ツール</translation></message>
<message><source>With a note</source><translation>メモあり</translation></message>
<message><source>With settings</source><translation>設定あり</translation></message>
<message><source>Without a tag</source><translation>タグなし</translation></message>
<message><source>Without settings</source><translation>設定なし</translation></message>
<message><source>not {term}</source><translation>{term} 以外</translation></message>
<message><source>only its first 60 words count</source><translation>最初の60語だけが使われます</translation></message>
<message><source>the quotation mark of {text} is not closed</source><translation>{text} の引用符が閉じていません</translation></message>
<message><source>unknown field {field} (quote {text} to search for it as text)</source><translation>不明なフィールド {field} ({text} を引用符で囲むと文字として検索)</translation></message>
<message><source>{count} more words are unclear</source><translation>ほかに {count} 語が不明です</translation></message>
<message><source>{text} has no letter or digit</source><translation>{text} には文字も数字もありません</translation></message>
<message><source>{text} has no valid value for {field}</source><translation>{text} には {field} の有効な値がありません</translation></message>
<message><source>{text} has no value</source><translation>{text} に値がありません</translation></message>
<message><source>{text} is neither a word nor a field (quote it to search for it as text)</source><translation>{text} は語でもフィールドでもありません (引用符で囲むと文字として検索)</translation></message>
</context>
<context>
<name>SearchBar</name>
<message><source>Do not search for similar pictures</source><translation>似た画像の検索をやめる</translation></message>
<message><source>Like: {name}</source><translation>類似: {name}</translation></message>
<message><source>Newest</source><translation>新しい順</translation></message>
<message><source>Newest first</source><translation>新しい順</translation></message>
<message><source>Not understood: {terms}.</source><translation>解釈できません: {terms}。</translation></message>
<message><source>Oldest</source><translation>古い順</translation></message>
<message><source>Oldest first</source><translation>古い順</translation></message>
<message><source>Order of the pictures</source><translation>画像の並び順</translation></message>
<message><source>Save it in the list at the left</source><translation>左のリストに保存</translation></message>
<message><source>Save search</source><translation>検索を保存</translation></message>
<message><source>Search without {term}</source><translation>{term}を外して検索</translation></message>
<message><source>Size of the pictures; also Ctrl and the mouse wheel</source><translation>画像の表示サイズ。Ctrl+マウスホイールでも変更</translation></message>
<message><source>{found} · {problem}</source><translation>{found} · {problem}</translation></message>
<message><source>{pictures} · {time} ms</source><translation>{pictures} · {time} ms</translation></message>
<message><source>{size} px</source><translation>{size} px</translation></message>
</context>
<context>
<name>SearchField</name>
<message><source>Clear the search</source><translation>検索をクリア</translation></message>
<message><source>Search pictures</source><translation>画像を検索</translation></message>
<message><source>Search…</source><translation>検索…</translation></message>
<message><source>Words, "phrases", -without, is:favourite, seed:42, steps:&gt;20</source><translation>語句、"フレーズ"、-除外、is:favourite、seed:42、steps:&gt;20</translation></message>
</context>
<context>
<name>SeedField</name>
<message><source>Every run uses a new seed</source><translation>生成のたびに新しいシードを使います</translation></message>
<message><source>Keep this seed</source><translation>このシードを固定</translation></message>
<message><source>Locked: every run uses this seed</source><translation>固定中: 毎回このシードを使います</translation></message>
<message><source>Seed</source><translation>シード</translation></message>
<message><source>The same seed and settings give the same picture</source><translation>同じシードと設定からは同じ画像ができます</translation></message>
</context>
<context>
<name>SelectionBar</name>
<message><source>Add them to a collection</source><translation>コレクションに追加</translation></message>
<message><source>Add to collection ▾</source><translation>コレクションに追加 ▾</translation></message>
<message><source>Collection ▾</source><translation>コレクション ▾</translation></message>
<message><source>New collection</source><translation>新しいコレクション</translation></message>
<message><source>Remove from {collection}</source><translation>{collection}から外す</translation></message>
<message><source>Select none</source><translation>選択を解除</translation></message>
<message><source>Selected pictures</source><translation>選択した画像</translation></message>
<message><source>{count} selected</source><translation>{count}枚選択</translation></message>
</context>
<context>
<name>SelectionController</name>
<message><source>Check of {title}</source><translation>{title}の確認</translation></message>
<message><source>It does not reproduce: pixels differ by up to {difference} of 255.</source><translation>再現しません: ピクセル差が最大{difference}/255あります。</translation></message>
<message><source>It reproduces exactly.</source><translation>完全に再現します。</translation></message>
<message><source>It reproduces nearly: no pixel differs by more than {difference} of 255.</source><translation>ほぼ再現します: 各ピクセルの差は{difference}/255以下です。</translation></message>
<message><source>Its steps are saved</source><translation>ステップが保存されています</translation></message>
<message><source>Not in the gallery</source><translation>ギャラリーにありません</translation></message>
<message><source>The picture cannot be generated again here</source><translation>この画像はここでは再生成できません</translation></message>
<message><source>The picture that this one branches from was deleted or never saved.</source><translation>分岐元の画像は削除されたか、保存されていません。</translation></message>
<message><source>The picture that this one was edited from was deleted.</source><translation>編集元の画像は削除されました。</translation></message>
<message><source>comparing…</source><translation>比較中…</translation></message>
<message><source>exactly</source><translation>完全</translation></message>
<message><source>nearly</source><translation>ほぼ</translation></message>
<message><source>no</source><translation>不可</translation></message>
<message><source>not here</source><translation>ここでは不可</translation></message>
<message><source>not in the gallery</source><translation>ギャラリーにありません</translation></message>
<message><source>step {step} of {steps}</source><translation>ステップ {step}/{steps}</translation></message>
<message><source>stopped</source><translation>停止しました</translation></message>
<message><source>waiting…</source><translation>待機中…</translation></message>
</context>
<context>
<name>SetController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n枚の画像</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate continues.</source><translation>
<numerusform>%n枚が未生成です。「生成」で続行します。</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate in Set continues.</source><translation>
<numerusform>%n枚が未生成です。「セット」の「生成」で続行します。</numerusform>
</translation></message>
<message><source>Another set is being generated. Stop it, then restore this one.</source><translation>別のセットを生成中です。停止してから、これを復元してください。</translation></message>
<message><source>Drawn with {temperature} instead of {value}, at which it would hardly change.</source><translation>{value}ではほとんど変わらないため、{temperature}で描きました。</translation></message>
<message><source>It is the collection “{name}”.</source><translation>コレクション「{name}」になっています。</translation></message>
<message numerus="yes"><source>Its %n locked picture(s) stays(stay) there.</source><translation>
<numerusform>ロックした%n枚の画像はそこに残ります。</numerusform>
</translation></message>
<message><source>Its other pictures are kept.</source><translation>ほかの画像はそのまま残ります。</translation></message>
<message><source>Made {pictures} again</source><translation>{pictures}を再生成しました</translation></message>
<message><source>Removed {pictures}</source><translation>{pictures}を外しました</translation></message>
<message><source>Restore it</source><translation>復元する</translation></message>
<message><source>Set “{name}” opened</source><translation>セット「{name}」を開きました</translation></message>
<message numerus="yes"><source>Set: %n picture(s)</source><translation>
<numerusform>セット: %n枚の画像</numerusform>
</translation></message>
<message><source>Set: {thing}</source><translation>セット: {thing}</translation></message>
<message><source>Stopped</source><translation>停止しました</translation></message>
<message><source>The list is empty</source><translation>リストが空です</translation></message>
<message><source>The set was changed</source><translation>セットを変更しました</translation></message>
<message><source>The set was cleared</source><translation>セットをクリアしました</translation></message>
<message><source>These pictures are locked</source><translation>これらの画像はロックされています</translation></message>
<message><source>Unlock them first.</source><translation>先にロックを解除してください。</translation></message>
<message><source>Write what the set shows, one thing per line.</source><translation>セットに描くものを1行に1つずつ書いてください。</translation></message>
<message><source>connecting to the cluster…</source><translation>クラスターに接続しています…</translation></message>
<message><source>locked · {seed}</source><translation>ロック中 · {seed}</translation></message>
<message><source>not made yet</source><translation>未生成</translation></message>
<message><source>seed {seed}</source><translation>シード {seed}</translation></message>
<message><source>starting…</source><translation>開始しています…</translation></message>
</context>
<context>
<name>SetView</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n枚の画像</numerusform>
</translation></message>
<message><source>Name of the set</source><translation>セットの名前</translation></message>
<message><source>None of its pictures is finished yet.</source><translation>完成した画像がまだありません。</translation></message>
<message><source>Select a single picture.</source><translation>画像を1枚だけ選んでください。</translation></message>
<message><source>Select the pictures to make again, or lock those to keep.</source><translation>作り直す画像を選ぶか、残す画像をロックしてください。</translation></message>
<message><source>The set is a collection of this name in the gallery</source><translation>セットはギャラリーではこの名前のコレクションになります</translation></message>
<message><source>Unlock</source><translation>ロック解除</translation></message>
<message><source>Write its things in the list, choose a style, and press Generate: one picture of each, drawn alike, kept together in the gallery.</source><translation>リストに題材を書き、スタイルを選んで「生成」を押してください。それぞれが同じ画風で1枚ずつ描かれ、ギャラリーにまとめて保存されます。</translation></message>
<message><source>Your set will grow here</source><translation>ここにセットができていきます</translation></message>
<message><source>{finished} of {pictures}</source><translation>{finished}/{pictures}</translation></message>
<message><source>{pictures} · in the gallery</source><translation>{pictures} · ギャラリーに保存済み</translation></message>
</context>
<context>
<name>Setting</name>
<message><source>1, 2, 3</source><translation>1, 2, 3</translation></message>
<message><source>1-9 or 7, 42, 1207</source><translation>1-9 または 7, 42, 1207</translation></message>
<message><source>2 (B = e^h − 1) for guided pictures, 1 (B = h) for unguided.</source><translation>ガイダンスありなら2（B = e^h − 1）、なしなら1（B = h）。</translation></message>
<message><source>2, 4, 6 or 1-7 (+1.5)</source><translation>2, 4, 6 または 1-7 (+1.5)</translation></message>
<message><source>4, 8, 20 or 4-20 (+4)</source><translation>4, 8, 20 または 4-20 (+4)</translation></message>
<message><source>Address of a Ray cluster: auto for the cluster of this computer, or HOST:PORT.</source><translation>Rayクラスターのアドレス。このコンピューターのクラスターならauto、それ以外はHOST:PORT。</translation></message>
<message><source>Aesthetic score</source><translation>美的スコア</translation></message>
<message><source>Allows connections to huggingface.co, or to an address that you enter, while a model that you chose is downloaded.</source><translation>選んだモデルのダウンロード中に、huggingface.co または入力したアドレスへの接続を許可します。</translation></message>
<message><source>Analytic-DDIM</source><translation>Analytic-DDIM</translation></message>
<message><source>Analytic-DPM</source><translation>Analytic-DPM</translation></message>
<message><source>As it is</source><translation>そのまま</translation></message>
<message><source>At 2 the last layer of the text encoder is left out, at 3 the last two …</source><translation>2ではテキストエンコーダーの最終層を、3では最後の2層を省きます…</translation></message>
<message><source>At temperatures of 0.25 and less it wants 60 steps or more.</source><translation>0.25以下の温度では60ステップ以上が必要です。</translation></message>
<message><source>At temperatures of 0.25 and less it wants a hundred steps or more.</source><translation>0.25以下の温度では100ステップ以上が必要です。</translation></message>
<message><source>Attention</source><translation>アテンション</translation></message>
<message><source>Automatic</source><translation>自動</translation></message>
<message><source>Automatic is full precision, which makes the same picture on every device; half is faster and slightly less exact</source><translation>「自動」は全精度で、どのデバイスでも同じ画像になります。半精度は速くなりますが、わずかに精度が下がります</translation></message>
<message><source>Batch size</source><translation>バッチサイズ</translation></message>
<message><source>Below 100 % a run pauses between its steps, which leaves time for other programs.</source><translation>100 %未満ではステップの間に休止し、ほかのプログラムに時間を譲ります。</translation></message>
<message><source>Beta</source><translation>Beta</translation></message>
<message><source>Beta 57</source><translation>Beta 57</translation></message>
<message><source>Beta of 0.1</source><translation>Beta（0.1版）</translation></message>
<message><source>Beta of σ</source><translation>Beta（σ）</translation></message>
<message><source>Beta's shares of the noise in place of timesteps: half of the steps where it is very strong.</source><translation>Betaの割合をタイムステップではなくノイズに適用します。ステップの半分がごく強いノイズに充てられます。</translation></message>
<message><source>Beyond this the oldest steps are deleted; their pictures stay.</source><translation>これを超えると古いステップから削除されます。画像は残ります。</translation></message>
<message><source>Beyond this, some steps are recomputed on view. A large picture has room for at least thirty.</source><translation>これを超えると、一部のステップは表示時に再計算されます。大きな画像でも少なくとも30ステップ分は入ります。</translation></message>
<message><source>Blur</source><translation>ぼかし</translation></message>
<message><source>Both pictures of a step are side by side until the run ends.</source><translation>生成が終わるまで、ステップの2つの画像を並べます。</translation></message>
<message><source>Branch of</source><translation>分岐元</translation></message>
<message><source>By noise</source><translation>ノイズ基準</translation></message>
<message><source>By timesteps</source><translation>タイムステップ基準</translation></message>
<message><source>CPU limit</source><translation>CPU の上限</translation></message>
<message><source>Canvas colour</source><translation>キャンバスの色</translation></message>
<message><source>Checkerboard</source><translation>市松模様</translation></message>
<message><source>Churn</source><translation>Churn</translation></message>
<message><source>Churn above</source><translation>Churn下限</translation></message>
<message><source>Churn below</source><translation>Churn上限</translation></message>
<message><source>Class</source><translation>クラス</translation></message>
<message><source>Classic</source><translation>定番</translation></message>
<message><source>Clip</source><translation>クリップ</translation></message>
<message><source>Clip skip</source><translation>CLIPスキップ</translation></message>
<message><source>Cluster</source><translation>クラスター</translation></message>
<message><source>Cold</source><translation>Cold</translation></message>
<message><source>Cold, naive</source><translation>Cold（素朴）</translation></message>
<message><source>Computes the deep layers of the network only in every n-th step and reuses their features in between: faster, and less exact. 1 computes them in every step.</source><translation>ネットワークの深い層を n ステップごとにだけ計算し、その間は特徴を再利用します。速くなりますが、正確さは下がります。1 では毎ステップ計算します。</translation></message>
<message><source>Consecutive pictures that differ only in their seed, or look alike, are one tile.</source><translation>シードだけが違う、または見た目が似た連続する画像を、1つのタイルにまとめます。</translation></message>
<message><source>Correcting adds a little spread of its own: pictures are slightly more varied than the temperature asks.</source><translation>修正によってわずかなばらつきが加わり、画像は温度の指定より少し多様になります。</translation></message>
<message><source>Corrector SNR</source><translation>修正子のSNR</translation></message>
<message><source>Curvature</source><translation>曲率</translation></message>
<message><source>DDIM</source><translation>DDIM</translation></message>
<message><source>DDIM with the little fresh noise that is best for this model, as measured of it.</source><translation>DDIMに、実測したこのモデルに最適な、わずかな新しいノイズを加えます。</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM with as much noise in every step as the model itself predicts.</source><translation>DDPM。各ステップのノイズ量はモデル自身の予測に従います。</translation></message>
<message><source>DDPM with more noise in every step: grainy below some hundred steps.</source><translation>各ステップのノイズが多いDDPM。数百ステップ未満では粒状になります。</translation></message>
<message><source>DDPM with the amount of noise that is best for this model, as measured of it: fewer steps than DDPM.</source><translation>実測したこのモデルに最適なノイズ量のDDPM。DDPMより少ないステップで済みます。</translation></message>
<message><source>DDPM's steps, each after a random correction at its place: for some hundred steps.</source><translation>DDPMのステップをその場のランダムな修正の後に行います。数百ステップ向け。</translation></message>
<message><source>DDPM, large variance</source><translation>DDPM（大分散）</translation></message>
<message><source>DDPM, learned variance</source><translation>DDPM（学習分散）</translation></message>
<message><source>DEIS</source><translation>DEIS</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>DPM++ 2M SDE</source><translation>DPM++ 2M SDE</translation></message>
<message><source>DPM++ 2M with fresh noise at every step, which mends earlier errors; finer detail from 25 steps on.</source><translation>毎ステップ新しいノイズを加えるDPM++ 2M。それまでの誤差が修復され、25ステップ以上で細部が向上します。</translation></message>
<message><source>DPM++ 2S</source><translation>DPM++ 2S</translation></message>
<message><source>DPM++ 2S a</source><translation>DPM++ 2S a</translation></message>
<message><source>DPM++ 2S with fresh noise at every step (ancestral): pictures keep changing.</source><translation>毎ステップ新しいノイズを加えるDPM++ 2S（ancestral）。画像は変わり続けます。</translation></message>
<message><source>DPM++ 3M</source><translation>DPM++ 3M</translation></message>
<message><source>DPM++ 3M SDE</source><translation>DPM++ 3M SDE</translation></message>
<message><source>DPM++ 3M with fresh noise at every step; for 30 steps and more.</source><translation>毎ステップ新しいノイズを加えるDPM++ 3M。30ステップ以上向け。</translation></message>
<message><source>DPM++ SDE</source><translation>DPM++ SDE</translation></message>
<message><source>DPM2</source><translation>DPM2</translation></message>
<message><source>DPM2 a</source><translation>DPM2 a</translation></message>
<message><source>DPM2 with fresh noise at every step (ancestral): two evaluations, pictures keep changing.</source><translation>毎ステップ新しいノイズを加えるDPM2（ancestral）。評価2回、画像は変わり続けます。</translation></message>
<message><source>Dark</source><translation>ダーク</translation></message>
<message><source>Dark, light, or matching the system.</source><translation>ダーク、ライト、またはシステムに合わせます。</translation></message>
<message><source>Deleted pictures to the trash on exit</source><translation>終了時に削除済み画像をごみ箱へ移動</translation></message>
<message><source>Device</source><translation>デバイス</translation></message>
<message><source>Distilled guidance</source><translation>蒸留ガイダンス</translation></message>
<message><source>Download models</source><translation>モデルのダウンロード</translation></message>
<message><source>Draws the thing alone, as for a set: without a tile, and in the tone of its style</source><translation>セット用のように、タイルなしで、スタイルの色調で対象だけを描きます</translation></message>
<message><source>Dynamic threshold</source><translation>動的しきい値</translation></message>
<message><source>EDM stochastic</source><translation>EDM（確率的）</translation></message>
<message><source>Each picture is saved as a file in this folder.</source><translation>各画像はこのフォルダーにファイルとして保存されます。</translation></message>
<message><source>Each step jumps to a whole picture: temperature only pulls the jumps towards the average picture.</source><translation>各ステップが画像全体へ跳ぶため、温度は跳び先を平均的な画像へ近づけるだけです。</translation></message>
<message><source>Edges (Canny)</source><translation>エッジ（Canny）</translation></message>
<message><source>Enlarges the picture for the second pass</source><translation>第2パスのために画像を拡大します</translation></message>
<message><source>Error allowed in a step; smaller is slower and more exact.</source><translation>1ステップで許容する誤差。小さいほど遅く正確です。</translation></message>
<message><source>Eta</source><translation>Eta</translation></message>
<message><source>Euler</source><translation>Euler</translation></message>
<message><source>Euler a</source><translation>Euler a</translation></message>
<message><source>Evaluations more a step that make the way back exact.</source><translation>逆算を正確にするための、ステップごとの追加評価回数。</translation></message>
<message><source>Even in log-SNR: the same as exponential, but no step where the noise is above σ 164.</source><translation>log-SNRで等間隔。「指数」と同じですが、ノイズがσ 164を超える所にはステップを置きません。</translation></message>
<message><source>Even steps along the straight paths of flow models. The same update as Euler and DDIM at eta 0.</source><translation>flowモデルの直線経路を等間隔に進みます。更新式はEulerやeta 0のDDIMと同じです。</translation></message>
<message><source>Even timesteps from full noise that stop one step before the last, between timesteps too.</source><translation>最大ノイズから等間隔のタイムステップで、最後の1つ手前で止まります。タイムステップの中間値も使います。</translation></message>
<message><source>Even timesteps that begin at full noise.</source><translation>最大ノイズから始まる等間隔のタイムステップ。</translation></message>
<message><source>Even timesteps that end at the last one and never reach full noise, as in the DDIM paper.</source><translation>最後で終わり、最大ノイズには達しない等間隔のタイムステップ。DDIM論文の方式。</translation></message>
<message><source>Even timesteps with the first and the last.</source><translation>最初と最後を含む等間隔のタイムステップ。</translation></message>
<message><source>Every so many of the model's timesteps, from full noise down: ComfyUI's Simple.</source><translation>モデルのタイムステップを最大ノイズから一定数おきに取ります。ComfyUIのSimple。</translation></message>
<message><source>Every step removes the same share of the noise: even in log-SNR.</source><translation>各ステップで同じ割合のノイズを除きます。log-SNRで等間隔。</translation></message>
<message><source>Exponential</source><translation>指数</translation></message>
<message><source>Factors</source><translation>係数</translation></message>
<message><source>Feature cache</source><translation>特徴キャッシュ</translation></message>
<message><source>Fewer steps at strong noise than exponential, fewer at the end than Karras.</source><translation>強いノイズでは「指数」より、終盤ではKarrasよりステップが少なめです。</translation></message>
<message><source>File name</source><translation>ファイル名</translation></message>
<message><source>Finds the noise that leads to the picture instead of drawing it by the seed, so that the same prompt brings the picture back</source><translation>シードでノイズを引く代わりに、その画像になるノイズを求めます。同じプロンプトなら元の画像が再現されます</translation></message>
<message><source>First choices</source><translation>最初の候補</translation></message>
<message><source>Flow Euler</source><translation>Flow Euler</translation></message>
<message><source>Flow Heun</source><translation>Flow Heun</translation></message>
<message><source>Follows the exact way to a tolerance, with as many evaluations as that takes.</source><translation>許容誤差内で厳密な経路をたどり、必要なだけ評価を行います。</translation></message>
<message><source>For exactness, where a step may take twice as long.</source><translation>正確さのため。1 ステップが 2 倍かかってもよいとき。</translation></message>
<message><source>For fine detail, with 30 steps or more.</source><translation>細部のため。30 ステップ以上で。</translation></message>
<message><source>For finer detail, with 25 steps or more.</source><translation>より細かい細部のため。25 ステップ以上で。</translation></message>
<message><source>For latent consistency models: only the fifty timesteps that they were distilled on.</source><translation>潜在整合性モデル（LCM）用。蒸留に使われた50のタイムステップだけを使います。</translation></message>
<message><source>For rich detail at few steps, in twice the time.</source><translation>少ないステップで豊かな細部。時間は 2 倍。</translation></message>
<message><source>For the finest quality, when time does not matter.</source><translation>最高の品質のため。時間を問わないとき。</translation></message>
<message><source>For the finest quality, with many steps.</source><translation>最高の品質のため。多くのステップで。</translation></message>
<message><source>For the plainest way, to compare others with.</source><translation>最も単純な方法。ほかと比べるために。</translation></message>
<message><source>For variety with strong guidance.</source><translation>強いガイダンスで変化をつけるとき。</translation></message>
<message><source>For variety, where a step may take twice as long.</source><translation>変化のため。1 ステップが 2 倍かかってもよいとき。</translation></message>
<message><source>For variety: each number of steps draws another picture.</source><translation>変化のため: ステップ数ごとに別の画像になります。</translation></message>
<message><source>Format</source><translation>形式</translation></message>
<message><source>Fresh noise at every step (ancestral): pictures keep changing. The same update as DDPM, Karras spacing.</source><translation>毎ステップ新しいノイズを加えます（ancestral）。画像は変わり続けます。更新式はDDPMと同じで、間隔はKarras。</translation></message>
<message><source>Fresh noise at every step: 0 none, 1 as much as DDPM.</source><translation>各ステップの新しいノイズ: 0はなし、1はDDPMと同量。</translation></message>
<message><source>Fresh noise over the whole run: 0 is Heun, 40 the paper's choice.</source><translation>全体を通した新しいノイズ: 0はHeunと同じ、40は論文の値。</translation></message>
<message><source>Fresh noise, and a look at the middle of each step: two evaluations, rich detail at few steps.</source><translation>新しいノイズを加え、各ステップの中間も見ます。評価2回、少ないステップでも豊かな細部。</translation></message>
<message><source>Full (32 bit)</source><translation>全精度（32ビット）</translation></message>
<message><source>Grey</source><translation>グレースケール</translation></message>
<message><source>Guidance</source><translation>ガイダンス</translation></message>
<message><source>Guidance ends</source><translation>ガイダンス終了</translation></message>
<message><source>Guidance rescale</source><translation>ガイダンスリスケール</translation></message>
<message><source>Guidance starts</source><translation>ガイダンス開始</translation></message>
<message><source>Guidance · temp.</source><translation>ガイダンス · 温度</translation></message>
<message><source>Half (bfloat16)</source><translation>半精度（bfloat16）</translation></message>
<message><source>Half (float16)</source><translation>半精度（float16）</translation></message>
<message><source>Heun</source><translation>Heun</translation></message>
<message><source>Heun in even steps, which suit the straight paths of flow models; for any model.</source><translation>等間隔のHeun。flowモデルの直線経路に適し、どのモデルにも使えます。</translation></message>
<message><source>Heun that goes back to more noise twice near the end and comes down again, which mends earlier errors.</source><translation>終盤で2回ノイズを増やして戻り、再び減らすHeun。それまでの誤差が修復されます。</translation></message>
<message><source>Heun with fresh noise before each step, which mends earlier errors; for many steps and finest quality.</source><translation>各ステップの前に新しいノイズを加えるHeun。それまでの誤差が修復されます。多ステップの最高品質向け。</translation></message>
<message><source>High order</source><translation>高次</translation></message>
<message><source>Hints</source><translation>コントロール画像</translation></message>
<message><source>Hires fix</source><translation>高解像度補助</translation></message>
<message><source>How closely the picture follows the one to edit</source><translation>編集元の画像にどれだけ忠実に従うか</translation></message>
<message><source>How each step goes from noise towards the picture</source><translation>各ステップでノイズから画像へ進む方法</translation></message>
<message><source>How far the picture changes from the negative prompt towards the prompt.</source><translation>ネガティブプロンプトからプロンプトの方向へ画像をどれだけ変えるか。</translation></message>
<message><source>How freely the picture may vary: 1 is as the model was trained, lower gives more typical pictures, higher rarer ones.</source><translation>画像の自由度: 1は学習時のまま、低いほど典型的に、高いほど珍しい画像になります。</translation></message>
<message><source>How many pictures are made together; auto lets the device decide</source><translation>同時に生成する枚数。「自動」ではデバイスが決めます</translation></message>
<message><source>How many times as wide and high the second pass makes the picture; 1 for none</source><translation>第2パスで幅と高さを何倍にするか。1なら行いません</translation></message>
<message><source>How many, each with its own seed</source><translation>枚数。それぞれ別のシードを使います</translation></message>
<message><source>How much noise is added before the steps of the second pass</source><translation>第2パスのステップの前に加えるノイズの量</translation></message>
<message><source>How much noise is added to the picture before the steps begin: at 0 it hardly changes, at 1 nothing of it is left. Add noise shows what each value leaves</source><translation>ステップの前に画像へ加えるノイズの量: 0ではほぼ変わらず、1では元の画像は残りません。各値で何が残るかは「ノイズを加える」で確認できます</translation></message>
<message><source>How often to go back and come down again; 0 is Heun.</source><translation>戻って再び下りる回数。0ならHeunと同じです。</translation></message>
<message><source>How pleasing the picture is meant to be</source><translation>目指す画像の美しさ</translation></message>
<message><source>How prompts are read: in plain words, brackets have no meaning</source><translation>プロンプトの読み方。普通の文では括弧に意味はありません</translation></message>
<message><source>How strictly the picture follows the prompt</source><translation>プロンプトにどれだけ厳密に従うか</translation></message>
<message><source>How strictly the picture follows the prompt; the model takes this as an input</source><translation>プロンプトにどれだけ厳密に従うか。モデルへの入力として渡されます</translation></message>
<message><source>Image guidance</source><translation>画像ガイダンス</translation></message>
<message><source>Inpaint</source><translation>インペイント</translation></message>
<message><source>Inpaint area</source><translation>インペイント範囲</translation></message>
<message><source>Instead of DDIM, with a little fresh noise.</source><translation>DDIM の代わりに、新しいノイズを少し加えて。</translation></message>
<message><source>Instead of DDPM, for fewer steps.</source><translation>DDPM の代わりに、より少ないステップで。</translation></message>
<message><source>Instead of DPM++ 2M, with few steps.</source><translation>DPM++ 2M の代わりに、少ないステップで。</translation></message>
<message><source>Instead of DPM++ 2M, with many steps.</source><translation>DPM++ 2M の代わりに、多くのステップで。</translation></message>
<message><source>Instead of Heun, to compare.</source><translation>Heun の代わりに、比較のため。</translation></message>
<message><source>Instead of UniPC, where guidance is weak or off.</source><translation>UniPC の代わりに、ガイダンスが弱いかないとき。</translation></message>
<message><source>Interface size</source><translation>画面の大きさ</translation></message>
<message><source>Inverted</source><translation>逆算</translation></message>
<message><source>JPEG, smaller</source><translation>JPEG（小さい）</translation></message>
<message><source>KL-optimal</source><translation>KL-optimal</translation></message>
<message><source>Karras</source><translation>Karras</translation></message>
<message><source>Keep the machine awake</source><translation>コンピューターをスリープさせない</translation></message>
<message><source>Keep the steps of pictures</source><translation>画像のステップを保存</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>LCM, of 50 timesteps</source><translation>LCM（50タイムステップ）</translation></message>
<message><source>LMS</source><translation>LMS</translation></message>
<message><source>Langevin (NCSN)</source><translation>Langevin (NCSN)</translation></message>
<message><source>Langevin (NCSNv2)</source><translation>Langevin (NCSNv2)</translation></message>
<message><source>Langevin steps, and evaluations, at every noise level.</source><translation>各ノイズレベルでのLangevinステップ数（＝評価回数）。</translation></message>
<message><source>Language</source><translation>言語</translation></message>
<message><source>Largest value of the prediction, in standard deviations of the data; 0 is off.</source><translation>予測値の上限（データの標準偏差単位）。0でオフ。</translation></message>
<message><source>Last noise</source><translation>最後のノイズ</translation></message>
<message><source>Light</source><translation>ライト</translation></message>
<message><source>Like Beta, with more of its steps at the end.</source><translation>Betaと同様で、終盤のステップが多めです。</translation></message>
<message><source>Like Uniform, leading, one timestep later: DDIM of ComfyUI and AUTOMATIC1111, and Stable Diffusion's own.</source><translation>一様（先頭）を1タイムステップ遅らせたもの。ComfyUIとAUTOMATIC1111のDDIM、Stable Diffusion本来の方式。</translation></message>
<message><source>Like exponential, with larger steps at first and smaller ones where detail forms.</source><translation>「指数」と同様で、初めは大きく、細部ができる所では小さく進みます。</translation></message>
<message><source>Limit for models and images. A model that does not fit is read from the disk at each step, which is slower.</source><translation>モデルと画像に使う上限。収まらないモデルはステップごとにディスクから読み込むため、遅くなります。</translation></message>
<message><source>Lines</source><translation>線画</translation></message>
<message><source>Live, grids, sets and variations use it if the model has one and its settings are the defaults.</source><translation>モデルに高速版があり設定が既定値なら、ライブ、グリッド、セット、バリエーションで使います。</translation></message>
<message><source>Log-SNR, clipped</source><translation>Log-SNR（クリップ）</translation></message>
<message><source>Looks ahead and corrects each step: two evaluations, much nearer to the exact way than Euler.</source><translation>先を見て各ステップを修正します。評価2回、Eulerより厳密な経路にずっと近くなります。</translation></message>
<message><source>Looks at the middle of each step first: two evaluations, about as exact as Heun.</source><translation>まず各ステップの中間を見ます。評価2回、精度はHeunと同程度です。</translation></message>
<message><source>Looks at the middle of each step, remembers nothing: two evaluations, steady where guidance is strong.</source><translation>各ステップの中間を見て、何も記憶しません。評価2回、強いガイダンスでも安定します。</translation></message>
<message><source>Many steps where the noise is low and detail forms; the best first choice.</source><translation>細部ができる低ノイズ域にステップを多く割り当てます。最初に選ぶならこれが最適です。</translation></message>
<message><source>Masked area padding</source><translation>マスク周囲の余白</translation></message>
<message><source>Match system</source><translation>システムに合わせる</translation></message>
<message><source>Measured</source><translation>実測</translation></message>
<message><source>Memory</source><translation>メモリ</translation></message>
<message><source>Model</source><translation>モデル</translation></message>
<message><source>Model folders</source><translation>モデルフォルダー</translation></message>
<message><source>Models in these folders and their subfolders can be used.</source><translation>これらのフォルダーとサブフォルダーにあるモデルを使えます。</translation></message>
<message><source>More steps take longer and follow the noise more closely</source><translation>ステップが多いほど時間がかかり、ノイズをより忠実にたどります</translation></message>
<message><source>Negative prompt</source><translation>ネガティブプロンプト</translation></message>
<message><source>No fresh noise where less noise than this is left.</source><translation>残りのノイズがこれより少ない所では新しいノイズを加えません。</translation></message>
<message><source>No fresh noise where more noise than this is left.</source><translation>残りのノイズがこれより多い所では新しいノイズを加えません。</translation></message>
<message><source>Noise</source><translation>ノイズ</translation></message>
<message><source>Noise scale</source><translation>ノイズ倍率</translation></message>
<message><source>Normal</source><translation>Normal</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, and that stays.</source><translation>途中で乱数を引かないため、温度は復元を曲げるだけで、その影響は残ります。</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, which is forgiven.</source><translation>途中で乱数を引かないため、温度は復元を曲げるだけで、その影響は打ち消されます。</translation></message>
<message><source>Notify when done</source><translation>完了したら知らせる</translation></message>
<message><source>Of a Langevin step, in units of the level's noise variance.</source><translation>Langevinステップの大きさ（そのレベルのノイズ分散が単位）。</translation></message>
<message><source>One plain straight step after another. The same update as DDIM at eta 0, with Karras spacing.</source><translation>単純な直線ステップの繰り返し。更新式はeta 0のDDIMと同じで、間隔はKarras。</translation></message>
<message><source>One to eight steps with a model distilled for it: predicts the picture, adds fresh noise, predicts again.</source><translation>専用に蒸留されたモデルで1～8ステップ。画像を予測し、新しいノイズを加え、また予測します。</translation></message>
<message><source>Only masked</source><translation>マスク部分のみ</translation></message>
<message><source>Only masked: the surroundings of the mask are generated at the full size of the model and put back, and the picture keeps its size and every pixel outside the mask</source><translation>マスク部分のみ：マスクの周囲をモデル本来のサイズで生成して戻します。画像のサイズとマスク外の画素はすべて変わりません</translation></message>
<message><source>Optimal</source><translation>Optimal</translation></message>
<message><source>Other computers</source><translation>ほかのコンピューター</translation></message>
<message><source>PLMS</source><translation>PLMS</translation></message>
<message><source>PLMS with three careful first steps of four evaluations each; made for even steps.</source><translation>最初の3ステップを各4回の評価で慎重に行うPLMS。等間隔のステップ用。</translation></message>
<message><source>PNDM</source><translation>PNDM</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>Pictures</source><translation>枚数</translation></message>
<message><source>Pictures folder</source><translation>画像フォルダー</translation></message>
<message><source>Pixels around the mask that the model sees if only the masked area is made</source><translation>マスク部分のみを生成するときに、モデルに見せるマスク周囲の画素数</translation></message>
<message><source>Pixels by which tiles overlap, at most half a tile; their predictions are averaged there</source><translation>タイルが重なるピクセル数 (最大でタイルの半分)。そこでは予測が平均されます</translation></message>
<message><source>Plain icon</source><translation>シンプルなアイコン</translation></message>
<message><source>Plain words</source><translation>普通の文</translation></message>
<message><source>Polyexponential</source><translation>多項式指数</translation></message>
<message><source>Precision</source><translation>精度</translation></message>
<message><source>Prediction</source><translation>予測対象</translation></message>
<message><source>Predictions</source><translation>予測</translation></message>
<message><source>Predictions: the network is evaluated once for each prompt. Attention: once for all prompts, each of which only its own region sees; about as fast as one prompt</source><translation>予測：プロンプトごとにネットワークを 1 回評価します。アテンション：すべてのプロンプトを 1 回で評価し、各プロンプトはその領域だけが参照します。プロンプト 1 つの場合とほぼ同じ速さです</translation></message>
<message><source>Predictor-corrector</source><translation>予測子・修正子</translation></message>
<message><source>Predictor-corrector, ancestral</source><translation>予測子・修正子（ancestral）</translation></message>
<message><source>Predicts, then corrects with the next evaluation at no extra cost: good from 8 steps on.</source><translation>予測し、次の評価を使って追加コストなしで修正します。8ステップ以上で良好。</translation></message>
<message><source>Processor threads that a run uses; automatic is one for each core.</source><translation>生成に使うプロセッサーのスレッド数。「自動」はコアごとに1つです。</translation></message>
<message><source>Program on other computers</source><translation>ほかのコンピューターでのプログラム</translation></message>
<message><source>Prompt</source><translation>プロンプト</translation></message>
<message><source>Prompt grammar</source><translation>プロンプト構文</translation></message>
<message><source>Prompt of the start picture</source><translation>初期画像のプロンプト</translation></message>
<message><source>Prompt part</source><translation>プロンプトの一部</translation></message>
<message><source>Prompts</source><translation>プロンプト</translation></message>
<message><source>Quadratic</source><translation>Quadratic</translation></message>
<message><source>RK45</source><translation>RK45</translation></message>
<message><source>Reached by ssh, such as gpubox or user@tower/cuda:1, with commas between them; each can be chosen as a device.</source><translation>sshで接続します。gpuboxやuser@tower/cuda:1のように、コンマで区切って指定します。それぞれをデバイスとして選べます。</translation></message>
<message><source>Records where and when each word of the prompt acted; takes slightly longer</source><translation>プロンプトの各単語がいつどこに影響したかを記録します。少し時間がかかります</translation></message>
<message><source>Refinements</source><translation>反復改良</translation></message>
<message><source>Refiner</source><translation>リファイナー</translation></message>
<message><source>Refiner's share</source><translation>リファイナーの割合</translation></message>
<message><source>Region mode</source><translation>領域のモード</translation></message>
<message><source>Regions</source><translation>領域</translation></message>
<message><source>Remembers its last four directions: exact with many steps, rough with few.</source><translation>直近4つの方向を記憶します。ステップが多いと正確、少ないと粗くなります。</translation></message>
<message><source>Remembers its last four directions; made for even steps. What Stable Diffusion came with.</source><translation>直近4つの方向を記憶します。等間隔のステップ用。Stable Diffusionに当初付属していた方式。</translation></message>
<message><source>Remembers its last prediction, for one evaluation a step. The best picture for the time.</source><translation>直前の予測を記憶し、評価は1ステップ1回。時間に対して最も良い画像になります。</translation></message>
<message><source>Remembers its last three directions, for one evaluation a step: exact from few steps on.</source><translation>直近3つの方向を記憶し、評価は1ステップ1回。少ないステップから正確です。</translation></message>
<message><source>Remembers its last two predictions: more exact than DPM++ 2M where the steps are fine.</source><translation>直近2つの予測を記憶します。ステップが細かければDPM++ 2Mより正確です。</translation></message>
<message><source>Restart</source><translation>Restart</translation></message>
<message><source>Restart at</source><translation>リスタート位置</translation></message>
<message><source>Restart from</source><translation>戻り先</translation></message>
<message><source>Restarts</source><translation>リスタート回数</translation></message>
<message><source>Restores, and degrades the restoration again: every error of the restoration stays.</source><translation>復元し、その結果を再び劣化させます。復元の誤差はすべて残ります。</translation></message>
<message><source>Room for steps</source><translation>ステップの容量</translation></message>
<message><source>Rules</source><translation>ルール</translation></message>
<message><source>SGM Uniform</source><translation>SGM Uniform</translation></message>
<message><source>Scheduler</source><translation>スケジューラー</translation></message>
<message><source>Scheduler at its best</source><translation>最適設定のスケジューラー</translation></message>
<message><source>Scheduler's own</source><translation>スケジューラー固有</translation></message>
<message><source>Second pass</source><translation>第2パス</translation></message>
<message><source>Second pass, noise</source><translation>第2パスのノイズ</translation></message>
<message><source>Second pass, steps</source><translation>第2パスのステップ数</translation></message>
<message><source>Seed</source><translation>シード</translation></message>
<message><source>Share of a step's time for the preview; a smaller share makes runs faster.</source><translation>ステップ時間のうちプレビューに使う割合。小さいほど生成が速くなります。</translation></message>
<message><source>Share of each picture left unclipped, such as 0.995; 0 is off.</source><translation>各画像のうちクリップしない割合（例: 0.995）。0でオフ。</translation></message>
<message><source>Share of the last step's noise: 1 is the exact law.</source><translation>最後のステップのノイズの割合: 1が厳密な法則です。</translation></message>
<message><source>Share of the steps after which guidance ends.</source><translation>この割合のステップを終えるとガイダンスが終了します。</translation></message>
<message><source>Share of the steps done before guidance begins.</source><translation>この割合のステップを終えるとガイダンスが始まります。</translation></message>
<message><source>Share of the steps, the last ones, that the refiner makes if one is chosen</source><translation>リファイナーを選んだとき、それが担う最後のステップの割合</translation></message>
<message><source>Show noisy and predicted during a run</source><translation>生成中にノイズ入りと予測を表示</translation></message>
<message><source>Shown behind transparent pictures; it is not saved with them.</source><translation>透過画像の背後に表示されます。画像には保存されません。</translation></message>
<message><source>Shows a desktop notification if the window is in the background.</source><translation>ウィンドウが背後にあるとき、デスクトップ通知を表示します。</translation></message>
<message><source>Side in pixels of the overlapping tiles in which a larger picture is made, best the size of the model's own pictures; 0 makes it as a whole</source><translation>大きな画像を作るときの、重なり合うタイルの 1 辺のピクセル数。モデル本来の画像サイズが最適です。0 では全体を一度に作ります</translation></message>
<message><source>Signal-to-noise ratio of a correction; 0 leaves it out.</source><translation>修正の信号対雑音比。0なら修正を省きます。</translation></message>
<message><source>Simple</source><translation>Simple</translation></message>
<message><source>Size</source><translation>サイズ</translation></message>
<message><source>Size of texts and buttons, from the next start on.</source><translation>文字とボタンの大きさ。次の起動から有効です。</translation></message>
<message><source>Size of the fresh noise; a little over 1 keeps detail.</source><translation>新しいノイズの大きさ。1を少し超えると細部が保たれます。</translation></message>
<message><source>Small noisy steps, each after a random correction at its place: for some hundred steps.</source><translation>小さくノイズの多いステップを、その場のランダムな修正の後に行います。数百ステップ向け。</translation></message>
<message><source>Small steps at the beginning, where the layout forms, and at the end, where detail does.</source><translation>構図ができる序盤と、細部ができる終盤を小さく進みます。</translation></message>
<message><source>Special</source><translation>特殊</translation></message>
<message><source>Stack near-identical pictures in the gallery</source><translation>ギャラリーでほぼ同じ画像をスタックにまとめる</translation></message>
<message><source>Started from</source><translation>開始元</translation></message>
<message><source>Step cache per picture</source><translation>画像ごとのステップキャッシュ</translation></message>
<message><source>Step size</source><translation>ステップサイズ</translation></message>
<message><source>Step spacing</source><translation>ステップ間隔</translation></message>
<message><source>Steps</source><translation>ステップ数</translation></message>
<message><source>Steps a level</source><translation>レベルごとのステップ</translation></message>
<message><source>Steps can be viewed, compared and branched from later.</source><translation>後からステップを見たり、比較したり、分岐したりできます。</translation></message>
<message><source>Steps of a whole run, of which the second pass makes the part given by its strength; 0: as the first pass</source><translation>全体のステップ数。第2パスは、そのうち強さに応じた分を行います。0: 最初のパスと同じ</translation></message>
<message><source>Steps · scheduler</source><translation>ステップ数 · スケジューラー</translation></message>
<message><source>Stochastic</source><translation>確率的</translation></message>
<message><source>Style</source><translation>スタイル</translation></message>
<message><source>System language</source><translation>システムの言語</translation></message>
<message><source>Takes back the glare that strong guidance brings.</source><translation>強いガイダンスによるぎらつきを抑えます。</translation></message>
<message><source>Takes off what the degradation adds at each step: forgives a restoration that is wrong.</source><translation>劣化が各ステップで加えた分を取り除きます。復元の誤りが打ち消されます。</translation></message>
<message><source>Temperature</source><translation>温度</translation></message>
<message><source>Template</source><translation>テンプレート</translation></message>
<message><source>Text difference</source><translation>テキストの差</translation></message>
<message><source>The command that starts GDM Studio there, with its folder if needed.</source><translation>接続先でGDM Studioを起動するコマンド。必要ならフォルダーも含めます。</translation></message>
<message><source>The first choice: the best picture for its time.</source><translation>最初の候補: かかる時間に対して最良の画像。</translation></message>
<message><source>The format of new pictures, which contain their settings. PNG and WebP are lossless, JPEG has no transparency.</source><translation>新しい画像の形式。設定も含まれます。PNGとWebPは可逆で、JPEGは透過に対応しません。</translation></message>
<message><source>The language of the window, from the next start on.</source><translation>ウィンドウの言語。次の起動から有効です。</translation></message>
<message><source>The machine does not go to sleep while pictures are being made.</source><translation>画像の生成中はコンピューターがスリープしません。</translation></message>
<message><source>The noise levels that bound this model's likelihood best. Not always the best images.</source><translation>このモデルの尤度の変分限界を最良にするノイズレベル。必ずしも最良の画像にはなりません。</translation></message>
<message><source>The noise ratio from which it goes back.</source><translation>ここから戻るときのノイズ比。</translation></message>
<message><source>The noise ratio it goes back to.</source><translation>戻る先のノイズ比。</translation></message>
<message><source>The original sampler: fresh noise at every step, best with many. The same update as Euler a, even steps.</source><translation>元祖のサンプラー。毎ステップ新しいノイズを加え、多いステップで最良です。更新式はEuler aと同じで、等間隔。</translation></message>
<message><source>The prompt with its variants and wildcards</source><translation>バリアントとワイルドカードを含むプロンプト</translation></message>
<message><source>The steps add a little spread of their own: pictures are slightly more varied than the temperature asks.</source><translation>ステップ自体がわずかなばらつきを加え、画像は温度の指定より少し多様になります。</translation></message>
<message><source>Theme</source><translation>テーマ</translation></message>
<message><source>Those that this window deleted; until then Undo restores them. Off: kept here for 30 days, as are pictures that other programs deleted or that cannot go to the trash.</source><translation>このウィンドウで削除した画像です。それまでは「元に戻す」で復元できます。オフ：ここに30日間残ります。ほかのプログラムが削除した画像や、ごみ箱に移せない画像も同様です。</translation></message>
<message><source>Threads</source><translation>スレッド数</translation></message>
<message><source>Tile</source><translation>タイル</translation></message>
<message><source>Tile overlap</source><translation>タイルの重なり</translation></message>
<message><source>Time for previews</source><translation>プレビューの時間</translation></message>
<message><source>Timesteps that grow as squares, up to four fifths of full noise: small steps at the end.</source><translation>最大ノイズの5分の4まで二乗で増えるタイムステップ。終盤を小さく進みます。</translation></message>
<message><source>To match early pictures of Stable Diffusion.</source><translation>Stable Diffusion の初期の画像に合わせるとき。</translation></message>
<message><source>To match early pictures of diffusers.</source><translation>diffusers の初期の画像に合わせるとき。</translation></message>
<message><source>To match older pictures, with 30 steps or more.</source><translation>古い画像に合わせるとき。30 ステップ以上で。</translation></message>
<message><source>To match pictures of older programs, or to choose the fresh noise.</source><translation>古いプログラムの画像に合わせる、または新しいノイズを選ぶとき。</translation></message>
<message><source>To see the original method, with some hundred steps.</source><translation>元の方法を見るため。数百ステップで。</translation></message>
<message><source>To see the original's other choice of noise, with many steps.</source><translation>元の方法のもう 1 つのノイズを見るため。多くのステップで。</translation></message>
<message><source>To study annealed Langevin sampling; it is slow.</source><translation>アニール付きランジュバン法を学ぶため。遅いです。</translation></message>
<message><source>To study random corrections after DDPM's steps.</source><translation>DDPM のステップ後のランダムな補正を学ぶため。</translation></message>
<message><source>To study random corrections, with some hundred steps.</source><translation>ランダムな補正を学ぶため。数百ステップで。</translation></message>
<message><source>To study the improved Langevin sampling; it is slow.</source><translation>改良されたランジュバン法を学ぶため。遅いです。</translation></message>
<message><source>To the prediction, and back to a little less noise; eta adds fresh noise. At eta 0 the same as Euler.</source><translation>予測まで進み、少し減ったノイズへ戻ります。etaは新しいノイズを加えます。eta 0ではEulerと同じです。</translation></message>
<message><source>Tolerance</source><translation>許容誤差</translation></message>
<message><source>Towards</source><translation>補間先</translation></message>
<message><source>UniPC</source><translation>UniPC</translation></message>
<message><source>UniPC 3</source><translation>UniPC 3</translation></message>
<message><source>UniPC with one prediction more remembered; for light guidance or none.</source><translation>予測をもう1つ多く記憶するUniPC。弱いガイダンス、またはガイダンスなし向け。</translation></message>
<message><source>Uniform with both ends, between the model's timesteps too: AUTOMATIC1111's Uniform, ComfyUI's Normal.</source><translation>両端を含む一様な間隔で、タイムステップの中間値も使います。AUTOMATIC1111のUniform、ComfyUIのNormal。</translation></message>
<message><source>Uniform, both ends</source><translation>一様（両端）</translation></message>
<message><source>Uniform, leading</source><translation>一様（先頭）</translation></message>
<message><source>Uniform, leading from 1</source><translation>一様（先頭、1から）</translation></message>
<message><source>Uniform, trailing</source><translation>一様（末尾）</translation></message>
<message><source>Upscaler</source><translation>アップスケーラー</translation></message>
<message><source>Use the fast version for Live and grids</source><translation>ライブとグリッドに高速版を使う</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Variant</source><translation>バリアント</translation></message>
<message><source>Version of the rules: 17; 16 before pictures kept the fine lines of their drawings; 15 before “a dog chasing a ball” was drawn with its ball; 14 before “bicycles” was read as bicycles, and not as the sign that forbids them; 13 before all objects of a scene were drawn and stayed visible, and reference pictures of Qwen-Image-Edit had the sizes of diffusers; 12 before a part of a name such as “noodles” was read as “cup noodles”; 11 before all icons of a set were drawn in the way of its style; 10 before two words such as “swim suit” were read as one name; 9 before the built-in model placed things by relations such as “on”, and the LoRAs of a region acted there only; 8 before models without transparency kept that of the start picture; 7 before AND separated the parts of a prompt; 6 before compounds such as “golf club” were read as one name; 5 before Heun, Restart and similar samplers kept a prompt to the end of its last step; 4 before the built-in model had drawings in one colour; 3 before the second pass had steps of its own; 2 before guidance was rescaled as in diffusers, when inpainting models got the start picture again at each step and prompts were read in English only; 1 before the seed chose more than details</source><translation>ルールのバージョン：17。16は、画像が描画の細い線を保つようになる前のもの。15は、「a dog chasing a ball」がボールとともに描かれるようになる前のもの。14は、「bicycles」が禁止標識ではなく自転車として読まれるようになる前のもの。13は、場面のすべての物が描かれて見えたままになり、Qwen-Image-Editの参照画像がdiffusersと同じサイズになる前のもの。12は、「noodles」のような名前の一部が「cup noodles」と読まれるようになる前のもの。11は、セットのすべてのアイコンがそのスタイルの描き方で描かれるようになる前のもの。10は、「swim suit」のような2語が1つの名前として読まれるようになる前のもの。9は、内蔵モデルが「on」のような関係に従って物を配置し、領域のLoRAがその領域だけに作用するようになる前のもの。8は、透明度を扱わないモデルが初期画像の透明度を保つようになる前のもの。7は、ANDがプロンプトの各部分を区切るようになる前のもの。6は、「golf club」のような複合語が1つの名前として読まれるようになる前のもの。5は、Heun、Restartなどのサンプラーがプロンプトを最後のステップの終わりまで保つようになる前のもの。4は、内蔵モデルが単色の図柄を持つ前のもの。3は、第2パスが独自のステップを持つ前のもの。2は、ガイダンスをdiffusersと同様にリスケールする前のもので、インペイントモデルには各ステップで初期画像が改めて与えられ、プロンプトは英語としてのみ読まれていました。1は、シードが細部以外も決めるようになる前のもの</translation></message>
<message><source>Wanders about at every noise level (annealed Langevin): ten steps of a hundred evaluations each.</source><translation>各ノイズレベルをさまよいます（焼きなましLangevin）。10ステップ、各100回の評価。</translation></message>
<message><source>Wanders less, at more noise levels: some two hundred steps of five evaluations each.</source><translation>さまよいを減らし、ノイズレベルを増やしたもの。約200ステップ、各5回の評価。</translation></message>
<message><source>Web UI (weights, LoRAs)</source><translation>Web UI（重み、LoRA）</translation></message>
<message><source>WebP, lossless</source><translation>WebP（可逆）</translation></message>
<message><source>Weight of the second difference: 1 is third order, 0.5 as in other programs.</source><translation>2階差分の重み: 1は3次、0.5はほかのプログラムと同じ。</translation></message>
<message><source>What GDM Studio 0.1 called Beta: quantiles from the first timestep to the last, between timesteps too.</source><translation>GDM Studio 0.1での「Beta」。最初から最後のタイムステップまでの分位点で、中間値も使います。</translation></message>
<message><source>When a picture must be exact, whatever it takes.</source><translation>何としても正確な画像が必要なとき。</translation></message>
<message><source>When few steps must do: good from 8 on.</source><translation>少ないステップで済ませたいとき: 8 から良好。</translation></message>
<message><source>Where pictures are made</source><translation>画像を生成する場所</translation></message>
<message><source>Where pictures are made when the Create page says Automatic.</source><translation>「作成」ページで「自動」のときに画像を生成する場所。</translation></message>
<message><source>Where strong guidance makes DPM++ 2M harsh.</source><translation>強いガイダンスで DPM++ 2M が硬くなるとき。</translation></message>
<message><source>Which noise levels the steps visit</source><translation>ステップが通るノイズレベル</translation></message>
<message><source>Whole picture</source><translation>画像全体</translation></message>
<message><source>With a noise scale over 1 pictures are slightly more varied than the temperature asks.</source><translation>ノイズ倍率が1を超えると、画像は温度の指定より少し多様になります。</translation></message>
<message><source>With flow models, for exactness in twice the time.</source><translation>フローモデルで、2 倍の時間で正確に。</translation></message>
<message><source>With flow models, such as FLUX and SD 3.</source><translation>FLUX や SD 3 などのフローモデルで。</translation></message>
<message><source>With models distilled for one to eight steps.</source><translation>1～8 ステップ用に蒸留されたモデルで。</translation></message>
<message><source>With models of Cold Diffusion: the better way of the paper.</source><translation>Cold Diffusion のモデルで: 論文の良い方法。</translation></message>
<message><source>With models of Cold Diffusion: the naive way, to compare.</source><translation>Cold Diffusion のモデルで: 比較用の素朴な方法。</translation></message>
<message><source>With models that predict their own variance.</source><translation>自分の分散を予測するモデルで。</translation></message>
<message><source>Words</source><translation>単語の影響</translation></message>
<message><source>Words in braces are replaced by the picture's settings.</source><translation>波括弧内の語は画像の設定に置き換わります。</translation></message>
<message><source>branch</source><translation>ブランチ</translation></message>
<message><source>class</source><translation>クラス</translation></message>
<message><source>exact</source><translation>正確</translation></message>
<message><source>fast</source><translation>高速</translation></message>
<message><source>feature cache</source><translation>特徴キャッシュ</translation></message>
<message><source>focused</source><translation>集中</translation></message>
<message><source>model</source><translation>モデル</translation></message>
<message><source>negative prompt</source><translation>ネガティブプロンプト</translation></message>
<message><source>negative prompts of regions</source><translation>領域のネガティブプロンプト</translation></message>
<message><source>no</source><translation>いいえ</translation></message>
<message><source>numbers beside the prompt</source><translation>プロンプトに添えた数値</translation></message>
<message><source>pictures to follow</source><translation>コントロール画像</translation></message>
<message><source>prompt grammar</source><translation>プロンプト構文</translation></message>
<message><source>refiner</source><translation>リファイナー</translation></message>
<message><source>region mode</source><translation>領域のモード</translation></message>
<message><source>regions</source><translation>領域</translation></message>
<message><source>scheduler</source><translation>スケジューラー</translation></message>
<message><source>size</source><translation>サイズ</translation></message>
<message><source>spacing</source><translation>間隔</translation></message>
<message><source>start picture</source><translation>初期画像</translation></message>
<message><source>tiles</source><translation>タイル</translation></message>
<message><source>upscaler</source><translation>アップスケーラー</translation></message>
<message><source>varied</source><translation>多様</translation></message>
<message><source>yes</source><translation>はい</translation></message>
</context>
<context>
<name>Settings</name>
<message><source>All devices</source><translation>すべてのデバイス</translation></message>
<message><source>Automatic</source><translation>自動</translation></message>
<message><source>Cluster</source><translation>クラスター</translation></message>
<message><source>Quick version ({model}, {steps})</source><translation>高速版（{model}、{steps}）</translation></message>
<message><source>Settings applied</source><translation>設定を適用しました</translation></message>
<message><source>There is no model yet. Put a model's folder into the models folder (Models page), then start again.</source><translation>まだモデルがありません。モデルのフォルダーをモデルフォルダー（「モデル」ページ）に入れてから、もう一度開始してください。</translation></message>
</context>
<context>
<name>SettingsPage</name>
<message numerus="yes"><source>%n thread(s)</source><translation>
<numerusform>%nスレッド</numerusform>
</translation></message>
<message><source>A few letters of a setting</source><translation>設定名の数文字</translation></message>
<message><source>About this computer</source><translation>このコンピューターについて</translation></message>
<message><source>Automatic</source><translation>自動</translation></message>
<message><source>Delete old steps</source><translation>古いステップを削除</translation></message>
<message><source>Delete the oldest steps beyond the limit</source><translation>上限を超えた古いステップを削除</translation></message>
<message><source>Fastest</source><translation>最速</translation></message>
<message><source>Generation</source><translation>生成</translation></message>
<message><source>Go to: {section}</source><translation>移動: {section}</translation></message>
<message><source>Models</source><translation>モデル</translation></message>
<message><source>No setting found.</source><translation>設定が見つかりません。</translation></message>
<message><source>No steps saved yet.</source><translation>保存されたステップはまだありません。</translation></message>
<message><source>Permissions</source><translation>権限</translation></message>
<message><source>Pictures</source><translation>画像</translation></message>
<message><source>Search settings</source><translation>設定を検索</translation></message>
<message><source>Steps</source><translation>ステップ</translation></message>
<message><source>Window</source><translation>ウィンドウ</translation></message>
<message><source>{size} GB</source><translation>{size} GB</translation></message>
<message><source>{size} MB</source><translation>{size} MB</translation></message>
</context>
<context>
<name>SettingsPresenter</name>
<message numerus="yes"><source>Deleted the steps of %n picture(s)</source><translation>
<numerusform>%n枚の画像のステップを削除しました</numerusform>
</translation></message>
<message><source>Folder to search for models</source><translation>モデルを探すフォルダー</translation></message>
<message><source>It has versions, devices and folders, and no pictures or prompts.</source><translation>バージョン、デバイス、フォルダーが含まれ、画像やプロンプトは含まれません。</translation></message>
<message><source>Report copied</source><translation>レポートをコピーしました</translation></message>
<message><source>The pictures did not change.</source><translation>画像は変わっていません。</translation></message>
<message><source>There is space for all steps</source><translation>すべてのステップが収まっています</translation></message>
<message><source>They may take {size}.</source><translation>上限は{size}です。</translation></message>
<message><source>They take {size} now.</source><translation>現在{size}を使用しています。</translation></message>
</context>
<context>
<name>SettingsRestorer</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> ほか%n件</numerusform>
</translation></message>
<message><source>Any style, temperature {temperature}, seed {seed}.</source><translation>スタイル指定なし、温度 {temperature}、シード {seed}。</translation></message>
<message><source>Changed for {model}: {changes}. The panel offers both.</source><translation>{model}に合わせて変更: {changes}。パネルで両方を選べます。</translation></message>
<message><source>Generate continues it to its end.</source><translation>「生成」で最後まで続行します。</translation></message>
<message><source>Generate makes a similar picture; another program made this one.</source><translation>「生成」で似た画像になります。この画像は別のプログラムが作りました。</translation></message>
<message><source>Generate makes the same picture again.</source><translation>「生成」で同じ画像を再び作れます。</translation></message>
<message><source>More original</source><translation>より独自に</translation></message>
<message><source>Not used: {settings}.</source><translation>未使用: {settings}。</translation></message>
<message><source>Pasted settings used</source><translation>貼り付けた設定を適用しました</translation></message>
<message><source>Preset {name} applied</source><translation>プリセット{name}を適用しました</translation></message>
<message><source>Settings of {file} restored</source><translation>{file}の設定を復元しました</translation></message>
<message><source>Starting from {file}</source><translation>{file}から開始します</translation></message>
<message><source>The file has no settings; it is the start picture of the next run.</source><translation>ファイルに設定がないため、次の生成の初期画像として使います。</translation></message>
<message><source>They change the paused run; + adds this picture to the queue.</source><translation>一時停止中の生成が変更されます。＋でこの画像をキューに追加します。</translation></message>
<message><source>What was read</source><translation>読み取った内容</translation></message>
<message><source>{setting} {value} instead of {theirs}</source><translation>{setting} {value}（画像は{theirs}）</translation></message>
</context>
<context>
<name>ShortcutsSheet</name>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Everywhere</source><translation>共通</translation></message>
<message><source>{group}, on every page</source><translation>{group}（全ページ）</translation></message>
<message><source>{group}, on the {page} page</source><translation>{group}（「{page}」ページ）</translation></message>
<message><source>{page} page</source><translation>「{page}」ページ</translation></message>
</context>
<context>
<name>SideBySide</name>
<message><source>A step</source><translation>1ステップ</translation></message>
<message><source>Is learned</source><translation>学習対象</translation></message>
<message><source>Starts with</source><translation>初期状態</translation></message>
<message><source>System</source><translation>手法</translation></message>
<message><source>The systems side by side</source><translation>手法の一覧比較</translation></message>
</context>
<context>
<name>Sidebar</name>
<message><source>All pictures</source><translation>すべての画像</translation></message>
<message><source>Del removes its pictures from the gallery; the files stay</source><translation>Delで画像をギャラリーから外します（ファイルは残ります）</translation></message>
<message><source>F2 renames it · Del removes it</source><translation>F2で名前変更 · Delで削除</translation></message>
<message><source>F2 renames it · Del removes it, its pictures stay</source><translation>F2で名前変更 · Delで削除（画像は残ります）</translation></message>
<message><source>Favourites</source><translation>お気に入り</translation></message>
<message><source>Imported</source><translation>取り込み済み</translation></message>
<message><source>Name of the collection</source><translation>コレクションの名前</translation></message>
<message><source>Name of the search</source><translation>検索の名前</translation></message>
<message><source>Reading {seen} of {found}…</source><translation>読み込み中 {seen}/{found}…</translation></message>
<message><source>Remove collection</source><translation>コレクションを削除</translation></message>
<message><source>Remove from gallery</source><translation>ギャラリーから外す</translation></message>
<message><source>Remove saved search</source><translation>保存した検索を削除</translation></message>
<message><source>Today</source><translation>今日</translation></message>
</context>
<context>
<name>SimilarImageLabel</name>
<message><source>Generate without a style, with a higher temperature and another seed</source><translation>スタイルなし、より高い温度、別のシードで生成</translation></message>
<message><source>Make it more original</source><translation>より独自にする</translation></message>
<message><source>Resembles “{drawing}” of {set} ({licence})</source><translation>{set} の「{drawing}」に似ています（{licence}）</translation></message>
<message><source>Resembles “{drawing}” of {set}: credit needed ({licence})</source><translation>{set} の「{drawing}」に似ています: クレジットが必要（{licence}）</translation></message>
<message><source>The model learned from this drawing.</source><translation>モデルはこの絵から学習しました。</translation></message>
<message><source>{author} and contributors</source><translation>{author}および貢献者</translation></message>
</context>
<context>
<name>SingleInstance</name>
<message><source>Another user's program answers in place of GDM Studio; close all its windows, then start again.</source><translation>GDM Studioの代わりに別のユーザーのプログラムが応答しています。そのウィンドウをすべて閉じてから、もう一度起動してください。</translation></message>
<message><source>GDM Studio is open already, but does not answer; close it, or end its process, then start again.</source><translation>GDM Studioはすでに開いていますが、応答しません。閉じるかプロセスを終了してから、もう一度起動してください。</translation></message>
<message><source>Pictures opened outside will not reach this window; restart GDM Studio to try again ({why}).</source><translation>外部から開いた画像はこのウィンドウに届きません。再試行するにはGDM Studioを再起動してください（{why}）。</translation></message>
<message><source>The open window cannot read the path of this picture; move the picture and try again.</source><translation>開いているウィンドウがこの画像のパスを読み取れません。画像を移動してから再試行してください。</translation></message>
<message><source>The path of this picture is longer than {limit} bytes; move the picture and try again.</source><translation>この画像のパスが{limit}バイトを超えています。画像を移動してから再試行してください。</translation></message>
<message><source>no private folder</source><translation>専用フォルダーなし</translation></message>
</context>
<context>
<name>Sketch</name>
<message><source>A new sketch</source><translation>新しいスケッチ</translation></message>
<message><source>Another colour…</source><translation>その他の色…</translation></message>
<message><source>Black</source><translation>黒</translation></message>
<message><source>Blue</source><translation>青</translation></message>
<message><source>Brown</source><translation>茶</translation></message>
<message><source>Choose another model to sketch.</source><translation>スケッチには別のモデルを選んでください。</translation></message>
<message><source>Colour of the brush</source><translation>ブラシの色</translation></message>
<message><source>Colours</source><translation>色</translation></message>
<message><source>Draw on the picture shown</source><translation>表示中の画像の上に描く</translation></message>
<message><source>Generate or choose one first.</source><translation>先に生成するか選んでください。</translation></message>
<message><source>Green</source><translation>緑</translation></message>
<message><source>Grey</source><translation>灰色</translation></message>
<message><source>It replaces the one before.</source><translation>前のスケッチと置き換わりました。</translation></message>
<message><source>Light blue</source><translation>水色</translation></message>
<message><source>Orange</source><translation>オレンジ</translation></message>
<message><source>Pink</source><translation>ピンク</translation></message>
<message><source>Purple</source><translation>紫</translation></message>
<message><source>Red</source><translation>赤</translation></message>
<message><source>There is no picture yet</source><translation>まだ画像がありません</translation></message>
<message><source>Transparent paper</source><translation>透明な用紙</translation></message>
<message><source>White</source><translation>白</translation></message>
<message><source>White paper</source><translation>白い用紙</translation></message>
<message><source>Yellow</source><translation>黄</translation></message>
</context>
<context>
<name>SketchBar</name>
<message><source>Brush size</source><translation>ブラシのサイズ</translation></message>
<message><source>Clear</source><translation>クリア</translation></message>
<message><source>Draw</source><translation>描く</translation></message>
<message><source>Draw; the right button erases</source><translation>描きます。右ボタンで消去</translation></message>
<message><source>Erase</source><translation>消去</translation></message>
<message><source>Fill</source><translation>塗りつぶし</translation></message>
<message><source>Fill an area of one colour</source><translation>同じ色の領域を塗りつぶす</translation></message>
<message><source>Leave the sketch; it stays for the next time</source><translation>スケッチを終了（次回のために残ります）</translation></message>
<message><source>Menu of the sketch</source><translation>スケッチのメニュー</translation></message>
<message><source>Paper, clear, use as start picture</source><translation>用紙、クリア、初期画像として使用</translation></message>
<message><source>Remove strokes</source><translation>ストロークを消す</translation></message>
<message><source>Size of the brush (the wheel over the sketch, or the keys [ and ])</source><translation>ブラシのサイズ（スケッチ上でホイール、または [ と ] キー）</translation></message>
<message><source>Start the next pictures from the sketch, and leave it</source><translation>次の画像をこのスケッチから開始し、スケッチを終了</translation></message>
<message><source>Tool</source><translation>ツール</translation></message>
<message><source>Undo the last stroke</source><translation>最後のストロークを元に戻す</translation></message>
<message><source>Use as start</source><translation>初期画像に</translation></message>
<message><source>Use as start picture</source><translation>初期画像として使用</translation></message>
</context>
<context>
<name>SliderRow</name>
<message><source>Back to {number}</source><translation>{number}に戻す</translation></message>
<message><source>Reset {name}</source><translation>{name}をリセット</translation></message>
<message><source>Use {number}</source><translation>{number}にする</translation></message>
<message><source>{name}: {value}</source><translation>{name}: {value}</translation></message>
</context>
<context>
<name>StartImage</name>
<message><source>About the start picture</source><translation>初期画像について</translation></message>
<message><source>Former start picture</source><translation>以前の初期画像</translation></message>
<message><source>Looking for “{word}”</source><translation>「{word}」を探しています</translation></message>
<message><source>Mask</source><translation>マスク</translation></message>
<message><source>Mask removed</source><translation>マスクを外しました</translation></message>
<message><source>Paint what to redraw</source><translation>描き直す部分を塗ってください</translation></message>
<message><source>Restore both</source><translation>両方を復元</translation></message>
<message><source>Start from a picture</source><translation>画像から開始</translation></message>
<message><source>Start picture</source><translation>初期画像</translation></message>
<message><source>Start picture removed</source><translation>初期画像を外しました</translation></message>
<message><source>The mask belonged to the former start picture</source><translation>マスクは以前の初期画像のものでした</translation></message>
<message><source>The painted mask is not used</source><translation>描いたマスクは使われません</translation></message>
<message><source>The painted mask is used</source><translation>描いたマスクを使います</translation></message>
<message><source>The start picture has other proportions</source><translation>初期画像の縦横比が異なります</translation></message>
<message><source>Use mask</source><translation>マスクを使う</translation></message>
<message><source>{of} does not fill {width} × {height}, and gets transparent borders.</source><translation>{of} は {width} × {height} に収まらず、透明な余白が付きます。</translation></message>
</context>
<context>
<name>StartPicture</name>
<message><source>Inpaint</source><translation>インペイント</translation></message>
<message><source>Paint around the picture, in a larger frame</source><translation>より大きな枠で、画像の周囲を描く</translation></message>
<message><source>Paint the part to generate again</source><translation>再生成する部分を塗る</translation></message>
<message><source>Remove the mask; the whole picture may change</source><translation>マスクを外します。画像全体が変わることがあります</translation></message>
<message><source>Replaced by the sketch</source><translation>スケッチで置き換え中</translation></message>
<message><source>Show the start picture</source><translation>初期画像を表示</translation></message>
<message><source>Start from noise again</source><translation>再びノイズから開始</translation></message>
<message><source>Start picture</source><translation>初期画像</translation></message>
</context>
<context>
<name>StatusPanel</name>
<message><source>Close</source><translation>閉じる</translation></message>
</context>
<context>
<name>StepNumbers</name>
<message><source>change by the step</source><translation>ステップによる変化</translation></message>
<message><source>data predicted in the previous step</source><translation>前のステップで予測されたデータ</translation></message>
<message><source>data with noise</source><translation>ノイズの加わったデータ</translation></message>
<message><source>factor of the fresh noise</source><translation>新しいノイズの係数</translation></message>
<message><source>fresh Gaussian noise</source><translation>新しいガウスノイズ</translation></message>
<message><source>guidance: prediction with minus without condition</source><translation>ガイダンス: 条件ありの予測 − 条件なしの予測</translation></message>
<message><source>noise after it</source><translation>ステップ後のノイズ</translation></message>
<message><source>noise before the step</source><translation>ステップ前のノイズ</translation></message>
<message><source>noise predicted in the previous step</source><translation>前のステップで予測されたノイズ</translation></message>
<message><source>predicted between both noise levels</source><translation>2つのノイズレベルの間で予測</translation></message>
<message><source>predicted data</source><translation>予測されたデータ</translation></message>
<message><source>predicted noise</source><translation>予測されたノイズ</translation></message>
<message><source>previous step in log(α/σ)</source><translation>log(α/σ)での前のステップ幅</translation></message>
<message><source>results of previous steps, by their name in the code</source><translation>前のステップの結果（コード内の名前）</translation></message>
<message><source>scale of the data after it</source><translation>ステップ後のデータの係数</translation></message>
<message><source>scale of the data before the step</source><translation>ステップ前のデータの係数</translation></message>
<message><source>step in log(α/σ)</source><translation>log(α/σ)でのステップ幅</translation></message>
<message><source>weight, computed from the noise levels</source><translation>重み（ノイズレベルから計算）</translation></message>
</context>
<context>
<name>StepNumbersView</name>
<message><source>As a sum</source><translation>和の形</translation></message>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Code</source><translation>コード</translation></message>
<message><source>Code of this step</source><translation>このステップのコード</translation></message>
<message><source>Copy</source><translation>コピー</translation></message>
<message><source>Copy the code of this step</source><translation>このステップのコードをコピー</translation></message>
<message><source>Evaluate the network with and without the prompt</source><translation>プロンプトありとなしでネットワークを評価</translation></message>
<message><source>Evaluations of the denoiser in this step: {count}</source><translation>このステップでのデノイザーの評価回数: {count}</translation></message>
<message><source>Formula</source><translation>式</translation></message>
<message><source>Measure guidance</source><translation>ガイダンスを測定</translation></message>
<message><source>Measuring…</source><translation>測定中…</translation></message>
<message><source>Noise levels</source><translation>ノイズレベル</translation></message>
<message><source>Root mean squares</source><translation>二乗平均平方根</translation></message>
<message><source>Step {step} of {steps}, in numbers</source><translation>ステップ {step}/{steps} を数値で</translation></message>
<message><source>The coefficients of this step depend on its data. The code runs the sampler itself.</source><translation>このステップの係数はデータに依存します。コードではサンプラー自体を実行します。</translation></message>
<message><source>This step, in numbers</source><translation>このステップを数値で</translation></message>
<message><source>With its numbers</source><translation>数値を代入</translation></message>
</context>
<context>
<name>Stepper</name>
<message><source>{name}: fewer</source><translation>{name}: 減らす</translation></message>
<message><source>{name}: more</source><translation>{name}: 増やす</translation></message>
</context>
<context>
<name>Steps</name>
<message><source>Final</source><translation>完成画像</translation></message>
<message><source>Generate it again</source><translation>もう一度生成</translation></message>
<message><source>Generate it again to record it. No copy is saved.</source><translation>記録するには画像をもう一度生成してください。二重に保存されることはありません。</translation></message>
<message><source>Only a rough preview of step {number} is available; choose another step.</source><translation>ステップ{number}は粗いプレビューしかありません。別のステップを選んでください。</translation></message>
<message><source>Paste it into any program.</source><translation>ほかのアプリに貼り付けられます。</translation></message>
<message><source>Step {number}</source><translation>ステップ {number}</translation></message>
<message><source>Step {number} copied</source><translation>ステップ{number}をコピーしました</translation></message>
<message><source>Step {number} of {steps}</source><translation>ステップ {number}/{steps}</translation></message>
<message><source>Step {number} saved</source><translation>ステップ{number}を保存しました</translation></message>
<message><source>The branch shares this step with its parent. Open the parent for it.</source><translation>このステップは分岐元の画像と共通です。分岐元の画像を開いてください。</translation></message>
<message><source>The effect of each word can be shown once the picture is finished.</source><translation>各単語の効果は、画像の完成後に表示できます。</translation></message>
<message><source>The effect of its words was not recorded</source><translation>単語の影響は記録されていません</translation></message>
<message><source>The picture predicted at this step is in the gallery.</source><translation>このステップの予測画像はギャラリーにあります。</translation></message>
<message><source>These steps add noise, so no picture can branch off them.</source><translation>これらのステップはノイズを加えるため、分岐できません。</translation></message>
<message><source>This is the last step. Choose an earlier one.</source><translation>これは最後のステップです。前のステップを選びます。</translation></message>
<message><source>Wait until the picture is finished.</source><translation>画像が完成するまでお待ちください。</translation></message>
</context>
<context>
<name>Strip</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>マウスを動かすか← →で、画像ができる様子を見られます</translation></message>
<message><source>No steps yet</source><translation>ステップはまだありません</translation></message>
<message><source>Step {number} of {steps}</source><translation>ステップ {number}/{steps}</translation></message>
<message><source>Steps of the picture</source><translation>画像のステップ</translation></message>
<message><source>rough preview</source><translation>粗いプレビュー</translation></message>
<message><source>{milliseconds} ms</source><translation>{milliseconds} ms</translation></message>
</context>
<context>
<name>StylePicker</name>
<message><source>How the picture is drawn</source><translation>画像の画風</translation></message>
<message><source>Styles</source><translation>スタイル</translation></message>
</context>
<context>
<name>System</name>
<message><source>A VAE and the score of its latents, together by one bound.</source><translation>VAEとその潜在変数のスコアを、1つの変分限界でまとめて。</translation></message>
<message><source>A VAE first; then the noise in x_t, given the VAE's picture.</source><translation>まずVAE。次に、VAEの画像を条件とするx_tのノイズ。</translation></message>
<message><source>A VAE whose latents need not follow N(0, I): a score model learns their distribution.</source><translation>潜在変数がN(0, I)に従わなくてよいVAE。その分布はスコアモデルが学習します。</translation></message>
<message><source>A VAE's picture is noised up to T′ and denoised by DDPM, which removes the VAE's blur with the noise.</source><translation>VAEの画像にT′までノイズを加え、DDPMで除きます。VAEのぼけがノイズとともに消えます。</translation></message>
<message><source>A VAE's picture, to which noise is added.</source><translation>VAEの画像にノイズを加えたもの。</translation></message>
<message><source>A caption guides a small picture by the difference that it makes; a second network enlarges it.</source><translation>キャプションの有無による差で小さな画像を誘導し、2つ目のネットワークが拡大します。</translation></message>
<message><source>A fair coin toss for every bit.</source><translation>ビットごとの公平なコイン投げ。</translation></message>
<message><source>A few latent tokens read from the patches, compute, and write back; the next step reuses them.</source><translation>少数の潜在トークンがパッチから読み、計算し、書き戻します。次のステップで再利用します。</translation></message>
<message><source>A few numbers z, N(0, I).</source><translation>少数の数値z、N(0, I)。</translation></message>
<message><source>A first network draws the meaning of the picture, an embedding; others draw the picture from it.</source><translation>最初のネットワークが画像の意味（エンベディング）を描き、ほかのネットワークがそこから画像を描きます。</translation></message>
<message><source>A fully degraded picture, e.g. blurred or masked, without noise. For a new picture, a random flat colour.</source><translation>ノイズなしで完全に劣化させた画像（ぼかしやマスクなど）。新しい画像ではランダムな単色。</translation></message>
<message><source>A generator learns to deceive a discriminator that distinguishes its pictures from real ones.</source><translation>生成器が、生成画像と本物を見分ける識別器を欺くことを学習します。</translation></message>
<message><source>A long step along the ODE as DPM-Solver's, then a correction of it; no fresh noise.</source><translation>DPM-Solverと同様にODEに沿う長いステップと、その修正。新しいノイズは加えません。</translation></message>
<message><source>A long step along the ODE, with the slope of the last two predictions; no fresh noise.</source><translation>直近2つの予測の傾きを使う、ODEに沿った長いステップ。新しいノイズは加えません。</translation></message>
<message><source>A network learns the direction of higher data density at many noise levels; Langevin steps follow it.</source><translation>ネットワークが多数のノイズレベルでデータ密度の高い方向を学習し、Langevinステップがそれに沿って進みます。</translation></message>
<message><source>A network learns to take back one of a thousand small steps of noise.</source><translation>千の小さなノイズステップのうち1つを元に戻すことをネットワークが学習します。</translation></message>
<message><source>A network learns which way pictures are denser, at many sizes of noise; Langevin steps follow it.</source><translation>ネットワークが多数のノイズの大きさで画像の密度が高い方向を学習し、Langevinステップがそれに沿って進みます。</translation></message>
<message><source>A network that jumps from any point of a path to its end, distilled from EDM: one step per picture.</source><translation>経路上のどの点からも終点へ跳ぶネットワーク。EDMから蒸留したもので、画像1枚に1ステップ。</translation></message>
<message><source>A network whose class is sometimes dropped: here DDPM's, for a tenth of its pictures.</source><translation>クラスを時々隠して学習するネットワーク。ここではDDPMのもので、画像の10分の1で隠します。</translation></message>
<message><source>A picture is noised in a thousand small steps, and a network learns to reverse one step.</source><translation>画像に千の小さなステップでノイズを加え、ネットワークが1ステップの逆転を学習します。</translation></message>
<message><source>A picture is noised step by step, and the reversal is learned by the bound on its likelihood.</source><translation>画像に段階的にノイズを加え、その逆転を尤度の変分限界で学習します。</translation></message>
<message><source>A picture noised up to T′, generated by a GAN.</source><translation>T′までノイズを加えた画像をGANが生成します。</translation></message>
<message><source>A single step: noise goes through all layers.</source><translation>1ステップだけ: ノイズがすべての層を通ります。</translation></message>
<message><source>A single step: the generator maps z to a picture.</source><translation>1ステップだけ: 生成器がzを画像に写します。</translation></message>
<message><source>A single step: z is decoded.</source><translation>1ステップだけ: zをデコードします。</translation></message>
<message><source>A step along the velocity, without fresh noise.</source><translation>速度に沿った1ステップ。新しいノイズは加えません。</translation></message>
<message><source>A step in latent space with two evaluations, with and without the text; decoded at the end.</source><translation>潜在空間での1ステップ。テキストありとなしの2回評価し、最後にデコードします。</translation></message>
<message><source>A text encoder that never saw a picture conditions a small one, which two networks enlarge.</source><translation>画像を一度も見ていないテキストエンコーダーが小さな画像を条件付け、2つのネットワークが拡大します。</translation></message>
<message><source>A transformer in which time, class and patches are all tokens, with a U-Net's skips between its halves.</source><translation>時刻、クラス、パッチをすべてトークンとして扱い、前半と後半をU-Net風のスキップで結ぶトランスフォーマー。</translation></message>
<message><source>A transformer over patches replaces the U-Net; time and class scale, shift and gate each of its layers.</source><translation>U-Netの代わりに、パッチ上のトランスフォーマーを使います。時刻とクラスが各層をスケール、シフト、ゲートします。</translation></message>
<message><source>An autoencoder compresses a picture to an eighth of its numbers, and DDPM runs in this latent space.</source><translation>オートエンコーダーが画像の数値を8分の1に圧縮し、この潜在空間でDDPMを実行します。</translation></message>
<message><source>An autoencoder first; then the noise in its latents, given the text.</source><translation>まずオートエンコーダー。次に、テキストを条件とするその潜在変数のノイズ。</translation></message>
<message><source>An autoencoder first; then the noise in its latents.</source><translation>まずオートエンコーダー。次に、その潜在変数のノイズ。</translation></message>
<message><source>An invertible map, by the exact likelihood.</source><translation>可逆写像。厳密な尤度によります。</translation></message>
<message><source>An invertible network maps noise to data, so that the likelihood is exact; shown with points in the plane.</source><translation>可逆なネットワークがノイズをデータに写すため、尤度が厳密に求まります。平面上の点で示します。</translation></message>
<message><source>As DDPM's, for the difference between the picture and the VAE's.</source><translation>DDPMと同じ。対象は画像とVAEの画像との差。</translation></message>
<message><source>As DDPM's, in latent space; the final latents are decoded into a picture.</source><translation>DDPMと同じで、潜在空間で行います。最後の潜在変数を画像にデコードします。</translation></message>
<message><source>As DDPM's, moved along the gradient of the classifier's log p(class | x).</source><translation>DDPMと同じ。分類器のlog p(class | x)の勾配に沿ってずらします。</translation></message>
<message><source>As DDPM's, with fresh noise of the optimal variance, which has a closed form.</source><translation>DDPMと同じ。新しいノイズは、閉じた式で求まる最適な分散を持ちます。</translation></message>
<message><source>As DDPM's, with fresh noise of the predicted variance.</source><translation>DDPMと同じ。新しいノイズは予測された分散を持ちます。</translation></message>
<message><source>As DDPM's, with two evaluations: x̂_0 is moved away from the prediction without class.</source><translation>DDPMと同じで評価は2回。x̂_0をクラスなしの予測から遠ざけます。</translation></message>
<message><source>As DDPM's; its final latents initialise those of the next step.</source><translation>DDPMと同じ。最後の潜在変数が次のステップの初期値になります。</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a centred gamma distribution.</source><translation>DDPMと同じ。新しいノイズは中心化したガンマ分布から引きます。</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a mixture of two Gaussians.</source><translation>DDPMと同じ。新しいノイズは2つのガウス分布の混合から引きます。</translation></message>
<message><source>As DDPM's; the network sees the VAE's picture at every step.</source><translation>DDPMと同じ。ネットワークは各ステップでVAEの画像を参照します。</translation></message>
<message><source>As DDPM's; the noisiest steps are left out.</source><translation>DDPMと同じ。最もノイズの多いステップは省きます。</translation></message>
<message><source>As DDPM's; the timesteps are chosen as a shortest path.</source><translation>DDPMと同じ。タイムステップは最短経路として選びます。</translation></message>
<message><source>As GLIDE's, with predictions scaled into range; then larger pictures.</source><translation>GLIDEと同じ。ただし予測を範囲内にスケーリングします。次に、より大きな画像。</translation></message>
<message><source>As many numbers as the data have, N(0, I).</source><translation>データと同じ個数の数値、N(0, I)。</translation></message>
<message><source>Bits are flipped until they are random, and a network learns to flip them back.</source><translation>ビットを完全にランダムになるまで反転させ、ネットワークがそれを戻すことを学習します。</translation></message>
<message><source>Both directions: the drift of the forward process, and the score for the backward process.</source><translation>両方向: 順過程のドリフトと、逆過程のスコア。</translation></message>
<message><source>DDIM adapts its schedule to the data.</source><translation>DDIMはスケジュールをデータに適応させる。</translation></message>
<message><source>DDIM's step with a combination of the last four predicted noises; no fresh noise.</source><translation>直近4つの予測ノイズの組み合わせによるDDIMのステップ。新しいノイズは加えません。</translation></message>
<message><source>DDIM's steps with a better estimate of the noise, from the predictions of the last four steps.</source><translation>直近4ステップの予測から、ノイズをより正確に推定するDDIMのステップ。</translation></message>
<message><source>DDPM in continuous time: one network for noisy steps back, an ODE, and exact likelihoods.</source><translation>連続時間のDDPM。1つのネットワークで、ノイズ付きの逆ステップ、ODE、厳密な尤度が得られます。</translation></message>
<message><source>DDPM that also sees a VAE's blurred picture: a few numbers determine the content.</source><translation>VAEのぼけた画像も参照するDDPM。少数の数値が内容を決めます。</translation></message>
<message><source>DDPM with noise from a Gaussian mixture: rare large jumps among small ones.</source><translation>混合ガウスのノイズを使うDDPM。小さな動きの中にまれに大きな跳びがあります。</translation></message>
<message><source>DDPM with noise from a gamma distribution, skewed to one side.</source><translation>片側に歪んだガンマ分布のノイズを使うDDPM。</translation></message>
<message><source>DiffuseVAE with noise centred on the VAE's picture.</source><translation>ノイズの中心をVAEの画像に置いたDiffuseVAE。</translation></message>
<message><source>Diffusion models of sound, text and 3-D are missing here.</source><translation>音声、テキスト、3Dの拡散モデルがここにない。</translation></message>
<message><source>Draws every bit again, with the probability predicted by the network.</source><translation>ネットワークが予測した確率で、すべてのビットを引き直します。</translation></message>
<message><source>Draws x_{t−1} from a Gaussian around the mean predicted by the network.</source><translation>ネットワークが予測した平均を中心とするガウス分布からx_{t−1}を引きます。</translation></message>
<message><source>Embeddings of pictures and captions; the clean embedding; then the noise in a picture, given it.</source><translation>画像とキャプションのエンベディング。次にノイズのないエンベディング。その次に、それを条件とする画像のノイズ。</translation></message>
<message><source>Encodes pictures as a few numbers and decodes them: tends to cover the data, but to blur it.</source><translation>画像を少数の数値に符号化し、復号します。データを広く覆いますが、ぼけやすい傾向があります。</translation></message>
<message><source>Every step is corrected by the prediction at its end, which the next step needs anyway.</source><translation>各ステップを終点での予測で修正します。この予測は次のステップでいずれ必要になるものです。</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖², t ≤ T′, and a GAN's between q(x_T′) and G(z)</source><translation>E‖ε − ε_θ(x_t, t)‖²、t ≤ T′、およびq(x_T′)とG(z)の間のGANの損失</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖₁, ε from the noise distribution at unit variance</source><translation>E‖ε − ε_θ(x_t, t)‖₁、εは単位分散のノイズ分布から</translation></message>
<message><source>Follows an ODE that removes the noise of the latents; the final latents are decoded into a picture.</source><translation>潜在変数のノイズを除くODEに沿って進みます。最後の潜在変数を画像にデコードします。</translation></message>
<message><source>Follows the ODE by Heun's method: a step, a second evaluation at its end, and the mean of both.</source><translation>Heun法でODEに沿って進みます。1ステップ進み、その終点でもう一度評価し、両者の平均を使います。</translation></message>
<message><source>Follows the reverse SDE with score-based corrections at each noise level, or an ODE that adds no noise.</source><translation>各ノイズレベルでスコアによる修正を行いながら逆SDEに沿うか、ノイズを加えないODEに沿って進みます。</translation></message>
<message><source>Four long steps; in each a generator samples a picture that explains x, where Gaussian steps use the mean.</source><translation>長い4ステップ。ガウスのステップが平均を使うところで、生成器がxを説明する画像をサンプリングします。</translation></message>
<message><source>Fréchet distance above that of real pictures, over that of DDPM in pixels, after equal training</source><translation>フレシェ距離の実画像に対する超過分。同量の学習をしたピクセル空間のDDPMとの比</translation></message>
<message><source>Gaussian noise around a VAE's blurred picture.</source><translation>VAEのぼけた画像を中心とするガウスノイズ。</translation></message>
<message><source>Gaussian noise in latent space, with a 48th of the picture's numbers.</source><translation>潜在空間のガウスノイズ。数値は画像の48分の1。</translation></message>
<message><source>Gaussian noise in latent space, with an eighth of the picture's numbers.</source><translation>潜在空間のガウスノイズ。数値は画像の8分の1。</translation></message>
<message><source>Gaussian noise in latent space.</source><translation>潜在空間のガウスノイズ。</translation></message>
<message><source>Gaussian noise of 64 numbers, an embedding; then of pictures of three sizes.</source><translation>64個の数値（エンベディング）のガウスノイズ。次に、3つのサイズの画像のガウスノイズ。</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256, and of 1024 × 1024.</source><translation>64 × 64ピクセルのガウスノイズ。次に256 × 256、その次に1024 × 1024。</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256.</source><translation>64 × 64ピクセルのガウスノイズ。次に256 × 256。</translation></message>
<message><source>Gaussian noise of the largest σ, which hides the picture.</source><translation>画像を覆い隠す、最大のσのガウスノイズ。</translation></message>
<message><source>Gaussian noise, N(0, I), and a VAE's blurred picture.</source><translation>ガウスノイズN(0, I)と、VAEのぼけた画像。</translation></message>
<message><source>Gaussian noise, N(0, I), at time 1.</source><translation>時刻1のガウスノイズ、N(0, I)。</translation></message>
<message><source>Gaussian noise, N(0, I).</source><translation>ガウスノイズ、N(0, I)。</translation></message>
<message><source>Gaussian points in the plane.</source><translation>平面上のガウス分布の点。</translation></message>
<message><source>It does not: its timesteps are fixed by hand in advance. The variances of Analytic-DPM and the timesteps of a DP trajectory do adapt: they are measured on data.</source><translation>適応させません。タイムステップは事前に手で固定されています。データから測って適応するのは、Analytic-DPMの分散とDP trajectoryのタイムステップです。</translation></message>
<message><source>It has no weights here.</source><translation>ここには重みがありません。</translation></message>
<message><source>It is not: it predicts the tokens of an image one after another, like a language model.</source><translation>違います。言語モデルのように、画像のトークンを1つずつ予測します。</translation></message>
<message><source>Its weights draw pictures.</source><translation>この重みは画像を描きます。</translation></message>
<message><source>Its weights move points of the plane; it has none for pictures.</source><translation>この重みは平面上の点を動かします。画像用の重みはありません。</translation></message>
<message><source>Large pictures need more noise because neighbouring pixels are redundant: the schedule is shifted by size.</source><translation>大きな画像は隣り合うピクセルが冗長なため、より多くのノイズが必要です。スケジュールをサイズに応じてずらします。</translation></message>
<message><source>Latent diffusion of large pictures that follow a text. Its weights come from a file of your own.</source><translation>テキストに従う大きな画像の潜在拡散。重みはユーザー自身のファイルから読み込みます。</translation></message>
<message><source>Long steps without fresh noise: DDPM's network generates pictures in a tenth of the time.</source><translation>新しいノイズを加えない長いステップ。DDPMのネットワークが10分の1の時間で画像を生成します。</translation></message>
<message><source>NCSN in continuous time: the picture is not scaled, and growing noise hides it.</source><translation>連続時間のNCSN。画像はスケールせず、増えていくノイズが画像を覆い隠します。</translation></message>
<message><source>NeRF and the models it guides are diffusion models.</source><translation>NeRFと、NeRFが誘導するモデルは拡散モデルである。</translation></message>
<message><source>Noise as large as the distance between pictures, which hides the picture.</source><translation>画像間の距離ほどの大きさで、画像を覆い隠すノイズ。</translation></message>
<message><source>Noise drawn from a centred gamma distribution.</source><translation>中心化したガンマ分布から引いたノイズ。</translation></message>
<message><source>Noise drawn from a mixture of two Gaussians.</source><translation>2つのガウス分布の混合から引いたノイズ。</translation></message>
<message><source>Noise fifty times as large as the picture's values, which hides the picture.</source><translation>画像の値の50倍の大きさで、画像を覆い隠すノイズ。</translation></message>
<message><source>Nothing: it uses DDPM's network.</source><translation>なし: DDPMのネットワークを使います。</translation></message>
<message><source>Nothing: it uses Imagen's networks.</source><translation>何も学習しません。Imagen のネットワークを使います。</translation></message>
<message><source>Nothing: one number per noise level is measured with DDPM's network.</source><translation>なし: ノイズレベルごとに1つの数値をDDPMのネットワークで測ります。</translation></message>
<message><source>Nothing: the cost of each step in the bound is measured with DDPM's network.</source><translation>なし: 変分限界における各ステップのコストをDDPMのネットワークで測ります。</translation></message>
<message><source>One network draws a small picture; others enlarge it, after noise is added to it.</source><translation>1つのネットワークが小さな画像を描き、ノイズを加えたあと、他のネットワークが拡大します。</translation></message>
<message><source>One network predicts with and without the class, and the difference is amplified.</source><translation>1つのネットワークがクラスありとなしで予測し、その差を増幅します。</translation></message>
<message><source>One of a few backward steps, against the learned drift and along the learned score, with fresh noise.</source><translation>少数の逆ステップの1つ。学習したドリフトに逆らい、学習したスコアに沿って、新しいノイズを加えながら進みます。</translation></message>
<message><source>One of four long steps: samples a picture that explains x_t, then x_{t−1} from the posterior given both.</source><translation>長い4ステップの1つ: x_tを説明する画像をサンプリングし、両者を条件とする事後分布からx_{t−1}を引きます。</translation></message>
<message><source>PGAN (progressive GAN) and BigGAN are diffusion models.</source><translation>PGAN（progressive GAN）とBigGANは拡散モデルである。</translation></message>
<message><source>Packs pictures into a few numbers and unpacks them: covers the data, and blurs it.</source><translation>画像を少数の数値に圧縮し、展開します。データを広く覆いますが、ぼけます。</translation></message>
<message><source>Parti is a diffusion model.</source><translation>Partiは拡散モデルである。</translation></message>
<message><source>Pictures and noise are joined by straight lines, and a network learns the velocity along them.</source><translation>画像とノイズを直線で結び、ネットワークが直線に沿った速度を学習します。</translation></message>
<message><source>Pictures are degraded without noise, and a network learns to restore them from any severity.</source><translation>画像をノイズなしで劣化させ、ネットワークがあらゆる程度からの復元を学習します。</translation></message>
<message><source>Predicts the picture; if steps remain, adds less noise and predicts again.</source><translation>画像を予測し、ステップが残っていれば、減らしたノイズを加えて再び予測します。</translation></message>
<message><source>Reduces the noise in x_t and adds none, in long steps; the initial noise determines the picture.</source><translation>長いステップでx_tのノイズを減らし、何も加えません。最初のノイズが画像を決めます。</translation></message>
<message><source>Removes one of a thousand parts of the noise, and adds a little fresh noise of a fixed variance.</source><translation>ノイズの千分の1を除き、固定分散の新しいノイズを少し加えます。</translation></message>
<message><source>Restores the picture, and replaces its degradation at this severity by the next lower one.</source><translation>画像を復元し、現在の程度の劣化を1段階低い劣化に置き換えます。</translation></message>
<message><source>Several Langevin steps at one noise level, along the score with fresh noise; then the next lower level.</source><translation>1つのノイズレベルで、新しいノイズを加えつつスコアに沿うLangevinステップを数回。次に1つ低いレベルへ。</translation></message>
<message><source>Steps of 64 pixels with and without the caption; then steps of 256 pixels.</source><translation>キャプションありとなしの64ピクセルのステップ。次に256ピクセルのステップ。</translation></message>
<message><source>Steps of the small picture; then of larger ones, given the noised smaller one.</source><translation>小さな画像のステップ。次に、ノイズを加えた小さい画像を条件とする、より大きな画像のステップ。</translation></message>
<message><source>Steps of two embeddings, of which the better is kept; then steps of 64, 256 and 1024 pixels.</source><translation>2つのエンベディングのステップを行い、良い方を残します。次に64、256、1024ピクセルのステップ。</translation></message>
<message><source>Text by itself; then the noise, given text or a noisy smaller picture.</source><translation>まずテキストだけ。次に、テキストまたはノイズ入りの小さな画像を条件とするノイズ。</translation></message>
<message><source>The ODE's known part is solved exactly, so that ten to twenty evaluations of the network suffice.</source><translation>ODEの既知の部分を厳密に解くため、ネットワークの評価は10～20回で足ります。</translation></message>
<message><source>The chain is cut short: a GAN generates the noisy picture it starts from.</source><translation>連鎖を途中で切り、開始点となるノイズ入り画像をGANが生成します。</translation></message>
<message><source>The clean picture, by a network whose inputs and outputs are scaled to unit variance.</source><translation>きれいな画像。入力と出力を単位分散にスケーリングしたネットワークで。</translation></message>
<message><source>The forward process is learned too, so that fewer backward steps are needed; shown with points in the plane.</source><translation>順過程も学習するため、逆ステップが少なくて済みます。平面上の点で示します。</translation></message>
<message><source>The gradient of a classifier of noisy pictures guides a denoiser, even one without classes.</source><translation>ノイズ入り画像の分類器の勾配がデノイザーを導きます。クラスのないデノイザーでも可能です。</translation></message>
<message><source>The network also predicts the variance of each backward step, learned from the variational bound.</source><translation>ネットワークが各逆ステップの分散も予測し、変分限界から学習します。</translation></message>
<message><source>The noise in x_t below T′, and the GAN.</source><translation>T′より下のx_tのノイズと、GAN。</translation></message>
<message><source>The noise in x_t below T′; the VAE is not changed.</source><translation>T′より下のx_tのノイズ。VAEは変えません。</translation></message>
<message><source>The noise in x_t, and the variance of a backward step, between β̃_t and β_t.</source><translation>x_tのノイズと、逆ステップの分散（β̃_tとβ_tの間）。</translation></message>
<message><source>The noise in x_t, by the absolute error.</source><translation>x_tのノイズ（絶対誤差による）。</translation></message>
<message><source>The noise in x_t, weighted as in the bound on the likelihood: low noise counts most.</source><translation>x_tのノイズ。尤度の変分限界どおりに重み付けし、低ノイズを最も重視します。</translation></message>
<message><source>The noise in x_t, with equal weight for every noise level.</source><translation>x_tのノイズ。どのノイズレベルも同じ重み。</translation></message>
<message><source>The noise, given a caption, by two networks, and the encoding of captions.</source><translation>キャプションを条件とするノイズ（2つのネットワーク）と、キャプションの符号化。</translation></message>
<message><source>The optimal timesteps for the likelihood bound, by dynamic programming; not always the best pictures.</source><translation>動的計画法による、尤度の変分限界に最適なタイムステップ。必ずしも最良の画像にはなりません。</translation></message>
<message><source>The optimal variance of every backward step for the likelihood bound, in closed form.</source><translation>尤度の変分限界に最適な各逆ステップの分散を、閉じた式で求めます。</translation></message>
<message><source>The original bits given x_t, by the whole bound on the likelihood.</source><translation>x_tが与えられたときの元のビット。尤度の変分限界全体によります。</translation></message>
<message><source>The parts of a diffusion model are separated: training levels, scaling of the network, sampler and its steps.</source><translation>拡散モデルの構成要素を切り離します: 学習するノイズレベル、ネットワークのスケーリング、サンプラーとそのステップ。</translation></message>
<message><source>The score of the data at each of many noise levels.</source><translation>多数のノイズレベルそれぞれでのデータのスコア。</translation></message>
<message><source>The score, the direction of higher data density, at every time.</source><translation>あらゆる時刻でのスコア、つまりデータ密度の高い方向。</translation></message>
<message><source>The velocity ε − x_0, the mean over all lines through a point.</source><translation>速度ε − x_0。1つの点を通るすべての直線についての平均。</translation></message>
<message><source>They are not: a NeRF is a three-dimensional scene fitted to views of it. A diffusion model may score these views, but is not changed by that.</source><translation>違います。NeRFは、複数の視点の画像に合わせた3次元シーンです。拡散モデルがその視点を評価することはありますが、それによって拡散モデルは変わりません。</translation></message>
<message><source>They are not: they are GANs, which generate an image in a single pass.</source><translation>違います。これらはGANで、1回の処理で画像を生成します。</translation></message>
<message><source>They are out of scope: this program generates images.</source><translation>対象外です。このプログラムは画像を生成します。</translation></message>
<message><source>To classify a picture at any noise level; DDPM's network is not changed.</source><translation>任意のノイズレベルの画像の分類。DDPMのネットワークは変えません。</translation></message>
<message><source>To encode a picture as z and to decode it, by the bound on the likelihood.</source><translation>画像をzに符号化して復号すること。尤度の変分限界によります。</translation></message>
<message><source>To generate pictures that a discriminator, which is trained too, cannot distinguish from real ones.</source><translation>同時に学習する識別器が本物と見分けられない画像を生成すること。</translation></message>
<message><source>To predict the same picture from all points of a path.</source><translation>経路上のすべての点から同じ画像を予測すること。</translation></message>
<message><source>To restore the picture from any severity.</source><translation>あらゆる程度からの画像の復元。</translation></message>
<message><source>To sample a picture that explains x_t, so that a discriminator cannot tell the steps from real ones.</source><translation>識別器がステップを本物と見分けられないように、x_tを説明する画像をサンプリングすること。</translation></message>
<message><source>VP's drift with at most its noise: designed for likelihoods.</source><translation>VPと同じドリフトで、ノイズは多くてもVPと同量。尤度のために設計されました。</translation></message>
<message><source>a VAE's bound; then E‖ε − ε_θ(x_t, x̂, t)‖²</source><translation>VAEの変分限界。次にE‖ε − ε_θ(x_t, x̂, t)‖²</translation></message>
<message><source>a minute</source><translation>1分</translation></message>
<message><source>bits per heartbeat sequence above the true entropy, log2 5</source><translation>ハートビート系列1本あたりのビット数。真のエントロピーlog2 5からの超過分</translation></message>
<message><source>bound in nats per point at 8 steps minus that of DDPM’s fixed drift, after equal training</source><translation>8ステップでの1点あたりの変分限界（nat）。同量の学習をしたDDPMの固定ドリフトとの差</translation></message>
<message><source>bound of held-out points in bits per coordinate minus the best one of three fixed variances</source><translation>検証用の点の変分限界（座標あたりビット）。3つの固定分散の最良値との差</translation></message>
<message><source>bound of held-out points in nats at 10, 25 and 50 steps minus that of the better fixed variance</source><translation>10、25、50ステップでの検証用の点の変分限界（nat）。固定分散の良い方との差</translation></message>
<message><source>bound of held-out points in nats at 5, 10 and 25 steps minus that of even or quadratic steps</source><translation>5、10、25ステップでの検証用の点の変分限界（nat）。等間隔または二次のステップとの差</translation></message>
<message><source>bound of held-out points in nats over 100 even steps minus that of DDPM, after equal training</source><translation>等間隔100ステップでの検証用の点の変分限界（nat）。同量の学習をしたDDPMとの差</translation></message>
<message><source>bound or −log p above the entropy of the true distribution, in nats</source><translation>真の分布のエントロピーを超える上界または−log p（nat）</translation></message>
<message><source>deviation within the modes over the true one</source><translation>モード内の偏差と真の偏差の比</translation></message>
<message><source>difference of pictures of one prompt over that of different prompts</source><translation>同じプロンプトの画像の差と異なるプロンプトの画像の差の比</translation></message>
<message><source>distance of the points of the ODE from those of the SDE, minus that of two samples</source><translation>ODEの点とSDEの点の距離から、2つの標本間の距離を引いたもの</translation></message>
<message><source>error in 40 steps over that of DDIM with as many evaluations of the network</source><translation>40ステップでの誤差と、同じ評価回数のDDIMの誤差との比</translation></message>
<message><source>error of a run’s random numbers beside independent ones from N(0, 1)</source><translation>実行の乱数の、N(0, 1) からの独立な乱数に対する誤差</translation></message>
<message><source>error of a step back beside q(x_{t−1} | x_t, x_0), over its deviation</source><translation>逆方向の1ステップの q(x_{t−1} | x_t, x_0) に対する誤差と、その偏差との比</translation></message>
<message><source>error of blurred held-out pictures restored by algorithm 2 over that by algorithm 1, at 20 steps</source><translation>20ステップでアルゴリズム2が復元した、ぼけた検証用画像の誤差。アルゴリズム1との比</translation></message>
<message><source>error of pictures restored from their latents over that from as many pixels of a smaller picture</source><translation>潜在変数から復元した画像の誤差。同じピクセル数の縮小画像から復元した場合との比</translation></message>
<message><source>error of points by Heun’s method over that by Euler’s, at 35 evaluations of the network each</source><translation>Heun法による点の誤差。Euler法との比（ネットワークの評価はそれぞれ35回）</translation></message>
<message><source>error of points encoded as noise and decoded, over their deviation, at 100 steps</source><translation>100ステップでノイズに符号化して復号した点の誤差。点の偏差との比</translation></message>
<message><source>error of points in 10 steps over that of DDIM with as many evaluations of the network</source><translation>10ステップでの点の誤差。ネットワークの評価回数が等しいDDIMとの比</translation></message>
<message><source>error of points in 10 steps over that of DPM-Solver++ of the same order</source><translation>10ステップでの点の誤差。同じ次数のDPM-Solver++との比</translation></message>
<message><source>error of single steps from the exact path over that of DDIM’s steps</source><translation>正確な経路から始めた各ステップの誤差と、DDIMのステップの誤差との比</translation></message>
<message><source>error of the modes’ shares</source><translation>モードの割合の誤差</translation></message>
<message><source>error of the noise’s third and fourth moments</source><translation>ノイズの3次と4次のモーメントの誤差</translation></message>
<message><source>error of the shares of 25 modes of points</source><translation>点の25個のモードの割合の誤差</translation></message>
<message><source>error of the shares of two far modes, of weights 0.2 and 0.8</source><translation>重み0.2と0.8の離れた2つのモードの割合の誤差</translation></message>
<message><source>error of the start’s coefficients √ᾱ_T′ and √(1 − ᾱ_T′)</source><translation>開始状態の係数 √ᾱ_T′ と √(1 − ᾱ_T′) の誤差</translation></message>
<message><source>error of v over that without gates initialised to zero, after equal training</source><translation>vの誤差。同量の学習をした、ゲートをゼロで初期化しない場合との比</translation></message>
<message><source>error of v over that without latents of the previous step, after equal training</source><translation>vの誤差。同量の学習をした、前ステップの潜在変数を使わない場合との比</translation></message>
<message><source>error of v over that without long skips, after equal training</source><translation>vの誤差。同量の学習をした、長いスキップなしの場合との比</translation></message>
<message><source>error of v over that without the shift, after equal training</source><translation>vの誤差。同量の学習をした、シフトなしの場合との比</translation></message>
<message><source>excess distance of points at 8 even steps over that of DDPM’s network by DDIM, after equal training</source><translation>等間隔8ステップでの点の超過距離。同量の学習をしたDDPMのネットワークをDDIMで使った場合との比</translation></message>
<message><source>excess distance of points in 10 steps over that from a Gaussian start of the same moments</source><translation>10ステップでの点の超過距離。同じモーメントのガウス分布から始めた場合との比</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM in 10 steps</source><translation>10ステップでの点の超過距離。10ステップのDDPMとの比</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM with the better fixed variance</source><translation>10ステップでの点の超過距離。固定分散の良い方を使うDDPMとの比</translation></message>
<message><source>excess distance of points with corrector minus that without, at equal evaluations</source><translation>修正子ありの点の超過距離から、評価回数が等しい修正子なしの値を引いたもの</translation></message>
<message><source>gap in detail between enlarged generated and real pictures, over that without noise in them</source><translation>拡大した生成画像と実画像の細部の差。ノイズを加えない場合との比</translation></message>
<message><source>how well latents that it draws are told apart from encoded ones (AUC; 0.5 is not at all)</source><translation>生成した潜在変数と符号化した潜在変数の見分けやすさ（AUC。0.5ならまったく見分けられません）</translation></message>
<message><source>its weights are not shipped</source><translation>重みは同梱されていません</translation></message>
<message><source>largest distance of the states x_t from their exact distribution, over its deviation</source><translation>状態x_tと正確な分布との最大距離（偏差に対する比）</translation></message>
<message><source>largest prediction x̂_0 where clipping is needed, over the end of its range</source><translation>クリップが必要なところでの予測x̂_0の最大値（範囲の端に対する比）</translation></message>
<message><source>mean error of x̂_0 beside the exact prediction, over that of the exact one beside x_0</source><translation>正確な予測に対するx̂_0の平均誤差（x_0に対する正確な予測の誤差との比）</translation></message>
<message><source>mean over σ_i of σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²</source><translation>σ_iについてのσ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²の平均</translation></message>
<message><source>none of its own: DDPM's network</source><translation>独自の学習なし: DDPMのネットワーク</translation></message>
<message><source>none of its own: DDPM's, with the class sometimes dropped</source><translation>独自の学習なし: DDPMのもの（クラスを時々隠す）</translation></message>
<message><source>none of its own: the minimum of DDPM's bound over paths of K steps</source><translation>独自の学習なし: Kステップの経路についてのDDPMの変分限界の最小値</translation></message>
<message><source>none of its own: Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d of DDPM's network, measured once</source><translation>独自の学習なし: DDPMのネットワークのΓ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/dを一度測定</translation></message>
<message><source>not measured yet</source><translation>未測定</translation></message>
<message><source>not trained yet</source><translation>未学習</translation></message>
<message><source>order of convergence to the exact path, with exact predictions</source><translation>正確な予測を使ったときの、正確な経路への収束次数</translation></message>
<message><source>share of drawn sequences that occur in the data</source><translation>生成された系列のうちデータに存在するものの割合</translation></message>
<message><source>share of fully saturated pixels at guidance 10, over that with clipping, at the same classes</source><translation>ガイダンス10で完全に飽和したピクセルの割合。同じクラスでクリップした場合との比</translation></message>
<message><source>share of pictures of the right thing by the prior, minus that with the caption’s own embedding</source><translation>事前モデル（prior）で正しい題材が描かれた画像の割合。キャプション自身のエンベディングを使う場合との差</translation></message>
<message><source>share of pictures of the right thing, minus the best such share by CLIP guidance</source><translation>正しい題材が描かれた画像の割合。CLIPガイダンスでの最良値との差</translation></message>
<message><source>share of points at one of 25 modes in 4 steps minus that of exact Gaussian steps</source><translation>4ステップで25個のモードのいずれかにある点の割合。厳密なガウスステップとの差</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE</source><translation>25個のモードのいずれかにある点の割合。VAEとの差</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE it starts from</source><translation>25個のモードのいずれかにある点の割合。開始点のVAEとの差</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, at 100 steps</source><translation>100ステップで25個のモードのいずれかにある点の割合から、モードの割合の誤差を引いたもの</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, over EDM’s, in 2 steps</source><translation>2ステップで25個のモードのいずれかにある点の割合から、モードの割合の誤差を引いたもの。EDMとの比</translation></message>
<message><source>share of points at the most frequent mode among those of one z, with different noise</source><translation>1つのzと異なるノイズから得た点のうち、最も多いモードにある点の割合</translation></message>
<message><source>share of points that lie in their class, of three that overlap, minus that without guidance</source><translation>重なり合う3つのクラスのうち、自分のクラスにある点の割合。ガイダンスなしの場合との差</translation></message>
<message><source>share of prompts whose better embedding is chosen</source><translation>よりよい埋め込みが選ばれるプロンプトの割合</translation></message>
<message><source>share of the values of x̂_0 at the end of the range</source><translation>範囲の端にあるx̂_0の値の割合</translation></message>
<message><source>the claim holds</source><translation>主張は成立</translation></message>
<message><source>the claim is missed</source><translation>主張は不成立</translation></message>
<message><source>undecided: it holds for the mean, but not for all seeds</source><translation>未決: 平均では成立するが、すべてのシードでは成立しない</translation></message>
<message><source>v, by a U-Net with a transformer in the middle.</source><translation>v。中央にトランスフォーマーを持つU-Netで。</translation></message>
<message><source>v, by a network that reuses its latents of the previous step.</source><translation>v。前のステップの潜在変数を再利用するネットワークで。</translation></message>
<message><source>v, by a transformer whose blocks start as the identity.</source><translation>v。恒等写像から始まるブロックを持つトランスフォーマーで。</translation></message>
<message><source>v, by a transformer with skips from its first half to its second.</source><translation>v。前半から後半へのスキップを持つトランスフォーマーで。</translation></message>
<message><source>{low} to {high}</source><translation>{low}～{high}</translation></message>
<message><source>{minutes} minutes</source><translation>{minutes}分</translation></message>
<message><source>{value} ({low} to {high})</source><translation>{value}（{low}～{high}）</translation></message>
<message><source>−log p of held-out points in nats above that of the true distribution</source><translation>検証用の点の−log p（nat）。真の分布からの超過分</translation></message>
<message><source>−log p of held-out points in nats minus that by VP’s network, after equal training</source><translation>検証用の点の−log p（nat）。同量の学習をしたVPのネットワークとの差</translation></message>
<message><source>−the variational bound, one term per sample</source><translation>−変分限界、1標本につき1項</translation></message>
</context>
<context>
<name>Table</name>
<message><source>Same</source><translation>同じ</translation></message>
</context>
<context>
<name>TagEntry</name>
<message><source>Add</source><translation>追加</translation></message>
<message><source>Add the tag</source><translation>タグを追加</translation></message>
<message><source>Tag</source><translation>タグ</translation></message>
<message><source>Tag for these pictures: Enter adds it, Esc closes</source><translation>これらの画像のタグ: Enterで追加、Escで閉じる</translation></message>
</context>
<context>
<name>Tags</name>
<message><source>Remove {tag}</source><translation>{tag}を外す</translation></message>
</context>
<context>
<name>ThingList</name>
<message><source> · the first {maximum} count</source><translation> · 有効なのは最初の{maximum}件</translation></message>
<message numerus="yes"><source>%n thing(s)</source><translation>
<numerusform>%n件</numerusform>
</translation></message>
<message><source>Back to single pictures</source><translation>1枚ずつの生成に戻る</translation></message>
<message><source>One thing per line</source><translation>1 行に 1 つ</translation></message>
<message><source>The text is too long for a list</source><translation>テキストが長すぎてリストにできません</translation></message>
<message><source>Things of the set</source><translation>セットの題材</translation></message>
<message><source>What the set shows, one thing per line</source><translation>セットに描くもの（1行に1つ）</translation></message>
<message><source>fox
owl
mushroom

One thing per line, or with commas</source><translation>キツネ
フクロウ
キノコ

1行に1つ、またはカンマ区切り</translation></message>
</context>
<context>
<name>TilePopup</name>
<message><source>Nothing has this name</source><translation>該当する名前がありません</translation></message>
<message><source>Search {names}</source><translation>{names}を検索</translation></message>
<message><source>Type to search. The arrow keys move, Enter chooses</source><translation>入力して検索します。矢印キーで移動、Enterで決定</translation></message>
</context>
<context>
<name>Tools</name>
<message><source>Copy one in any program; the next pictures then start from it.</source><translation>ほかのアプリで画像をコピーすると、次の画像をそこから開始できます。</translation></message>
<message><source>No picture to paste</source><translation>貼り付ける画像がありません</translation></message>
</context>
<context>
<name>TopBar</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>未生成の画像%n枚</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread error(s)</source><translation>
<numerusform>未読のエラー %n 件</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread notice(s)</source><translation>
<numerusform>未読の通知 %n 件</numerusform>
</translation></message>
<message><source>Device in use · {state}</source><translation>使用中のデバイス · {state}</translation></message>
<message><source>Memory in use by this window: {size}</source><translation>このウィンドウが使用中のメモリ：{size}</translation></message>
<message><source>Nothing in the queue</source><translation>キューは空です</translation></message>
<message><source>Queue</source><translation>キュー</translation></message>
<message><source>Queue {count}</source><translation>キュー {count}</translation></message>
<message><source>not available</source><translation>利用不可</translation></message>
<message><source>preparing</source><translation>準備中</translation></message>
<message><source>ready</source><translation>待機中</translation></message>
<message><source>running</source><translation>実行中</translation></message>
<message><source>the queue is paused</source><translation>キューは一時停止中</translation></message>
</context>
<context>
<name>TrainControls</name>
<message><source>Add the result of the latest test pictures to the models</source><translation>最新のテスト画像の結果を、モデルの一覧に追加します</translation></message>
<message><source>Change a model, or train a system of the literature</source><translation>モデルを変えるか、文献の手法を学習します</translation></message>
<message><source>Choose folder…</source><translation>フォルダーを選択…</translation></message>
<message><source>Choose the pictures to learn from</source><translation>学習に使う画像を選びます</translation></message>
<message><source>Continue after closing</source><translation>閉じた後も続行</translation></message>
<message><source>Discard</source><translation>破棄</translation></message>
<message><source>Drawn again and again with the same noise, separated by semicolons</source><translation>同じノイズから繰り返し描くプロンプト。セミコロンで区切ります</translation></message>
<message><source>Higher ranks can learn more details, and copy sooner</source><translation>ランクが高いほど細部まで学習できますが、早くから複製しがちになります</translation></message>
<message><source>How often a picture is looked at, in total</source><translation>画像を見る回数の合計</translation></message>
<message><source>Larger pictures take more time and memory</source><translation>大きな画像ほど時間とメモリを使います</translation></message>
<message><source>Learning rate</source><translation>学習率</translation></message>
<message><source>Method</source><translation>手法</translation></message>
<message><source>Model</source><translation>モデル</translation></message>
<message><source>Name</source><translation>名前</translation></message>
<message><source>Network</source><translation>ネットワーク</translation></message>
<message><source>No folder yet</source><translation>フォルダー未選択</translation></message>
<message><source>Open an earlier run, or begin another one</source><translation>以前のトレーニングを開くか、新しく始めます</translation></message>
<message><source>Pause</source><translation>一時停止</translation></message>
<message><source>Picture size</source><translation>画像サイズ</translation></message>
<message><source>Rank</source><translation>ランク</translation></message>
<message><source>Run</source><translation>実行履歴</translation></message>
<message><source>Samples</source><translation>サンプル数</translation></message>
<message><source>Save and free the memory; start it again later</source><translation>保存してメモリを解放します。後で再び開始できます</translation></message>
<message><source>Size of the changes of each step. If the loss jumps, lower it.</source><translation>各ステップでの変化の大きさ。損失が跳ねる場合は下げてください。</translation></message>
<message><source>Start</source><translation>開始</translation></message>
<message><source>Stop, and delete this run</source><translation>停止して、このトレーニングを削除します</translation></message>
<message><source>Test prompts</source><translation>テストプロンプト</translation></message>
<message><source>The model that is changed</source><translation>変更するモデル</translation></message>
<message><source>The network that removes the noise</source><translation>ノイズを取り除くネットワーク</translation></message>
<message><source>Train</source><translation>トレーニング</translation></message>
<message><source>Train in the background</source><translation>バックグラウンドでトレーニングします</translation></message>
<message><source>Train on when the window is closed. Open the run here to see it again.</source><translation>ウィンドウを閉じてもトレーニングを続けます。ここでトレーニングを開くと再び表示されます。</translation></message>
<message><source>Training settings</source><translation>トレーニングの設定</translation></message>
<message><source>Use it in Create</source><translation>「作成」で使う</translation></message>
<message><source>fox; house; red car</source><translation>キツネ; 家; 赤い車</translation></message>
<message><source>{size} × {size} pixels</source><translation>{size} × {size}ピクセル</translation></message>
</context>
<context>
<name>TrainPage</name>
<message numerus="yes"><source>%n minute(s) left</source><translation>
<numerusform>残り%n分</numerusform>
</translation></message>
<message numerus="yes"><source>%n test picture(s) is(are) almost the same as yours.</source><translation>
<numerusform>%n枚のテスト画像が学習画像とほぼ同じです。</numerusform>
</translation></message>
<message><source>A small file that adds a style or a thing to a model</source><translation>モデルにスタイルや題材を追加する小さなファイル</translation></message>
<message><source>Added as {name}</source><translation>{name} として追加しました</translation></message>
<message><source>Another model is called {title} and is kept.</source><translation>{title} という別のモデルがあり、そのまま残ります。</translation></message>
<message><source>Before the training</source><translation>トレーニング前</translation></message>
<message><source>Better than {run}; the difference is significant.</source><translation>{run}より良好です。差は有意です。</translation></message>
<message><source>Caption</source><translation>キャプション</translation></message>
<message><source>Captions cut after {limit} characters: {count}; the first is {first}.</source><translation>{limit}文字で切り詰められたキャプション: {count}件。最初は{first}です。</translation></message>
<message><source>Change a model</source><translation>モデルを変更</translation></message>
<message><source>Check the captions. Later, you ask for pictures in the same words.</source><translation>キャプションを確認します。あとで、同じ言葉を使って画像を生成します。</translation></message>
<message><source>Choose the pictures to learn from</source><translation>学習に使う画像を選びます</translation></message>
<message><source>Class</source><translation>クラス</translation></message>
<message><source>Compare with</source><translation>比較対象</translation></message>
<message><source>Continue</source><translation>続行</translation></message>
<message><source>Copies among the test pictures are only found with {count} pictures or more.</source><translation>テスト画像の中の複製は、画像が{count}枚以上ある場合にのみ検出されます。</translation></message>
<message><source>Done</source><translation>完了</translation></message>
<message><source>Double-click to change the caption</source><translation>ダブルクリックでキャプションを変更</translation></message>
<message><source>Earlier runs</source><translation>以前の実行</translation></message>
<message><source>Fine-tuning</source><translation>ファインチューニング</translation></message>
<message><source>From scratch</source><translation>ゼロから学習</translation></message>
<message><source>It continues without the window.</source><translation>ウィンドウを閉じても続きます。</translation></message>
<message><source>It was paused when the window closed.</source><translation>ウィンドウを閉じたときに一時停止しました。</translation></message>
<message><source>LoRA</source><translation>LoRA</translation></message>
<message><source>New run</source><translation>新規</translation></message>
<message><source>No comparison</source><translation>比較なし</translation></message>
<message><source>No significant difference from {run}.</source><translation>{run}との有意な差はありません。</translation></message>
<message><source>Paused. Resume continues it.</source><translation>一時停止中です。「再開」で続行します。</translation></message>
<message><source>Pausing…</source><translation>一時停止しています…</translation></message>
<message><source>Picture</source><translation>画像</translation></message>
<message><source>Pictures added, removed or changed since the last checkpoint: {count}. Training goes on with them.</source><translation>前回のチェックポイント以降に追加・削除・変更された画像：{count}枚。これらの画像で学習を続けます。</translation></message>
<message><source>Pictures and captions</source><translation>画像とキャプション</translation></message>
<message><source>Pictures in subfolders, which are left out: {count}; the first subfolder is {first}.</source><translation>サブフォルダー内にあるため除外された画像: {count}件。最初のサブフォルダーは{first}です。</translation></message>
<message><source>Pictures that cannot be read and are left out: {count}; the first is {first}.</source><translation>読み込めないため除外された画像: {count}件。最初は{first}です。</translation></message>
<message><source>Pictures with the same caption, or in the same folder, form a class.</source><translation>同じキャプションの画像、または同じフォルダーの画像が1つのクラスになります。</translation></message>
<message><source>Preparing…</source><translation>準備中…</translation></message>
<message><source>Saving…</source><translation>保存中…</translation></message>
<message><source>Show the errors of an earlier run at the same noise beside this one</source><translation>以前のトレーニングの同じノイズでの誤差を並べて表示します</translation></message>
<message><source>Some hundreds of one kind are a good start.</source><translation>まずは、同じ種類の画像数百枚が目安です。</translation></message>
<message><source>Ten or more pictures give a diagnosis.</source><translation>画像が10枚以上あれば診断できます。</translation></message>
<message><source>Test pictures</source><translation>テスト画像</translation></message>
<message><source>The first test pictures and the diagnosis follow in a few minutes.</source><translation>最初のテスト画像と診断は数分後に表示されます。</translation></message>
<message><source>The process ended unexpectedly. Start it again; at most a minute is lost.</source><translation>プロセスが予期せず終了しました。もう一度開始してください。失われるのは長くても1分ぶんです。</translation></message>
<message><source>The run was deleted.</source><translation>このトレーニングは削除されました。</translation></message>
<message><source>The run was restored.</source><translation>このトレーニングは復元されました。</translation></message>
<message><source>Training</source><translation>トレーニング中</translation></message>
<message><source>Training has stopped</source><translation>トレーニングが停止しました</translation></message>
<message><source>Training is finished.</source><translation>トレーニングが完了しました。</translation></message>
<message><source>Training {name}</source><translation>トレーニング {name}</translation></message>
<message><source>Training {name} is paused</source><translation>トレーニング {name} は一時停止中です</translation></message>
<message><source>Trains the whole network: another model that can change more</source><translation>ネットワーク全体を学習します。より大きく変えられる別のモデルになります</translation></message>
<message><source>Twenty of one style, or of one thing, are a good start.</source><translation>まずは、同じスタイルか同じ題材の画像20枚が目安です。</translation></message>
<message><source>Worse than {run}; the difference is significant.</source><translation>{run}より劣ります。差は有意です。</translation></message>
<message><source>You get a LoRA: a small file that adds this style or thing to any prompt.</source><translation>LoRAができます。このスタイルや題材をどのプロンプトにも追加できる小さなファイルです。</translation></message>
<message><source>You get a copy of the model that draws more like your pictures.</source><translation>学習画像により近い絵を描く、モデルのコピーができます。</translation></message>
<message><source>You get a small model that draws nothing but pictures like yours.</source><translation>学習画像に似た絵だけを描く、小さなモデルができます。</translation></message>
<message><source>less than a minute left</source><translation>残り1分未満</translation></message>
<message><source>{done} of {count} pictures encoded</source><translation>{count}枚中{done}枚をエンコード済み</translation></message>
<message><source>{run} has no errors of the same pictures, so it cannot be compared.</source><translation>{run}には同じ画像の誤差がないため、比較できません。</translation></message>
<message><source>{seen} of {samples} samples</source><translation>{seen}/{samples} サンプル</translation></message>
<message><source>{speed} per second</source><translation>毎秒{speed}</translation></message>
</context>
<context>
<name>TrashView</name>
<message><source>Click a picture to restore it.</source><translation>画像をクリックすると元に戻ります。</translation></message>
<message><source>Deleted pictures move to the system's trash after 30 days.</source><translation>削除した画像は 30 日後にシステムのごみ箱へ移動します。</translation></message>
<message><source>Pictures of imported folders are only hidden; their files stay.</source><translation>読み込んだフォルダーの画像は非表示になるだけで、ファイルは残ります。</translation></message>
<message><source>Recently deleted</source><translation>最近削除した項目</translation></message>
<message><source>Restore</source><translation>復元</translation></message>
<message><source>Restore {pictures}</source><translation>{pictures}を復元</translation></message>
<message><source>There are no deleted pictures.</source><translation>削除した画像はありません。</translation></message>
<message><source>What this window deleted moves to the system's trash when it closes, the rest after 30 days.</source><translation>このウィンドウで削除したものは閉じるときに、そのほかは 30 日後にシステムのごみ箱へ移動します。</translation></message>
</context>
<context>
<name>VariationsController</name>
<message><source>A variation</source><translation>バリエーション</translation></message>
<message><source>Back to the variations</source><translation>バリエーションに戻る</translation></message>
<message><source>Click one to explore from it, the centre to use it</source><translation>クリックでそこから探索、中心をクリックで使用</translation></message>
<message><source>The centre</source><translation>中心</translation></message>
<message><source>There is no model called {model}; its variations cannot be made here.</source><translation>{model}というモデルがないため、ここではバリエーションを生成できません。</translation></message>
<message><source>seed {seed}</source><translation>シード {seed}</translation></message>
</context>
<context>
<name>VariationsView</name>
<message><source>Back to step {number} of the path</source><translation>経路のステップ{number}に戻る</translation></message>
<message><source>Back to the start</source><translation>始点に戻る</translation></message>
<message><source>Compare with the centre</source><translation>中心と比較</translation></message>
<message><source>Current centre</source><translation>現在の中心</translation></message>
<message><source>Distance</source><translation>距離</translation></message>
<message><source>Distance from the centre's noise: 0 is the same noise, 1 is entirely different noise</source><translation>中心のノイズからの距離: 0は同じノイズ、1はまったく別のノイズ</translation></message>
<message><source>Explore from it</source><translation>ここから探索</translation></message>
<message><source>Fast</source><translation>高速</translation></message>
<message><source>Pictures between them</source><translation>両者の間の画像</translation></message>
<message><source>Start</source><translation>始点</translation></message>
<message><source>Step {number} of the path</source><translation>経路のステップ{number}</translation></message>
<message><source>Use the fast variant of the model</source><translation>モデルの高速版を使う</translation></message>
<message><source>Variations</source><translation>バリエーション</translation></message>
<message><source>far</source><translation>遠い</translation></message>
<message><source>near</source><translation>近い</translation></message>
</context>
<context>
<name>ViewModes</name>
<message><source>Both</source><translation>両方</translation></message>
<message><source>Difference</source><translation>差分</translation></message>
<message><source>Noise</source><translation>ノイズ</translation></message>
<message><source>Noisy</source><translation>ノイズ入り</translation></message>
<message><source>Predicted</source><translation>予測画像</translation></message>
<message><source>The change of the predicted picture in this step; grey where it is unchanged</source><translation>このステップでの予測画像の変化。変わらない部分は灰色</translation></message>
<message><source>The clean picture that the model predicts so far</source><translation>モデルが現時点で予測する、ノイズのない画像</translation></message>
<message><source>The noisy picture at this step</source><translation>このステップのノイズ入り画像</translation></message>
<message><source>The noisy picture beside the predicted one</source><translation>ノイズ入りの画像と予測画像を並べます</translation></message>
<message><source>The predicted noise: the noisy picture without the predicted one</source><translation>予測されたノイズ: ノイズ入り画像から予測画像を除いたもの</translation></message>
</context>
<context>
<name>Viewer</name>
<message><source>The first step has no earlier one to compare with</source><translation>最初のステップには、比較できる前のステップがありません</translation></message>
<message><source>The noise of this step was not drawn</source><translation>このステップのノイズは描画されていません</translation></message>
<message><source>This step left the predicted picture unchanged</source><translation>このステップで予測画像は変わりませんでした</translation></message>
<message><source>seed {seed}</source><translation>シード {seed}</translation></message>
<message><source>to its noise</source><translation>ノイズへ</translation></message>
</context>
<context>
<name>Welcome</name>
<message><source>Add a model file; it is used where it is, and nothing is copied</source><translation>モデルファイルを追加します。その場で使用され、コピーはされません</translation></message>
<message><source>Draws pictures from a prompt.</source><translation>プロンプトから画像を描きます。</translation></message>
<message><source>Draws pictures without a prompt.</source><translation>プロンプトなしで画像を描きます。</translation></message>
<message><source>Draws things and small scenes as icons, from words in English and twelve other languages.</source><translation>英語とほかの 12 言語の言葉から、物や小さな場面をアイコンとして描きます。</translation></message>
<message><source>Use your own checkpoint…</source><translation>手持ちのチェックポイントを使う…</translation></message>
</context>
<context>
<name>Window</name>
<message><source>Your pictures will appear here.

They are saved in {folder}.</source><translation>ここに画像が表示されます。

{folder}に保存されます。</translation></message>
<message><source>{name} was added to the prompt</source><translation>{name}をプロンプトに追加しました</translation></message>
<message><source>{name} was not added to the prompt</source><translation>{name}をプロンプトに追加しませんでした</translation></message>
</context>
<context>
<name>WordRow</name>
<message><source>Acted most at step {number} of {count} recorded steps</source><translation>記録された{count}ステップ中、ステップ{number}で最も強く影響</translation></message>
</context>
<context>
<name>WordsView</name>
<message><source>All steps</source><translation>すべてのステップ</translation></message>
<message><source>Close</source><translation>閉じる</translation></message>
<message><source>Point at a word to see where it acted, or at a place to see its words.</source><translation>単語にポインターを合わせると影響した場所が、場所に合わせるとその単語が分かります。</translation></message>
<message><source>Step</source><translation>ステップ</translation></message>
<message><source>Step {number}</source><translation>ステップ {number}</translation></message>
<message><source>The effect of each word</source><translation>単語ごとの影響</translation></message>
<message><source>Words of the prompt</source><translation>プロンプトの単語</translation></message>
<message><source>Words that acted here: {words}</source><translation>ここに影響した単語: {words}</translation></message>
<message><source>“{word}” acted where the picture is not faded, most at step {step}.</source><translation>「{word}」は画像が薄くなっていない部分に作用し、ステップ {step} で最も強く働きました。</translation></message>
</context>
<context>
<name>_CanvasArea</name>
<message><source>Divider between the pictures</source><translation>画像の境界</translation></message>
<message><source>Noisy picture</source><translation>ノイズ入りの画像</translation></message>
<message><source>Sketch</source><translation>スケッチ</translation></message>
</context>
<context>
<name>_Cell</name>
<message><source>Restore it</source><translation>復元する</translation></message>
<message><source>Restore {picture}</source><translation>{picture}を復元</translation></message>
</context>
<context>
<name>_Crash</name>
<message numerus="yes"><source>GDM Studio crashed %n time(s) while making “{title}”.</source><translation>
<numerusform>「{title}」の生成中にGDM Studioが%n回クラッシュしました。</numerusform>
</translation></message>
<message><source>Remove</source><translation>削除</translation></message>
<message><source>Remove it and resume the queue</source><translation>取り除いてキューを再開</translation></message>
<message><source>Resume it and the queue</source><translation>これとキューを再開</translation></message>
<message><source>The queue is paused: try it again or remove it.</source><translation>キューは一時停止中です。再試行するか、取り除いてください。</translation></message>
<message><source>Try again</source><translation>再試行</translation></message>
</context>
<context>
<name>_Divider</name>
<message><source>Arrow keys move it</source><translation>矢印キーで移動します</translation></message>
<message><source>Drag to resize; double-click for the default size</source><translation>ドラッグで大きさを変更、ダブルクリックで既定値に戻します</translation></message>
</context>
<context>
<name>_Empty</name>
<message><source>Compare pictures</source><translation>画像を比較</translation></message>
<message><source>Open the gallery</source><translation>ギャラリーを開く</translation></message>
<message><source>Select pictures there</source><translation>そこで画像を選択</translation></message>
<message><source>They share zoom and position; a table shows their settings.</source><translation>拡大率と位置が連動し、設定が表に示されます。</translation></message>
</context>
<context>
<name>_Field</name>
<message><source>A few letters of an action, a scheduler, a style or a model</source><translation>操作、スケジューラー、スタイル、モデルの名前の数文字</translation></message>
<message><source>What would you like to do?</source><translation>何をしますか？</translation></message>
</context>
<context>
<name>_List</name>
<message><source>Actions</source><translation>操作</translation></message>
</context>
<context>
<name>_Name</name>
<message><source>{setting} differs</source><translation>{setting}が異なります</translation></message>
</context>
<context>
<name>_Picture</name>
<message><source>Preview</source><translation>プレビュー</translation></message>
</context>
<context>
<name>_PlaceView</name>
<message><source>Places of the gallery</source><translation>ギャラリーの場所</translation></message>
<message><source>Rename</source><translation>名前を変更</translation></message>
</context>
<context>
<name>_PresetRow</name>
<message><source>Delete {name}</source><translation>{name}を削除</translation></message>
<message><source>New name</source><translation>新しい名前</translation></message>
<message><source>Rename {name}</source><translation>{name}の名前を変更</translation></message>
</context>
<context>
<name>_Row</name>
<message><source>in use</source><translation>使用中</translation></message>
<message><source>recent</source><translation>最近</translation></message>
</context>
<context>
<name>_Strip</name>
<message><source>Above: x at a step. Below: the prediction of the network</source><translation>上: 各ステップのx。下: ネットワークの予測</translation></message>
<message><source>Denoising of a picture: x above, the prediction of the network below</source><translation>画像のノイズ除去: 上はx、下はネットワークの予測</translation></message>
</context>
<context>
<name>_Table</name>
<message><source>Models</source><translation>モデル</translation></message>
</context>
<context>
<name>card_view</name>
<message numerus="yes"><source>%n noise level(s)</source><translation>
<numerusform>%n個のノイズレベル</numerusform>
</translation></message>
<message><source>A picture, in matrix products</source><translation>画像1枚の時間（行列積換算）</translation></message>
<message><source>Author</source><translation>作者</translation></message>
<message><source>Blurry areas, neither flat nor an edge</source><translation>ぼけた領域（平坦でも輪郭でもない部分）</translation></message>
<message><source>Colours as requested</source><translation>指定どおりの色</translation></message>
<message><source>Colours new to a subject</source><translation>題材にとって新しい色</translation></message>
<message><source>Colours new to a subject, subject recognised</source><translation>題材にとって新しい色（題材も認識）</translation></message>
<message><source>Decoder, colours</source><translation>デコーダー（色）</translation></message>
<message><source>Decoder, its worst style</source><translation>デコーダー（最悪のスタイル）</translation></message>
<message><source>Decoder, transparency</source><translation>デコーダー（透過）</translation></message>
<message><source>Family</source><translation>ファミリー</translation></message>
<message><source>File</source><translation>ファイル</translation></message>
<message><source>Fréchet distance, against training</source><translation>学習データとのフレシェ距離</translation></message>
<message><source>Hash, {name}</source><translation>ハッシュ（{name}）</translation></message>
<message><source>Its file does not say. See the licence on the web page of the model.</source><translation>ファイルに記載がありません。モデルのWebページでライセンスを確認してください。</translation></message>
<message><source>Kernel distance</source><translation>カーネル距離</translation></message>
<message><source>Kind</source><translation>種類</translation></message>
<message><source>Latents</source><translation>潜在表現</translation></message>
<message><source>Licence</source><translation>ライセンス</translation></message>
<message><source>Made for</source><translation>対象</translation></message>
<message><source>Memory</source><translation>メモリ</translation></message>
<message><source>Named by someone new</source><translation>初見の人が挙げた題材</translation></message>
<message><source>Named by someone new, second list</source><translation>初見の人が挙げた題材（第2リスト）</translation></message>
<message><source>No: its licence, {licence}, does not allow that.</source><translation>いいえ。ライセンス（{licence}）では許可されていません。</translation></message>
<message><source>No: some of its training data may not be used commercially. See below.</source><translation>いいえ。学習データの一部は商用利用できません。下記を参照してください。</translation></message>
<message><source>Other file's {part}</source><translation>別のファイルの {part}</translation></message>
<message><source>Parameters</source><translation>パラメーター数</translation></message>
<message><source>Pictures</source><translation>画像</translation></message>
<message><source>Pictures a second on a GPU</source><translation>GPUでの1秒あたりの枚数</translation></message>
<message><source>Pictures seen before that</source><translation>それ以前に見た画像数</translation></message>
<message><source>Pictures seen in training</source><translation>学習で見た画像数</translation></message>
<message><source>Pixel error on training pictures, × 1e-3</source><translation>学習画像のピクセル誤差、× 1e-3</translation></message>
<message><source>Predicts</source><translation>予測対象</translation></message>
<message><source>Recognised from its prompt, against drawings</source><translation>プロンプトからの認識率（実際の絵との比）</translation></message>
<message><source>Recognised from its prompt, against its teacher</source><translation>プロンプトからの認識率（教師モデルとの比）</translation></message>
<message><source>Recognised from its prompt, without a style</source><translation>プロンプトからの認識率（スタイルなし）</translation></message>
<message><source>Repeats among prompts without a style</source><translation>スタイルなしのプロンプトでの重複</translation></message>
<message><source>Repeats among subjects in a new style</source><translation>新しいスタイルの題材での重複</translation></message>
<message><source>Repeats of training pictures</source><translation>学習画像との重複</translation></message>
<message><source>Repeats of training pictures, by features</source><translation>学習画像との重複（特徴量）</translation></message>
<message><source>Repeats of training pictures, by pixels</source><translation>学習画像との重複（ピクセル）</translation></message>
<message><source>Score norms</source><translation>スコアのノルム</translation></message>
<message><source>Size</source><translation>サイズ</translation></message>
<message><source>Started from the weights of</source><translation>初期重みの元</translation></message>
<message><source>Style recognised, against drawings</source><translation>スタイルの認識率（実際の絵との比）</translation></message>
<message><source>That depends on its licence: {licence}.</source><translation>ライセンスによります: {licence}。</translation></message>
<message><source>Time</source><translation>時間</translation></message>
<message><source>Varies with temperature</source><translation>温度による変化</translation></message>
<message><source>Words not in its training</source><translation>学習にない単語</translation></message>
<message><source>Yes, according to its web page: {licence}.</source><translation>はい（Webページの記載による）: {licence}。</translation></message>
<message><source>Yes, except for the uses that its licence excludes: see {licence}.</source><translation>はい。ただしライセンスが除外する用途を除きます。{licence}を参照してください。</translation></message>
<message><source>Yes, with credit if a picture is close to its sources: {authors}.</source><translation>はい。ただし画像が学習元に近い場合はクレジットが必要です: {authors}。</translation></message>
<message><source>Yes. Its sources only require that their licences stay with the model.</source><translation>はい。学習元が求めるのは、ライセンスをモデルに添付することだけです。</translation></message>
<message><source>about {size}</source><translation>約{size}</translation></message>
<message><source>about {time}, {steps} steps</source><translation>約{time}、{steps}ステップ</translation></message>
<message><source>about {time}, {steps} steps, as before</source><translation>約{time}、{steps}ステップ（前回の実績）</translation></message>
<message><source>{limit} can be used, and it needs at least {least}. Choose a smaller size.</source><translation>使えるのは{limit}ですが、少なくとも{least}必要です。小さいサイズを選んでください。</translation></message>
<message><source>{limit} can be used, so its weights are read from the disk at each step.</source><translation>使えるのは{limit}なので、重みをステップごとにディスクから読み込みます。</translation></message>
<message><source>{size} GB</source><translation>{size} GB</translation></message>
<message><source>{size} × {size}, opaque</source><translation>{size} × {size}、不透明</translation></message>
<message><source>{size} × {size}, transparent</source><translation>{size} × {size}、透過</translation></message>
<message><source>{title} by {author}</source><translation>{title}（作者: {author}）</translation></message>
</context>
<context>
<name>compare_facts</name>
<message><source>, transparent</source><translation>、透過</translation></message>
<message><source>a picture</source><translation>画像</translation></message>
<message><source>none</source><translation>なし</translation></message>
<message><source>step {step} of {seed}</source><translation>シード {seed} のステップ{step}</translation></message>
<message><source>{made} of {steps}</source><translation>{made}/{steps}</translation></message>
<message><source>{target}, seed {seed}</source><translation>{target}、シード {seed}</translation></message>
</context>
<context>
<name>dates</name>
<message><source>MMMM</source><translation>M月</translation></message>
<message><source>MMMM yyyy</source><translation>yyyy年M月</translation></message>
<message><source>d MMM</source><translation>M月d日</translation></message>
<message><source>d MMM yyyy</source><translation>yyyy年M月d日</translation></message>
<message><source>dddd, d MMMM</source><translation>M月d日（ddd）</translation></message>
<message><source>dddd, d MMMM yyyy</source><translation>yyyy年M月d日（ddd）</translation></message>
<message><source>dddd, dd MMMM yyyy, HH:mm:ss</source><translation>yyyy年M月d日（ddd） HH:mm:ss</translation></message>
</context>
<context>
<name>days</name>
<message><source>Today</source><translation>今日</translation></message>
<message><source>Yesterday</source><translation>昨日</translation></message>
</context>
<context>
<name>facts</name>
<message><source>Edited</source><translation>編集</translation></message>
<message><source>Made with</source><translation>生成ツール</translation></message>
<message><source>Model</source><translation>モデル</translation></message>
<message><source>Requested by</source><translation>依頼元</translation></message>
<message><source>Settings</source><translation>設定</translation></message>
<message><source>Size</source><translation>サイズ</translation></message>
<message><source>Stopped at step</source><translation>停止ステップ</translation></message>
<message><source>Style</source><translation>スタイル</translation></message>
<message><source>Target seed</source><translation>目標のシード</translation></message>
<message><source>a picture</source><translation>画像</translation></message>
<message><source>in another program</source><translation>別のプログラム</translation></message>
<message><source>just now</source><translation>たった今</translation></message>
<message><source>none in its file</source><translation>ファイルにありません</translation></message>
<message><source>with a mask</source><translation>マスク付き</translation></message>
<message><source>yesterday</source><translation>昨日</translation></message>
<message><source>{minutes} min ago</source><translation>{minutes}分前</translation></message>
<message><source>{share} of seed {seed}</source><translation>シード {seed} の {share}</translation></message>
</context>
<context>
<name>gallery</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n枚の画像</numerusform>
</translation></message>
</context>
<context>
<name>picture_files</name>
<message><source>Pictures ({suffixes})</source><translation>画像 ({suffixes})</translation></message>
</context>
<context>
<name>progress</name>
<message><source>paused</source><translation>一時停止中</translation></message>
<message><source>starting…</source><translation>開始しています…</translation></message>
<message><source>{images} of {count} done</source><translation>{images}/{count}完了</translation></message>
<message><source>{seconds} s</source><translation>{seconds}秒</translation></message>
<message><source>{step} of {steps}</source><translation>{step}/{steps}</translation></message>
<message><source>{time} left</source><translation>残り{time}</translation></message>
</context>
<context>
<name>steps</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%nステップ</numerusform>
</translation></message>
</context>
<context>
<name>system_trash</name>
<message><source>{file} cannot be moved to the trash; delete it yourself, or restore it.</source><translation>{file}をごみ箱に移動できません。自分で削除するか、復元してください。</translation></message>
</context>
</TS>
