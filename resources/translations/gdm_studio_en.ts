<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="en_GB">
<context>
<name>About</name>
<message numerus="yes"><source>%n note(s)</source><translation>
<numerusform>%n note</numerusform>
<numerusform>%n notes</numerusform>
</translation></message>
</context>
<context>
<name>BranchController</name>
<message numerus="yes"><source>Only %n step(s) left: the picture will hardly change</source><translation>
<numerusform>Only %n step left: the picture will hardly change</numerusform>
<numerusform>Only %n steps left: the picture will hardly change</numerusform>
</translation></message>
</context>
<context>
<name>Controls</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n picture</numerusform>
<numerusform>%n pictures</numerusform>
</translation></message>
</context>
<context>
<name>Device</name>
<message numerus="yes"><source>CPU · %n thread(s)</source><translation>
<numerusform>CPU · %n thread</numerusform>
<numerusform>CPU · %n threads</numerusform>
</translation></message>
</context>
<context>
<name>DownloadDialog</name>
<message numerus="yes"><source>%n file(s)</source><translation>
<numerusform>%n file</numerusform>
<numerusform>%n files</numerusform>
</translation></message>
</context>
<context>
<name>ExportController</name>
<message numerus="yes"><source>%n picture(s) copied</source><translation>
<numerusform>%n picture copied</numerusform>
<numerusform>%n pictures copied</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) exported</source><translation>
<numerusform>%n picture exported</numerusform>
<numerusform>%n pictures exported</numerusform>
</translation></message>
<message numerus="yes"><source>%n shape(s)</source><translation>
<numerusform>%n shape</numerusform>
<numerusform>%n shapes</numerusform>
</translation></message>
</context>
<context>
<name>Family</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n step</numerusform>
<numerusform>%n steps</numerusform>
</translation></message>
</context>
<context>
<name>FilmExport</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n step</numerusform>
<numerusform>%n steps</numerusform>
</translation></message>
</context>
<context>
<name>FolderEdit</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n picture</numerusform>
<numerusform>%n pictures</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) edited</source><translation>
<numerusform>%n picture edited</numerusform>
<numerusform>%n pictures edited</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) not edited</source><translation>
<numerusform>%n picture not edited</numerusform>
<numerusform>%n pictures not edited</numerusform>
</translation></message>
</context>
<context>
<name>GalleryCommands</name>
<message numerus="yes"><source> (%n file(s))</source><translation>
<numerusform> (%n file)</numerusform>
<numerusform> (%n files)</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to the favourites</source><translation>
<numerusform>%n picture added to the favourites</numerusform>
<numerusform>%n pictures added to the favourites</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to {name}</source><translation>
<numerusform>%n picture added to {name}</numerusform>
<numerusform>%n pictures added to {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) deleted</source><translation>
<numerusform>%n picture deleted</numerusform>
<numerusform>%n pictures deleted</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) hidden</source><translation>
<numerusform>%n picture hidden</numerusform>
<numerusform>%n pictures hidden</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from the favourites</source><translation>
<numerusform>%n picture removed from the favourites</numerusform>
<numerusform>%n pictures removed from the favourites</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from {name}</source><translation>
<numerusform>%n picture removed from {name}</numerusform>
<numerusform>%n pictures removed from {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) restored</source><translation>
<numerusform>%n picture restored</numerusform>
<numerusform>%n pictures restored</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) tagged {name}</source><translation>
<numerusform>%n picture tagged {name}</numerusform>
<numerusform>%n pictures tagged {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) taken back</source><translation>
<numerusform>%n picture taken back</numerusform>
<numerusform>%n pictures taken back</numerusform>
</translation></message>
<message numerus="yes"><source>Collection of %n picture(s) created</source><translation>
<numerusform>Collection of %n picture created</numerusform>
<numerusform>Collection of %n pictures created</numerusform>
</translation></message>
<message numerus="yes"><source>{name} removed from %n picture(s)</source><translation>
<numerusform>{name} removed from %n picture</numerusform>
<numerusform>{name} removed from %n pictures</numerusform>
</translation></message>
</context>
<context>
<name>GenerationController</name>
<message numerus="yes"><source>%n failed and can be tried again.</source><translation>
<numerusform>%n failed and can be tried again.</numerusform>
<numerusform>%n failed and can be tried again.</numerusform>
</translation></message>
</context>
<context>
<name>GridController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n picture</numerusform>
<numerusform>%n pictures</numerusform>
</translation></message>
<message numerus="yes"><source>Grid: %n picture(s)</source><translation>
<numerusform>Grid: %n picture</numerusform>
<numerusform>Grid: %n pictures</numerusform>
</translation></message>
<message numerus="yes"><source>Schedulers: %n picture(s)</source><translation>
<numerusform>Schedulers: %n picture</numerusform>
<numerusform>Schedulers: %n pictures</numerusform>
</translation></message>
</context>
<context>
<name>IdleNotifier</name>
<message numerus="yes"><source>%n picture(s) still to make</source><translation>
<numerusform>%n picture still to make</numerusform>
<numerusform>%n pictures still to make</numerusform>
</translation></message>
</context>
<context>
<name>InterpolationController</name>
<message numerus="yes"><source>Between two: %n picture(s)</source><translation>
<numerusform>Between two: %n picture</numerusform>
<numerusform>Between two: %n pictures</numerusform>
</translation></message>
</context>
<context>
<name>InversionTool</name>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>%n step left</numerusform>
<numerusform>%n steps left</numerusform>
</translation></message>
</context>
<context>
<name>JobBar</name>
<message numerus="yes"><source>%n job(s)</source><translation>
<numerusform>%n job</numerusform>
<numerusform>%n jobs</numerusform>
</translation></message>
</context>
<context>
<name>ModelKind</name>
<message numerus="yes"><source>%n ControlNet(s)</source><translation>
<numerusform>%n ControlNet</numerusform>
<numerusform>%n ControlNets</numerusform>
</translation></message>
<message numerus="yes"><source>%n LoRA(s)</source><translation>
<numerusform>%n LoRA</numerusform>
<numerusform>%n LoRAs</numerusform>
</translation></message>
<message numerus="yes"><source>%n VAE(s)</source><translation>
<numerusform>%n VAE</numerusform>
<numerusform>%n VAEs</numerusform>
</translation></message>
<message numerus="yes"><source>%n diffusion transformer(s)</source><translation>
<numerusform>%n diffusion transformer</numerusform>
<numerusform>%n diffusion transformers</numerusform>
</translation></message>
<message numerus="yes"><source>%n embedding(s)</source><translation>
<numerusform>%n embedding</numerusform>
<numerusform>%n embeddings</numerusform>
</translation></message>
<message numerus="yes"><source>%n from the literature</source><translation>
<numerusform>%n from the literature</numerusform>
<numerusform>%n from the literature</numerusform>
</translation></message>
<message numerus="yes"><source>%n image encoder(s)</source><translation>
<numerusform>%n image encoder</numerusform>
<numerusform>%n image encoders</numerusform>
</translation></message>
<message numerus="yes"><source>%n incomplete file(s)</source><translation>
<numerusform>%n incomplete file</numerusform>
<numerusform>%n incomplete files</numerusform>
</translation></message>
<message numerus="yes"><source>%n language model(s)</source><translation>
<numerusform>%n language model</numerusform>
<numerusform>%n language models</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n model</numerusform>
<numerusform>%n models</numerusform>
</translation></message>
<message numerus="yes"><source>%n motion module(s)</source><translation>
<numerusform>%n motion module</numerusform>
<numerusform>%n motion modules</numerusform>
</translation></message>
<message numerus="yes"><source>%n preview decoder(s)</source><translation>
<numerusform>%n preview decoder</numerusform>
<numerusform>%n preview decoders</numerusform>
</translation></message>
<message numerus="yes"><source>%n text encoder(s)</source><translation>
<numerusform>%n text encoder</numerusform>
<numerusform>%n text encoders</numerusform>
</translation></message>
<message numerus="yes"><source>%n upscaler(s)</source><translation>
<numerusform>%n upscaler</numerusform>
<numerusform>%n upscalers</numerusform>
</translation></message>
</context>
<context>
<name>ModelsController</name>
<message numerus="yes"><source>%n folder(s) or file(s) added</source><translation>
<numerusform>%n folder or file added</numerusform>
<numerusform>%n folders or files added</numerusform>
</translation></message>
</context>
<context>
<name>ModelsPage</name>
<message numerus="yes"><source>%n byte(s)</source><translation>
<numerusform>%n byte</numerusform>
<numerusform>%n bytes</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n model</numerusform>
<numerusform>%n models</numerusform>
</translation></message>
<message numerus="yes"><source>… and %n more</source><translation>
<numerusform>… and %n more</numerusform>
<numerusform>… and %n more</numerusform>
</translation></message>
</context>
<context>
<name>More</name>
<message numerus="yes"><source>%n control picture(s)</source><translation>
<numerusform>%n control picture</numerusform>
<numerusform>%n control pictures</numerusform>
</translation></message>
</context>
<context>
<name>NoiseCurve</name>
<message numerus="yes"><source>%n step(s) from σ {first} to {last}</source><translation>
<numerusform>%n step from σ {first} to {last}</numerusform>
<numerusform>%n steps from σ {first} to {last}</numerusform>
</translation></message>
</context>
<context>
<name>PromptBox</name>
<message numerus="yes"><source>%n word(s)</source><translation>
<numerusform>%n word</numerusform>
<numerusform>%n words</numerusform>
</translation></message>
</context>
<context>
<name>PromptChips</name>
<message numerus="yes"><source>%n token(s) beyond {limit}</source><translation>
<numerusform>%n token beyond {limit}</numerusform>
<numerusform>%n tokens beyond {limit}</numerusform>
</translation></message>
</context>
<context>
<name>QueueController</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>%n picture to make</numerusform>
<numerusform>%n pictures to make</numerusform>
</translation></message>
<message numerus="yes"><source>Removed %n entry(entries) from the queue</source><translation>
<numerusform>Removed %n entry from the queue</numerusform>
<numerusform>Removed %n entries from the queue</numerusform>
</translation></message>
<message numerus="yes"><source>Resuming %n picture(s)</source><translation>
<numerusform>Resuming %n picture</numerusform>
<numerusform>Resuming %n pictures</numerusform>
</translation></message>
</context>
<context>
<name>QueueModel</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n step</numerusform>
<numerusform>%n steps</numerusform>
</translation></message>
</context>
<context>
<name>RecoveryNotices</name>
<message numerus="yes"><source>%n picture(s) not finished and not in the gallery yet.</source><translation>
<numerusform>%n picture not finished and not in the gallery yet.</numerusform>
<numerusform>%n pictures not finished and not in the gallery yet.</numerusform>
</translation></message>
</context>
<context>
<name>RegionSection</name>
<message numerus="yes"><source>%n region(s)</source><translation>
<numerusform>%n region</numerusform>
<numerusform>%n regions</numerusform>
</translation></message>
</context>
<context>
<name>RunningJobs</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> and %n more</numerusform>
<numerusform> and %n more</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>%n step left</numerusform>
<numerusform>%n steps left</numerusform>
</translation></message>
</context>
<context>
<name>SavedStepsStrip</name>
<message numerus="yes"><source>%n of {total} steps saved</source><translation>
<numerusform>%n of {total} steps saved</numerusform>
<numerusform>%n of {total} steps saved</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) saved</source><translation>
<numerusform>%n step saved</numerusform>
<numerusform>%n steps saved</numerusform>
</translation></message>
</context>
<context>
<name>SetController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n picture</numerusform>
<numerusform>%n pictures</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate continues.</source><translation>
<numerusform>%n picture missing; Generate continues.</numerusform>
<numerusform>%n pictures missing; Generate continues.</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate in Set continues.</source><translation>
<numerusform>%n picture missing; Generate in Set continues.</numerusform>
<numerusform>%n pictures missing; Generate in Set continues.</numerusform>
</translation></message>
<message numerus="yes"><source>Its %n locked picture(s) stays(stay) there.</source><translation>
<numerusform>Its %n locked picture stays there.</numerusform>
<numerusform>Its %n locked pictures stay there.</numerusform>
</translation></message>
<message numerus="yes"><source>Set: %n picture(s)</source><translation>
<numerusform>Set: %n picture</numerusform>
<numerusform>Set: %n pictures</numerusform>
</translation></message>
</context>
<context>
<name>SetView</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n picture</numerusform>
<numerusform>%n pictures</numerusform>
</translation></message>
</context>
<context>
<name>SettingsPage</name>
<message numerus="yes"><source>%n thread(s)</source><translation>
<numerusform>%n thread</numerusform>
<numerusform>%n threads</numerusform>
</translation></message>
</context>
<context>
<name>SettingsPresenter</name>
<message numerus="yes"><source>Deleted the steps of %n picture(s)</source><translation>
<numerusform>Deleted the steps of %n picture</numerusform>
<numerusform>Deleted the steps of %n pictures</numerusform>
</translation></message>
</context>
<context>
<name>SettingsRestorer</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> and %n more</numerusform>
<numerusform> and %n more</numerusform>
</translation></message>
</context>
<context>
<name>ThingList</name>
<message numerus="yes"><source>%n thing(s)</source><translation>
<numerusform>%n thing</numerusform>
<numerusform>%n things</numerusform>
</translation></message>
</context>
<context>
<name>TopBar</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>%n picture to make</numerusform>
<numerusform>%n pictures to make</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread error(s)</source><translation>
<numerusform>%n unread error</numerusform>
<numerusform>%n unread errors</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread notice(s)</source><translation>
<numerusform>%n unread notice</numerusform>
<numerusform>%n unread notices</numerusform>
</translation></message>
</context>
<context>
<name>TrainPage</name>
<message numerus="yes"><source>%n minute(s) left</source><translation>
<numerusform>%n minute left</numerusform>
<numerusform>%n minutes left</numerusform>
</translation></message>
<message numerus="yes"><source>%n test picture(s) is(are) almost the same as yours.</source><translation>
<numerusform>%n test picture is almost the same as yours.</numerusform>
<numerusform>%n test pictures are almost the same as yours.</numerusform>
</translation></message>
</context>
<context>
<name>_Crash</name>
<message numerus="yes"><source>GDM Studio crashed %n time(s) while making “{title}”.</source><translation>
<numerusform>GDM Studio crashed %n time while making “{title}”.</numerusform>
<numerusform>GDM Studio crashed %n times while making “{title}”.</numerusform>
</translation></message>
</context>
<context>
<name>card_view</name>
<message numerus="yes"><source>%n noise level(s)</source><translation>
<numerusform>%n noise level</numerusform>
<numerusform>%n noise levels</numerusform>
</translation></message>
</context>
<context>
<name>gallery</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n picture</numerusform>
<numerusform>%n pictures</numerusform>
</translation></message>
</context>
<context>
<name>steps</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n step</numerusform>
<numerusform>%n steps</numerusform>
</translation></message>
</context>
</TS>
