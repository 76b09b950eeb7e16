<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en_GB">
<context>
<name>About</name>
<message numerus="yes"><source>%n note(s)</source><translation>
<numerusform>%n Hinweis</numerusform>
<numerusform>%n Hinweise</numerusform>
</translation></message>
<message><source>Checking…</source><translation>Wird geprüft …</translation></message>
<message><source>Copy report</source><translation>Bericht kopieren</translation></message>
<message><source>Copy the report as text</source><translation>Den Bericht als Text kopieren</translation></message>
<message><source>Everything is fine</source><translation>Alles in Ordnung</translation></message>
<message><source>Licences</source><translation>Lizenzen</translation></message>
<message><source>Show the licences of the program and its parts</source><translation>Die Lizenzen des Programms und seiner Teile zeigen</translation></message>
<message><source>fine</source><translation>in Ordnung</translation></message>
<message><source>worth a look</source><translation>prüfenswert</translation></message>
<message><source>wrong</source><translation>fehlerhaft</translation></message>
</context>
<context>
<name>Action</name>
<message><source>About this computer</source><translation>Über diesen Computer</translation></message>
<message><source>Actual size</source><translation>Originalgröße</translation></message>
<message><source>Add a copy with the next seeds</source><translation>Eine Kopie mit den nächsten Seeds anhängen</translation></message>
<message><source>Add a folder of models…</source><translation>Ordner mit Modellen hinzufügen …</translation></message>
<message><source>Add a picture whose lines, depth or pose the next pictures follow</source><translation>Ein Bild hinzufügen, dessen Linien, Tiefe oder Haltung die nächsten Bilder folgen</translation></message>
<message><source>Add a tag</source><translation>Schlagwort hinzufügen</translation></message>
<message><source>Add folder…</source><translation>Ordner hinzufügen …</translation></message>
<message><source>Add model files…</source><translation>Modelldateien hinzufügen …</translation></message>
<message><source>Add noise</source><translation>Rauschen hinzufügen</translation></message>
<message><source>Add noise to the picture</source><translation>Dem Bild Rauschen hinzufügen</translation></message>
<message><source>Add noise to the picture, or recover its noise</source><translation>Dem Bild Rauschen zufügen, oder sein Rauschen wiederfinden</translation></message>
<message><source>Add picture files</source><translation>Bilddateien hinzufügen</translation></message>
<message><source>Add to a collection</source><translation>Zu einer Sammlung hinzufügen</translation></message>
<message><source>Add to the queue</source><translation>In die Warteschlange</translation></message>
<message><source>Add…</source><translation>Hinzufügen …</translation></message>
<message><source>Another seed</source><translation>Anderer Seed</translation></message>
<message><source>Axes</source><translation>Achsen</translation></message>
<message><source>Back to the model's defaults</source><translation>Zurück zu den Vorgaben des Modells</translation></message>
<message><source>Branch from here</source><translation>Hier abzweigen</translation></message>
<message><source>Bring back the prompt before this one</source><translation>Den vorherigen Prompt zurückholen</translation></message>
<message><source>Canvas colour…</source><translation>Leinwandfarbe …</translation></message>
<message><source>Change…</source><translation>Ändern …</translation></message>
<message><source>Choose files…</source><translation>Dateien wählen …</translation></message>
<message><source>Choose the colour behind transparent pictures</source><translation>Die Farbe hinter transparenten Bildern wählen</translation></message>
<message><source>Choose the two settings of the grid</source><translation>Die zwei Einstellungen des Rasters wählen</translation></message>
<message><source>Clear</source><translation>Leeren</translation></message>
<message><source>Clear the queue</source><translation>Warteschlange leeren</translation></message>
<message><source>Code that generates the same pictures with this program</source><translation>Code, der mit diesem Programm dieselben Bilder generiert</translation></message>
<message><source>Collection…</source><translation>Sammlung …</translation></message>
<message><source>Compare</source><translation>Vergleichen</translation></message>
<message><source>Compare picture files</source><translation>Bilddateien vergleichen</translation></message>
<message><source>Compare picture files…</source><translation>Bilddateien vergleichen …</translation></message>
<message><source>Compare pictures side by side</source><translation>Bilder nebeneinander vergleichen</translation></message>
<message><source>Compare schedulers with the same seed</source><translation>Scheduler mit demselben Seed vergleichen</translation></message>
<message><source>Compare schedulers…</source><translation>Scheduler vergleichen …</translation></message>
<message><source>Compare something else</source><translation>Etwas anderes vergleichen</translation></message>
<message><source>Compare the systems of the literature</source><translation>Die Systeme der Literatur vergleichen</translation></message>
<message><source>Compare this step with the last one</source><translation>Diesen Schritt mit dem letzten vergleichen</translation></message>
<message><source>Compare with final</source><translation>Mit Endbild vergleichen</translation></message>
<message><source>Continue with changes</source><translation>Mit Änderungen fortsetzen</translation></message>
<message><source>Copy</source><translation>Kopieren</translation></message>
<message><source>Copy credit</source><translation>Quelle kopieren</translation></message>
<message><source>Copy path</source><translation>Pfad kopieren</translation></message>
<message><source>Copy the credit for the training drawings</source><translation>Die Quellenangabe der Trainingszeichnungen kopieren</translation></message>
<message><source>Copy the path of the picture's file</source><translation>Den Pfad der Bilddatei kopieren</translation></message>
<message><source>Copy the picture for other programs</source><translation>Das Bild für andere Programme kopieren</translation></message>
<message><source>Copy this step as shown</source><translation>Diesen Schritt wie gezeigt kopieren</translation></message>
<message><source>Create</source><translation>Erstellen</translation></message>
<message><source>Dark theme</source><translation>Dunkles Design</translation></message>
<message><source>Delete</source><translation>Löschen</translation></message>
<message><source>Delete and show the next picture; Ctrl+Z brings it back</source><translation>Löschen und das nächste Bild zeigen; Strg+Z macht es rückgängig</translation></message>
<message><source>Delete; Ctrl+Z brings it back</source><translation>Löschen; Strg+Z macht es rückgängig</translation></message>
<message><source>Desktop theme</source><translation>Design des Systems</translation></message>
<message><source>Detail…</source><translation>Detail verfeinern …</translation></message>
<message><source>Does it reproduce?</source><translation>Ist es reproduzierbar?</translation></message>
<message><source>Download a model with all its parts, or resume a download</source><translation>Ein Modell mit allen Teilen herunterladen oder einen Download fortsetzen</translation></message>
<message><source>Draw on it</source><translation>Darauf zeichnen</translation></message>
<message><source>Draw on the picture, which each stroke generates again</source><translation>Auf das Bild zeichnen, das jeder Strich neu generiert</translation></message>
<message><source>Draw, and the picture follows each stroke</source><translation>Zeichnen; das Bild folgt jedem Strich</translation></message>
<message><source>Duplicate</source><translation>Duplizieren</translation></message>
<message><source>Earlier prompt</source><translation>Früherer Prompt</translation></message>
<message><source>Edit</source><translation>Bearbeiten</translation></message>
<message><source>Edit a folder…</source><translation>Ordner bearbeiten …</translation></message>
<message><source>Edit all pictures of a folder from one prompt, or upscale them</source><translation>Alle Bilder eines Ordners mit einem Prompt bearbeiten oder vergrößern</translation></message>
<message><source>Edit its settings; Generate puts it back</source><translation>Einstellungen bearbeiten; Generieren legt es zurück</translation></message>
<message><source>Edit picture</source><translation>Bild bearbeiten</translation></message>
<message><source>Effect of each word</source><translation>Wirkung jedes Worts</translation></message>
<message><source>Enlarge and refine…</source><translation>Vergrößern und verfeinern …</translation></message>
<message><source>Examples</source><translation>Beispiele</translation></message>
<message><source>Explore pictures near this one</source><translation>Bilder in der Nähe dieses Bildes erkunden</translation></message>
<message><source>Export set…</source><translation>Serie exportieren …</translation></message>
<message><source>Export the animation…</source><translation>Animation exportieren …</translation></message>
<message><source>Export…</source><translation>Export …</translation></message>
<message><source>Extend</source><translation>Erweitern</translation></message>
<message><source>Extend the picture in a larger frame</source><translation>Das Bild in einem größeren Rahmen erweitern</translation></message>
<message><source>Family</source><translation>Familie</translation></message>
<message><source>Family tree</source><translation>Stammbaum</translation></message>
<message><source>Fast</source><translation>Schnell</translation></message>
<message><source>Favourite</source><translation>Favorit</translation></message>
<message><source>Find any action by name</source><translation>Jede Aktion nach ihrem Namen finden</translation></message>
<message><source>Find similar</source><translation>Ähnliche finden</translation></message>
<message><source>First step</source><translation>Erster Schritt</translation></message>
<message><source>Fit</source><translation>Einpassen</translation></message>
<message><source>Fit the picture in the window</source><translation>Das Bild in das Fenster einpassen</translation></message>
<message><source>Fit the pictures in their places</source><translation>Die Bilder in ihre Plätze einpassen</translation></message>
<message><source>Fix</source><translation>Beheben</translation></message>
<message><source>Follow a picture…</source><translation>Einem Bild folgen …</translation></message>
<message><source>Free memory</source><translation>Speicher freigeben</translation></message>
<message><source>Gallery</source><translation>Galerie</translation></message>
<message><source>Generate</source><translation>Generieren</translation></message>
<message><source>Generate it again from its file and compare</source><translation>Aus der Datei neu generieren und vergleichen</translation></message>
<message><source>Generate what a word describes again at full size, such as a face</source><translation>Generiert neu in voller Größe, was ein Wort beschreibt, etwa ein Gesicht</translation></message>
<message><source>Get a model…</source><translation>Modell holen …</translation></message>
<message><source>Give back all memory of the models, also on the GPU</source><translation>Allen Speicher der Modelle zurückgeben, auch auf der GPU</translation></message>
<message><source>Go to</source><translation>Gehe zu</translation></message>
<message><source>Grid over two settings…</source><translation>Raster aus zwei Einstellungen …</translation></message>
<message><source>Here</source><translation>Hier</translation></message>
<message><source>Hide or show the side panels; Tab works after a click on the canvas</source><translation>Seitenleisten ein- oder ausblenden; Tab geht nach einem Klick auf die Leinwand</translation></message>
<message><source>Keep</source><translation>Behalten</translation></message>
<message><source>Keep as picture</source><translation>Als Bild behalten</translation></message>
<message><source>Keep or delete pictures one by one: the selected ones, or all that are listed</source><translation>Bilder einzeln behalten oder löschen: die ausgewählten oder alle der Liste</translation></message>
<message><source>Keep the selected while others are made again</source><translation>Die ausgewählten behalten, wenn andere neu entstehen</translation></message>
<message><source>Keyboard shortcuts</source><translation>Tastenkürzel</translation></message>
<message><source>Larger brush</source><translation>Größerer Pinsel</translation></message>
<message><source>Larger pictures</source><translation>Größere Bilder</translation></message>
<message><source>Learn</source><translation>Lernen</translation></message>
<message><source>Leave the branch</source><translation>Zweig verlassen</translation></message>
<message><source>Leave the branch; pictures start from noise again</source><translation>Den Zweig verlassen; Bilder beginnen wieder mit Rauschen</translation></message>
<message><source>Light theme</source><translation>Helles Design</translation></message>
<message><source>Live</source><translation>Live</translation></message>
<message><source>Lock</source><translation>Sperren</translation></message>
<message><source>Make a set of pictures in one style from a list</source><translation>Eine Serie von Bildern in einem Stil aus einer Liste generieren</translation></message>
<message><source>Make all waiting pictures on the cluster of the settings</source><translation>Alle wartenden Bilder auf dem eingestellten Cluster generieren</translation></message>
<message><source>Make similar pictures</source><translation>Ähnliche Bilder generieren</translation></message>
<message><source>Make the picture</source><translation>Das Bild generieren</translation></message>
<message><source>Make the remaining steps</source><translation>Die übrigen Schritte ausführen</translation></message>
<message><source>Make the remaining steps with {changes}</source><translation>Die übrigen Schritte ausführen, mit {changes}</translation></message>
<message><source>Make the selected again, or all that are not locked</source><translation>Die ausgewählten neu erzeugen, oder alle nicht gesperrten</translation></message>
<message><source>Mark as a favourite and show the next picture</source><translation>Als Favorit markieren und das nächste Bild zeigen</translation></message>
<message><source>Mark the focused picture, or that in the centre, as a favourite</source><translation>Das fokussierte oder mittlere Bild als Favorit markieren</translation></message>
<message><source>Mark the picture shown as a favourite</source><translation>Das gezeigte Bild als Favorit markieren</translation></message>
<message><source>Mask</source><translation>Maske</translation></message>
<message><source>Models</source><translation>Modelle</translation></message>
<message><source>Move the keyboard focus to the picture, the list, the top bar and back</source><translation>Den Tastaturfokus zum Bild, zur Liste, zur oberen Leiste und zurück bewegen</translation></message>
<message><source>New set</source><translation>Neue Serie</translation></message>
<message><source>Newest step</source><translation>Neuester Schritt</translation></message>
<message><source>Next</source><translation>Weiter</translation></message>
<message><source>Next part of the page</source><translation>Nächster Teil der Seite</translation></message>
<message><source>Next step</source><translation>Nächster Schritt</translation></message>
<message><source>Next view</source><translation>Nächste Ansicht</translation></message>
<message><source>Noise</source><translation>Rauschen</translation></message>
<message><source>One file with the pictures and their settings, without links</source><translation>Eine Datei mit den Bildern und ihren Einstellungen, ohne Links</translation></message>
<message><source>Open as set</source><translation>Als Serie öffnen</translation></message>
<message><source>Open folder</source><translation>Ordner öffnen</translation></message>
<message><source>Open its folder</source><translation>Seinen Ordner öffnen</translation></message>
<message><source>Open or close the queue</source><translation>Warteschlange öffnen oder schließen</translation></message>
<message><source>Open or close the stack</source><translation>Stapel öffnen oder schließen</translation></message>
<message><source>Paint the part to regenerate</source><translation>Den Teil malen, der neu generiert wird</translation></message>
<message><source>Paste a picture</source><translation>Bild einfügen</translation></message>
<message><source>Pause</source><translation>Pausieren</translation></message>
<message><source>Pause or resume</source><translation>Pausieren oder fortsetzen</translation></message>
<message><source>Pause or resume the queue</source><translation>Die Warteschlange pausieren oder fortsetzen</translation></message>
<message><source>Pause or resume this one</source><translation>Diesen Eintrag pausieren oder fortsetzen</translation></message>
<message><source>Pictures between two seeds or prompts</source><translation>Bilder zwischen zwei Seeds oder Prompts</translation></message>
<message><source>Play the steps</source><translation>Die Schritte abspielen</translation></message>
<message><source>Present the steps</source><translation>Schritte präsentieren</translation></message>
<message><source>Preset</source><translation>Preset</translation></message>
<message><source>Presets…</source><translation>Presets …</translation></message>
<message><source>Previous part of the page</source><translation>Vorheriger Teil der Seite</translation></message>
<message><source>Previous step</source><translation>Voriger Schritt</translation></message>
<message><source>Previous view</source><translation>Vorige Ansicht</translation></message>
<message><source>Queue</source><translation>Warteschlange</translation></message>
<message><source>Quit</source><translation>Beenden</translation></message>
<message><source>Recover noise</source><translation>Rauschen wiederfinden</translation></message>
<message><source>Recover the noise that leads to this picture, for other words in the same layout</source><translation>Das Rauschen finden, das zu diesem Bild führt, für andere Worte im selben Aufbau</translation></message>
<message><source>Redo</source><translation>Wiederherstellen</translation></message>
<message><source>Reject</source><translation>Verwerfen</translation></message>
<message><source>Remove</source><translation>Entfernen</translation></message>
<message><source>Remove all waiting pictures; Undo brings them back</source><translation>Alle wartenden Bilder entfernen; Rückgängig bringt sie zurück</translation></message>
<message><source>Remove from favourites</source><translation>Aus den Favoriten entfernen</translation></message>
<message><source>Remove it from the queue</source><translation>Aus der Warteschlange entfernen</translation></message>
<message><source>Remove the selected from the set</source><translation>Die ausgewählten aus der Serie entfernen</translation></message>
<message><source>Repeat</source><translation>Wiederholen</translation></message>
<message><source>Repeat what was undone</source><translation>Wiederholt, was rückgängig gemacht wurde</translation></message>
<message><source>Repeat with the next seeds until stopped</source><translation>Mit den nächsten Seeds wiederholen, bis zum Stoppen</translation></message>
<message><source>Resume</source><translation>Fortsetzen</translation></message>
<message><source>Reverse the order</source><translation>Reihenfolge umkehren</translation></message>
<message><source>Review</source><translation>Durchsehen</translation></message>
<message><source>Run the queue on a cluster</source><translation>Warteschlange auf Cluster ausführen</translation></message>
<message><source>Save</source><translation>Speichern</translation></message>
<message><source>Save animation…</source><translation>Animation speichern …</translation></message>
<message><source>Save as WebP, GIF or MP4</source><translation>Als WebP, GIF oder MP4 speichern</translation></message>
<message><source>Save as picture</source><translation>Als Bild speichern</translation></message>
<message><source>Save larger, as SVG or as icons</source><translation>Größer, als SVG oder als Icons speichern</translation></message>
<message><source>Save the comparison as a notebook</source><translation>Den Vergleich als Notebook speichern</translation></message>
<message><source>Save the comparison as a web page</source><translation>Den Vergleich als Webseite speichern</translation></message>
<message><source>Save the comparison as one labelled picture</source><translation>Den Vergleich als ein beschriftetes Bild speichern</translation></message>
<message><source>Save the picture as it is now</source><translation>Das Bild speichern, wie es jetzt ist</translation></message>
<message><source>Save the prediction of this step in the gallery</source><translation>Die Vorhersage dieses Schritts in der Galerie speichern</translation></message>
<message><source>Save the settings under a name, or use saved ones</source><translation>Die Einstellungen unter einem Namen speichern oder gespeicherte verwenden</translation></message>
<message><source>Save the sheet as one labelled picture</source><translation>Das Blatt als ein beschriftetes Bild speichern</translation></message>
<message><source>Save the steps as an animation</source><translation>Die Schritte als Animation speichern</translation></message>
<message><source>Search actions</source><translation>Aktionen suchen</translation></message>
<message><source>Search field</source><translation>Suchfeld</translation></message>
<message><source>Set</source><translation>Serie</translation></message>
<message><source>Setting</source><translation>Einstellung</translation></message>
<message><source>Settings</source><translation>Einstellungen</translation></message>
<message><source>Show all pictures of this stack, or only the newest</source><translation>Alle Bilder dieses Stapels zeigen oder nur das neueste</translation></message>
<message><source>Show eight others at this distance</source><translation>Acht andere in diesem Abstand zeigen</translation></message>
<message><source>Show example prompts</source><translation>Beispiel-Prompts zeigen</translation></message>
<message><source>Show file settings</source><translation>Einstellungen der Datei zeigen</translation></message>
<message><source>Show its branches and its parents</source><translation>Zweige und Vorfahren zeigen</translation></message>
<message><source>Show near-identical pictures that follow each other as one</source><translation>Fast gleiche, aufeinanderfolgende Bilder als eines zeigen</translation></message>
<message><source>Show pictures like this one, by their prompts and their looks</source><translation>Bilder wie dieses zeigen, nach Prompt und Aussehen</translation></message>
<message><source>Show the formula of this step, its noise levels and its code</source><translation>Die Formel dieses Schritts, seine Rauschpegel und seinen Code zeigen</translation></message>
<message><source>Show the grid</source><translation>Raster zeigen</translation></message>
<message><source>Show the next picture</source><translation>Das nächste Bild zeigen</translation></message>
<message><source>Show the noisy and the predicted picture in full screen</source><translation>Verrauschtes und vorhergesagtes Bild im Vollbild zeigen</translation></message>
<message><source>Show the pictures of a folder without copying them</source><translation>Die Bilder eines Ordners zeigen, ohne sie zu kopieren</translation></message>
<message><source>Show this set in the gallery</source><translation>Diese Serie in der Galerie zeigen</translation></message>
<message><source>Show which of its settings are used, ignored or unknown</source><translation>Zeigen, welche seiner Einstellungen benutzt, ignoriert oder unbekannt sind</translation></message>
<message><source>Shuffle</source><translation>Würfeln</translation></message>
<message><source>Side panels</source><translation>Seitenleisten</translation></message>
<message><source>Sketch</source><translation>Skizze</translation></message>
<message><source>Smaller brush</source><translation>Kleinerer Pinsel</translation></message>
<message><source>Smaller pictures</source><translation>Kleinere Bilder</translation></message>
<message><source>Stacks</source><translation>Stapel</translation></message>
<message><source>Start from a picture…</source><translation>Mit einem Bild beginnen …</translation></message>
<message><source>Start from the picture on the clipboard</source><translation>Mit dem Bild aus der Zwischenablage beginnen</translation></message>
<message><source>Start from the picture, repaint a part or a detail of it, or extend it</source><translation>Mit dem Bild beginnen, einen Teil oder ein Detail neu malen oder es erweitern</translation></message>
<message><source>Start from this</source><translation>Hiermit beginnen</translation></message>
<message><source>Start the next pictures from this one</source><translation>Die nächsten Bilder mit diesem beginnen</translation></message>
<message><source>Start the next pictures from this step</source><translation>Die nächsten Bilder mit diesem Schritt beginnen</translation></message>
<message><source>Start with an empty sheet; this set stays in the gallery</source><translation>Mit leerem Blatt beginnen; diese Serie bleibt in der Galerie</translation></message>
<message><source>Steps</source><translation>Schritte</translation></message>
<message><source>Stop</source><translation>Stoppen</translation></message>
<message><source>Stop all running jobs</source><translation>Alle laufenden Aufträge stoppen</translation></message>
<message><source>Stop playing</source><translation>Abspielen stoppen</translation></message>
<message><source>Stop what is running after this step</source><translation>Den Lauf nach diesem Schritt stoppen</translation></message>
<message><source>Swap</source><translation>Tauschen</translation></message>
<message><source>Tag</source><translation>Schlagwort</translation></message>
<message><source>Teach a model from your own pictures</source><translation>Ein Modell aus eigenen Bildern lernen lassen</translation></message>
<message><source>This step, in numbers</source><translation>Dieser Schritt in Zahlen</translation></message>
<message><source>Toggle full screen</source><translation>Vollbild ein/aus</translation></message>
<message><source>Train</source><translation>Trainieren</translation></message>
<message><source>Try again</source><translation>Erneut versuchen</translation></message>
<message><source>Try again with settings that work</source><translation>Mit funktionierenden Einstellungen erneut versuchen</translation></message>
<message><source>Undo</source><translation>Rückgängig</translation></message>
<message><source>Undo the last action</source><translation>Die letzte Aktion rückgängig machen</translation></message>
<message><source>Update the picture as you change the prompt and sliders</source><translation>Das Bild bei Änderungen am Prompt und an den Reglern aktualisieren</translation></message>
<message><source>Upscale the picture, and let the model refine it in tiles</source><translation>Das Bild hochskalieren und vom Modell in Kacheln verfeinern lassen</translation></message>
<message><source>Use</source><translation>Verwenden</translation></message>
<message><source>Use a faster version of this model with few steps</source><translation>Eine schnellere Variante dieses Modells mit wenigen Schritten verwenden</translation></message>
<message><source>Use all settings of this picture</source><translation>Alle Einstellungen dieses Bildes verwenden</translation></message>
<message><source>Use model files where they are, without copying them</source><translation>Modelldateien an ihrem Ort verwenden, ohne sie zu kopieren</translation></message>
<message><source>Use settings</source><translation>Übernehmen</translation></message>
<message><source>Use the models of another program without copying them</source><translation>Die Modelle eines anderen Programms ohne Kopieren verwenden</translation></message>
<message><source>Use the settings of the picture shown</source><translation>Die Einstellungen des gezeigten Bildes verwenden</translation></message>
<message><source>Vary</source><translation>Variieren</translation></message>
<message><source>Vary the picture</source><translation>Das Bild variieren</translation></message>
<message><source>Watch samplers on points in the plane</source><translation>Samplern bei Punkten in der Ebene zusehen</translation></message>
<message><source>Write a folder with its icons for an app or a website</source><translation>Einen Ordner mit den Icons für eine App oder Website schreiben</translation></message>
<message><source>Write something else for the selected in the list</source><translation>In der Liste etwas anderes für das ausgewählte schreiben</translation></message>
<message><source>adetailer segment face hands fix restore refine inpaint</source><translation>gesicht hände reparieren verfeinern adetailer segment face hands fix restore refine inpaint</translation></message>
<message><source>again repeat</source><translation>wiederholen nochmals</translation></message>
<message><source>album folder group set</source><translation>album ordner gruppe serie album folder group set</translation></message>
<message><source>animate preview animation timelapse stop</source><translation>animieren vorschau animation zeitraffer anhalten stoppen animate preview animation timelapse stop</translation></message>
<message><source>at once parallel vram memory together</source><translation>gleichzeitig parallel speicher zusammen at once parallel vram memory together</translation></message>
<message><source>attention maps cross-attention heatmap daam tokens words</source><translation>aufmerksamkeit wörter heatmap attention maps cross-attention heatmap daam tokens words</translation></message>
<message><source>background ground checkerboard transparency dark light</source><translation>hintergrund schachbrett transparenz dunkel hell background ground checkerboard transparency dark light</translation></message>
<message><source>batch count batch size images amount how many number</source><translation>stapel anzahl bilder menge wie viele batch count batch size images amount how many number</translation></message>
<message><source>batch directory process inpaint upscale many</source><translation>batch stapel verzeichnis viele inpaint upscale serie</translation></message>
<message><source>browser images outputs history</source><translation>bilder ausgaben verlauf durchsuchen browser images outputs history</translation></message>
<message><source>cancel abort interrupt</source><translation>abbrechen unterbrechen cancel abort interrupt</translation></message>
<message><source>cancel all empty</source><translation>alle abbrechen leeren cancel all empty</translation></message>
<message><source>cfg rescale</source><translation>guidance skalieren cfg rescale</translation></message>
<message><source>cfg scale classifier free guidance scale strictness adherence</source><translation>guidance stärke treue cfg scale classifier free guidance scale strictness adherence</translation></message>
<message><source>checkpoint ckpt weights safetensors unet</source><translation>modell gewichte checkpoint ckpt weights safetensors unet</translation></message>
<message><source>checkpoints ckpt lora weights safetensors load install</source><translation>modelle gewichte laden installieren checkpoints ckpt lora weights safetensors load install</translation></message>
<message><source>clear empty</source><translation>leeren neu leer</translation></message>
<message><source>clip stop at last layers</source><translation>letzte schichten überspringen clip stop at last layers</translation></message>
<message><source>clipboard</source><translation>zwischenablage clipboard</translation></message>
<message><source>clipboard file name location folder</source><translation>Zwischenablage Datei Name Ort Ordner clipboard file name location folder</translation></message>
<message><source>command palette commands</source><translation>befehle befehlspalette command palette commands</translation></message>
<message><source>controlnet control net t2i adapter canny depth pose scribble reference ip-adapter lines image prompt style</source><translation>controlnet t2i adapter scribble control net canny tiefe depth pose haltung referenz ip-adapter linien bild prompt stil</translation></message>
<message><source>creativity variety diversity</source><translation>kreativität vielfalt creativity variety diversity</translation></message>
<message><source>cull culling sort rate pick reject slideshow</source><translation>aussortieren sichten sortieren bewerten auswählen verwerfen diaschau cull culling sort rate pick reject slideshow</translation></message>
<message><source>day mode appearance</source><translation>tag modus hell hellmodus aussehen day mode appearance</translation></message>
<message><source>doctor system info diagnostics health version report gpu memory</source><translation>system diagnose version bericht speicher doctor system info diagnostics health version report gpu memory</translation></message>
<message><source>download hugging face hub url internet flux sdxl install</source><translation>herunterladen hugging face hub url internet flux sdxl installieren download</translation></message>
<message><source>exclude avoid unwanted without uncond</source><translation>ausschließen vermeiden unerwünscht ohne exclude avoid unwanted without uncond</translation></message>
<message><source>exit close</source><translation>beenden schließen exit close</translation></message>
<message><source>export</source><translation>exportieren export</translation></message>
<message><source>export html take home</source><translation>exportieren html mitnehmen export html take home</translation></message>
<message><source>export ipynb jupyter python take home</source><translation>exportieren ipynb jupyter python mitnehmen export ipynb jupyter python take home</translation></message>
<message><source>film gif mp4 video webp movie</source><translation>film video film gif mp4 video webp movie</translation></message>
<message><source>find filter</source><translation>suchen filtern find filter</translation></message>
<message><source>fixed noise number</source><translation>feste zahl rauschen fixed noise number</translation></message>
<message><source>fork</source><translation>abzweigen verzweigen fork</translation></message>
<message><source>formula alpha sigma eta code python norms mathematics</source><translation>formel alpha sigma eta code python normen mathematik formula alpha sigma eta code python norms mathematics</translation></message>
<message><source>fp16 fp32 bf16 half float dtype</source><translation>halbe genauigkeit fp16 fp32 bf16 half float dtype</translation></message>
<message><source>fullscreen maximise maximize window</source><translation>vollbild maximieren fenster fullscreen maximise maximize window</translation></message>
<message><source>gpu cuda cpu mps hardware</source><translation>grafikkarte hardware gpu cuda cpu mps hardware</translation></message>
<message><source>group collapse expand unstack</source><translation>gruppieren zuklappen aufklappen stapel auflösen group collapse expand unstack</translation></message>
<message><source>group duplicates collapse expand series burst</source><translation>gruppieren duplikate zuklappen aufklappen stapel serie group duplicates collapse expand series burst</translation></message>
<message><source>help hotkeys keys manual documentation</source><translation>hilfe tasten anleitung dokumentation help hotkeys keys manual documentation</translation></message>
<message><source>hires fix denoising strength</source><translation>entrauschen stärke zweiter durchgang hires fix denoising strength</translation></message>
<message><source>hires fix upscale by</source><translation>hochskalieren vergrößern hires fix upscale by</translation></message>
<message><source>history last previous recall</source><translation>verlauf letzter vorheriger zurückholen</translation></message>
<message><source>ideas inspiration templates sample</source><translation>ideen inspiration vorlagen muster ideas inspiration templates sample</translation></message>
<message><source>img2img clipboard image</source><translation>bild zwischenablage img2img clipboard image</translation></message>
<message><source>img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</source><translation>bild zu bild startbild laden maske skizze img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</translation></message>
<message><source>img2img image to image i2i init send to</source><translation>bild zu bild senden an img2img image to image i2i init send to</translation></message>
<message><source>import browse open images output directory path</source><translation>importieren durchsuchen öffnen bilder ordner pfad import browse open images output directory path</translation></message>
<message><source>import comfyui a1111 forge directory path checkpoints loras</source><translation>importieren comfyui a1111 forge verzeichnis pfad checkpoints loras</translation></message>
<message><source>import load install open checkpoints lora vae safetensors gguf</source><translation>importieren laden installieren öffnen checkpoints lora vae safetensors gguf</translation></message>
<message><source>inpaint inpainting brush edit part retouch</source><translation>inpainting pinsel teil retusche inpaint inpainting brush edit part retouch</translation></message>
<message><source>interpolate interpolation morph blend travel slerp</source><translation>interpolieren morphen überblenden reise interpolate interpolation morph blend travel slerp</translation></message>
<message><source>interrupt cancel abort skip</source><translation>unterbrechen abbrechen überspringen interrupt cancel abort skip</translation></message>
<message><source>invert inversion ddim reverse</source><translation>invertieren inversion umkehren invert inversion ddim reverse</translation></message>
<message><source>jobs list enqueue pending history</source><translation>aufträge liste ausstehend verlauf jobs list enqueue pending history</translation></message>
<message><source>lab plane toy points score course lesson</source><translation>Labor Ebene Spielzeug Punkte Score Kurs Lektion lab plane toy points score course lesson</translation></message>
<message><source>label keyword</source><translation>etikett stichwort tag label keyword</translation></message>
<message><source>like this related duplicates alike meaning semantic</source><translation>wie dieses verwandt duplikate gleich bedeutung semantisch like this related duplicates alike meaning semantic</translation></message>
<message><source>look preset artist lora</source><translation>aussehen vorlage künstler look preset artist lora</translation></message>
<message><source>lora finetune fine-tune dreambooth own style dataset</source><translation>lora feinabstimmung dreambooth eigener stil datensatz lora finetune fine-tune dreambooth own style dataset</translation></message>
<message><source>metadata png info pnginfo parameters exif workflow read</source><translation>metadaten parameter lesen metadata png info pnginfo parameters exif workflow read</translation></message>
<message><source>night mode appearance</source><translation>nacht modus dunkel dunkelmodus aussehen night mode appearance</translation></message>
<message><source>noising forward diffuse denoise</source><translation>verrauschen vorwärts noising forward diffuse denoise</translation></message>
<message><source>outpaint outpainting uncrop expand canvas</source><translation>outpainting erweitern vergrößern rand leinwand outpaint outpainting uncrop expand canvas</translation></message>
<message><source>paint painting canvas scribble doodle live realtime</source><translation>malen zeichnen leinwand kritzeln echtzeit</translation></message>
<message><source>pane panel switch cycle focus region</source><translation>Bereich Fenster wechseln Fokus Tastatur</translation></message>
<message><source>parents children history tree lineage</source><translation>eltern kinder verlauf baum herkunft parents children history tree lineage</translation></message>
<message><source>positive text description caption variants dynamic wildcards</source><translation>beschreibung text varianten platzhalter positive text description caption variants dynamic wildcards</translation></message>
<message><source>preferences options configuration config</source><translation>optionen konfiguration preferences options configuration config</translation></message>
<message><source>presentation fullscreen slideshow lecture teach beamer projector</source><translation>Präsentation Vollbild Vortrag Unterricht Beamer presentation fullscreen slideshow lecture teach beamer projector</translation></message>
<message><source>prompts from file series icons batches</source><translation>liste icons stapel prompts from file series icons batches</translation></message>
<message><source>random randomize randomise dice roll reroll</source><translation>zufall würfel random randomize randomise dice roll reroll</translation></message>
<message><source>ray nodes machines distribute remote</source><translation>rechner verteilen entfernt netzwerk ray nodes machines distribute remote</translation></message>
<message><source>realtime real time interactive auto</source><translation>echtzeit interaktiv automatisch realtime real time interactive auto</translation></message>
<message><source>redraw regenerate retry again</source><translation>neu zeichnen neu generieren erneut nochmal</translation></message>
<message><source>refiner switch at</source><translation>wechseln bei refiner switch at</translation></message>
<message><source>reset clear restore settings</source><translation>zurücksetzen wiederherstellen reset clear restore settings</translation></message>
<message><source>resume continue hold</source><translation>weiter halten anhalten resume continue hold</translation></message>
<message><source>run create draw render invoke imagine txt2img text2image go</source><translation>start zeichnen malen los run create draw render invoke imagine txt2img text2image go</translation></message>
<message><source>sampler sampling method solver ksampler</source><translation>methode verfahren löser sampler sampling method solver ksampler</translation></message>
<message><source>samplers</source><translation>sampler samplers</translation></message>
<message><source>sampling steps iterations quality</source><translation>iterationen qualität sampling steps iterations quality</translation></message>
<message><source>save image intermediate</source><translation>bild speichern zwischenbild save image intermediate</translation></message>
<message><source>save svg png ico icns sprite assets developer palette colours</source><translation>speichern svg png ico icns sprite assets entwickler palette farben</translation></message>
<message><source>schedule type scheduler sigmas timesteps noise schedule karras</source><translation>zeitplan rauschplan schedule type scheduler sigmas timesteps noise schedule karras</translation></message>
<message><source>send to txt2img recall remix load parameters workflow</source><translation>parameter laden übernehmen send to txt2img recall remix load parameters workflow</translation></message>
<message><source>side by side difference ab</source><translation>nebeneinander unterschied side by side difference ab</translation></message>
<message><source>sketch paint over overpaint canvas</source><translation>skizze übermalen malen leinwand</translation></message>
<message><source>star like heart bookmark</source><translation>stern herz lesezeichen gefällt star like heart bookmark</translation></message>
<message><source>strength denoise denoising strength</source><translation>stärke entrauschen strength denoise denoising strength</translation></message>
<message><source>styles template favourite settings store load save profile</source><translation>stile vorlage favorit einstellungen speichern laden profil voreinstellung styles template favourite settings store load save profile</translation></message>
<message><source>swap replace rename edit</source><translation>tauschen ersetzen umbenennen bearbeiten</translation></message>
<message><source>system auto appearance</source><translation>system automatisch dunkel hell aussehen system auto appearance</translation></message>
<message><source>take back revert restore</source><translation>zurücknehmen widerrufen take back revert restore</translation></message>
<message><source>tiled diffusion multidiffusion tiles large upscale 4k</source><translation>tiled diffusion multidiffusion kacheln groß hochskalieren 4k</translation></message>
<message><source>toggle sidebar focus mode zen distraction</source><translation>seitenleiste fokus ablenkung toggle sidebar focus mode zen distraction</translation></message>
<message><source>trash bin remove discard</source><translation>papierkorb wegwerfen trash bin remove discard</translation></message>
<message><source>trash delete</source><translation>papierkorb löschen trash delete</translation></message>
<message><source>turbo lightning lcm distilled speed</source><translation>destilliert geschwindigkeit turbo lightning lcm distilled speed</translation></message>
<message><source>unload models vram gpu ram release engine restart</source><translation>entladen modelle vram gpu ram freigeben engine neu starten</translation></message>
<message><source>unlock pin freeze</source><translation>entsperren anheften einfrieren</translation></message>
<message><source>upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</source><translation>hochskalieren vergrößern speichern herunterladen transparent upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</translation></message>
<message><source>upscale super resolution large 4k tiled diffusion multidiffusion ultimate</source><translation>hochskalieren superauflösung groß 4k tiled diffusion multidiffusion ultimate kacheln</translation></message>
<message><source>variations variation subseed explore similar</source><translation>variationen erkunden ähnlich variations variation subseed explore similar</translation></message>
<message><source>verify same check again</source><translation>prüfen gleich wieder verify same check again</translation></message>
<message><source>width height resolution dimensions aspect ratio</source><translation>breite höhe auflösung maße seitenverhältnis width height resolution dimensions aspect ratio</translation></message>
<message><source>xyz plot xy matrix x/y/z prompt matrix</source><translation>matrix diagramm xyz plot xy matrix x/y/z prompt matrix</translation></message>
<message><source>zoom whole</source><translation>zoom ganz zoom whole</translation></message>
</context>
<context>
<name>Application</name>
<message><source>Opening pictures from outside does not work</source><translation>Bilder lassen sich nicht von außen öffnen</translation></message>
</context>
<context>
<name>AxisEdit</name>
<message><source>None</source><translation>Keine</translation></message>
<message><source>Setting {direction}</source><translation>Einstellung: {direction}</translation></message>
<message><source>Such as {example}</source><translation>Etwa {example}</translation></message>
<message><source>The setting that the grid varies {direction}</source><translation>Die Einstellung, die das Raster variiert: {direction}</translation></message>
<message><source>Tick the values to compare</source><translation>Werte ankreuzen</translation></message>
<message><source>Values {direction}</source><translation>Werte: {direction}</translation></message>
<message><source>{example}; the others replace the first, which is in the prompt</source><translation>{example}; die anderen ersetzen das erste, das im Prompt steht</translation></message>
</context>
<context>
<name>Backlog</name>
<message><source>{error} The run continues, but would be lost in a crash.</source><translation>{error} Der Lauf geht weiter, ginge aber bei einem Absturz verloren.</translation></message>
</context>
<context>
<name>BoardCollection</name>
<message><source>in the gallery as “{name}”</source><translation>in der Galerie als „{name}“</translation></message>
</context>
<context>
<name>BoardHeader</name>
<message><source>Back to the picture; jobs continue</source><translation>Zurück zum Bild; Aufträge laufen weiter</translation></message>
</context>
<context>
<name>BoardRunner</name>
<message><source>waits for the run</source><translation>wartet auf den Lauf</translation></message>
<message><source>waits until a picture can be saved</source><translation>wartet, bis ein Bild gespeichert werden kann</translation></message>
<message><source>waits while the run is paused</source><translation>wartet, solange der Lauf pausiert ist</translation></message>
<message><source>{finished} of {total}</source><translation>{finished} von {total}</translation></message>
</context>
<context>
<name>BoardView</name>
<message><source>Make the missing pictures on the cluster of the settings</source><translation>Die fehlenden Bilder auf dem eingestellten Cluster generieren</translation></message>
<message><source>Run on a cluster</source><translation>Auf Cluster ausführen</translation></message>
<message><source>Wait until the pictures are made, or stop making them.</source><translation>Warten Sie, bis die Bilder fertig sind, oder stoppen Sie.</translation></message>
</context>
<context>
<name>Boards</name>
<message><source>Leave the set with {keys} first.</source><translation>Zuerst die Serie mit {keys} verlassen.</translation></message>
<message><source>Started from noise, without the branch</source><translation>Begonnen beim Rauschen, ohne den Zweig</translation></message>
<message><source>The picture may look different from its branch.</source><translation>Das Bild kann anders aussehen als sein Zweig.</translation></message>
<message><source>{model} is not installed</source><translation>{model} ist nicht installiert</translation></message>
<message><source>{model} is used instead.</source><translation>Stattdessen wird {model} verwendet.</translation></message>
</context>
<context>
<name>BranchController</name>
<message><source>A branch shares this with its picture; press × below to leave the branch and change it</source><translation>Ein Zweig teilt dies mit seinem Bild; zum Ändern den Zweig mit × unten verlassen</translation></message>
<message><source>Branch from step {step} of {subject}</source><translation>Zweig ab Schritt {step} von {subject}</translation></message>
<message><source>Change a setting for another one, or leave the branch with ×.</source><translation>Für einen weiteren eine Einstellung ändern, oder den Zweig mit × verlassen.</translation></message>
<message><source>Changed</source><translation>Geändert</translation></message>
<message><source>Continue from step {step} with the settings above</source><translation>Ab Schritt {step} mit den obigen Einstellungen fortsetzen</translation></message>
<message><source>Continues step {step} of {subject}</source><translation>Setzt Schritt {step} von {subject} fort</translation></message>
<message><source>Generate branch</source><translation>Zweig generieren</translation></message>
<message><source>Nothing is changed yet</source><translation>Noch ist nichts geändert</translation></message>
<message numerus="yes"><source>Only %n step(s) left: the picture will hardly change</source><translation>
<numerusform>Nur noch %n Schritt: das Bild wird sich kaum ändern</numerusform>
<numerusform>Nur noch %n Schritte: das Bild wird sich kaum ändern</numerusform>
</translation></message>
<message><source>Put {model} into the models folder to branch from it.</source><translation>{model} in den Modellordner legen, um davon abzuzweigen.</translation></message>
<message><source>The branch would be the same picture. Change a setting, or leave the branch with ×.</source><translation>Der Zweig wäre dasselbe Bild. Eine Einstellung ändern oder den Zweig mit × verlassen.</translation></message>
<message><source>The model of this picture is missing</source><translation>Das Modell dieses Bildes fehlt</translation></message>
<message><source>This branch is made already</source><translation>Dieser Zweig ist schon erstellt</translation></message>
<message><source>This branch is queued already</source><translation>Dieser Zweig ist schon in der Warteschlange</translation></message>
<message><source>a picture without a prompt</source><translation>ein Bild ohne Prompt</translation></message>
</context>
<context>
<name>Canvas</name>
<message><source>Picture</source><translation>Bild</translation></message>
<message><source>{width} by {height} pixels</source><translation>{width} mal {height} Pixel</translation></message>
</context>
<context>
<name>CanvasBar</name>
<message><source>Continue</source><translation>Fortsetzen</translation></message>
<message><source>Fit</source><translation>Einpassen</translation></message>
<message><source>Pause</source><translation>Pausieren</translation></message>
<message><source>Pause after this step</source><translation>Nach diesem Schritt pausieren</translation></message>
<message><source>Show all views: noise, difference, both</source><translation>Alle Ansichten zeigen: Rauschen, Unterschied, beide</translation></message>
<message><source>Show only the current view</source><translation>Nur die jetzige Ansicht zeigen</translation></message>
<message><source>Toolbar of the picture</source><translation>Werkzeugleiste des Bildes</translation></message>
<message><source>View mode</source><translation>Ansicht</translation></message>
<message><source>Words</source><translation>Wörter</translation></message>
</context>
<context>
<name>CanvasColourButton</name>
<message><source>Custom colour…</source><translation>Eigene Farbe …</translation></message>
</context>
<context>
<name>CanvasPanel</name>
<message><source>Paused</source><translation>Pausiert</translation></message>
<message><source>Picture area</source><translation>Bildbereich</translation></message>
<message><source>Step {number}</source><translation>Schritt {number}</translation></message>
<message><source>at step {number} of {steps}</source><translation>bei Schritt {number} von {steps}</translation></message>
<message><source>of {steps}</source><translation>von {steps}</translation></message>
<message><source>{milliseconds} ms a step</source><translation>{milliseconds} ms je Schritt</translation></message>
</context>
<context>
<name>Capabilities</name>
<message><source>All {count} have the hashes they were installed with.</source><translation>Alle {count} haben dieselben Hashes wie bei der Installation.</translation></message>
<message><source>Allowed. While a model that you chose is downloaded, a separate process connects to huggingface.co or to the address that you entered.</source><translation>Erlaubt. Während ein von Ihnen gewähltes Modell heruntergeladen wird, verbindet sich ein eigener Prozess mit huggingface.co oder der eingegebenen Adresse.</translation></message>
<message><source>Downloads</source><translation>Downloads</translation></message>
<message><source>Files that differ from what was installed: {different}. Reinstall the program.</source><translation>Dateien, die von den installierten abweichen: {different}. Das Programm neu installieren.</translation></message>
<message><source>Model files</source><translation>Modelldateien</translation></message>
<message><source>Network</source><translation>Netzwerk</translation></message>
<message><source>None. The program runs its own code and that of its listed packages.</source><translation>Keine. Das Programm führt nur eigenen Code und den seiner aufgeführten Pakete aus.</translation></message>
<message><source>Not used. The program opens no connection unless you add other computers, start its server or download a model.</source><translation>Nicht benutzt. Das Programm öffnet keine Verbindung, solange Sie keine anderen Computer hinzufügen, seinen Server nicht starten und kein Modell herunterladen.</translation></message>
<message><source>Off. No model is downloaded.</source><translation>Aus. Es wird kein Modell heruntergeladen.</translation></message>
<message><source>Plugins</source><translation>Plug-ins</translation></message>
<message><source>Program files</source><translation>Programmdateien</translation></message>
<message><source>Read as numbers and text. Code in a model file is never run.</source><translation>Werden als Zahlen und Text gelesen. Code in einer Modelldatei wird nie ausgeführt.</translation></message>
<message><source>This is a source tree, which has no list of hashes.</source><translation>Dies ist ein Quellverzeichnis, das keine Liste von Hashes hat.</translation></message>
<message><source>Used by ssh or Ray for {hosts}, only while you generate there. No other connection is opened, except for downloads.</source><translation>Von ssh oder Ray für {hosts} benutzt, nur während Sie dort Bilder erzeugen. Außer für Downloads wird keine andere Verbindung geöffnet.</translation></message>
</context>
<context>
<name>Catalogue</name>
<message><source>Better drafts than SD-Turbo in a few steps, for 8 GB of memory.</source><translation>Bessere Entwürfe als SD-Turbo in wenigen Schritten, für 8 GB Speicher.</translation></message>
<message><source>Commercial use depends on the terms of the licence; read them first.</source><translation>Die kommerzielle Nutzung hängt von den Bedingungen der Lizenz ab; lesen Sie sie zuerst.</translation></message>
<message><source>Commercial use is allowed.</source><translation>Kommerzielle Nutzung ist erlaubt.</translation></message>
<message><source>Commercial use is allowed; the licence forbids some uses, such as deceiving or harming people.</source><translation>Kommerzielle Nutzung ist erlaubt; die Lizenz verbietet einige Zwecke, etwa Menschen zu täuschen oder ihnen zu schaden.</translation></message>
<message><source>Commercial use is free up to a yearly revenue of 1 million US dollars, under the licence's terms.</source><translation>Kommerzielle Nutzung ist bis zu einem Jahresumsatz von 1 Million US-Dollar frei, nach den Bedingungen der Lizenz.</translation></message>
<message><source>Detailed images in 4 steps, from one file in fp8.</source><translation>Detailreiche Bilder in 4 Schritten, aus einer Datei in fp8.</translation></message>
<message><source>Fast images in 4 steps, and editing with up to four reference images.</source><translation>Schnelle Bilder in 4 Schritten und Bearbeitung mit bis zu vier Referenzbildern.</translation></message>
<message><source>Large images with natural colours, in 8 steps and fp8.</source><translation>Große Bilder mit natürlichen Farben, in 8 Schritten und fp8.</translation></message>
<message><source>Larger images, with many LoRAs, ControlNets and fine-tuned models.</source><translation>Größere Bilder, mit vielen LoRAs, ControlNets und feinabgestimmten Modellen.</translation></message>
<message><source>Long prompts and text in images, in fp8; the slowest here.</source><translation>Lange Prompts und Text in Bildern, in fp8; hier das langsamste.</translation></message>
<message><source>Many styles, with a negative prompt and guidance; slow.</source><translation>Viele Stile, mit negativem Prompt und Guidance; langsam.</translation></message>
<message><source>Photographs and text in images, in 8 steps.</source><translation>Fotografien und Text in Bildern, in 8 Schritten.</translation></message>
<message><source>Quick drafts at 512 × 512 in a few steps, also on a CPU.</source><translation>Schnelle Entwürfe in 512 × 512 in wenigen Schritten, auch auf einer CPU.</translation></message>
<message><source>Small, with the largest choice of LoRAs, ControlNets and fine-tuned models.</source><translation>Klein, mit der größten Auswahl an LoRAs, ControlNets und feinabgestimmten Modellen.</translation></message>
<message><source>The smallest of the larger models, with a negative prompt and guidance.</source><translation>Das kleinste der größeren Modelle, mit negativem Prompt und Guidance.</translation></message>
</context>
<context>
<name>Cell</name>
<message><source>Use {picture}</source><translation>{picture} verwenden</translation></message>
</context>
<context>
<name>ChangedSettings</name>
<message><source>Draw each picture with another seed again</source><translation>Jedes Bild wieder mit einem anderen Seed zeichnen</translation></message>
<message><source>Sets and drafts use this faster version of the model, with few steps. Click to use the full model.</source><translation>Sätze und Entwürfe nutzen diese schnellere Version des Modells mit wenigen Schritten. Ein Klick wählt das volle Modell.</translation></message>
<message><source>{setting}: back to the model's default</source><translation>{setting}: zurück zur Voreinstellung des Modells</translation></message>
</context>
<context>
<name>Changes</name>
<message><source>Change the prompt or guidance</source><translation>Prompt oder Guidance ändern</translation></message>
<message><source>seed of later noise</source><translation>Seed des späteren Rauschens</translation></message>
</context>
<context>
<name>Collapsible</name>
<message><source>Hide: {section}</source><translation>Ausblenden: {section}</translation></message>
<message><source>Show: {section}</source><translation>Einblenden: {section}</translation></message>
</context>
<context>
<name>Combo</name>
<message><source>All {count}…</source><translation>Alle {count} …</translation></message>
</context>
<context>
<name>Commands</name>
<message><source>A set has no single picture. Leave the set first.</source><translation>Eine Serie hat kein einzelnes Bild. Zuerst die Serie verlassen.</translation></message>
<message><source>Click a picture first.</source><translation>Erst auf ein Bild klicken.</translation></message>
<message><source>Generate or choose a picture first.</source><translation>Erzeugen oder wählen Sie zuerst ein Bild.</translation></message>
<message><source>Only models with a ControlNet or with references follow pictures.</source><translation>Nur Modelle mit ControlNet oder mit Referenzen folgen Bildern.</translation></message>
<message><source>Select a picture first.</source><translation>Erst ein Bild auswählen.</translation></message>
<message><source>Settings reset to the model's defaults</source><translation>Einstellungen auf die Vorgaben des Modells zurückgesetzt</translation></message>
<message><source>The selected model and pictures do not use it.</source><translation>Das gewählte Modell und die Bilder verwenden es nicht.</translation></message>
<message><source>The selected model cannot start from a picture.</source><translation>Das gewählte Modell kann nicht mit einem Bild beginnen.</translation></message>
<message><source>{keys} shows what can be done here.</source><translation>{keys} zeigt, was hier möglich ist.</translation></message>
<message><source>“{action}” cannot be used now</source><translation>„{action}“ ist jetzt nicht möglich</translation></message>
</context>
<context>
<name>CompareController</name>
<message><source>Comparison</source><translation>Vergleich</translation></message>
<message><source>Comparison cleared</source><translation>Vergleich geleert</translation></message>
<message><source>Comparison saved</source><translation>Vergleich gespeichert</translation></message>
<message><source>Left out: {files}.</source><translation>Ausgelassen: {files}.</translation></message>
<message><source>Only the first {count} are shown.</source><translation>Nur die ersten {count} werden gezeigt.</translation></message>
<message><source>Pictures ({suffixes})</source><translation>Bilder ({suffixes})</translation></message>
<message><source>Pictures to compare</source><translation>Bilder zum Vergleichen</translation></message>
<message><source>Some files cannot be read</source><translation>Einige Dateien sind nicht lesbar</translation></message>
<message><source>Too many pictures to compare</source><translation>Zu viele Bilder zum Vergleichen</translation></message>
<message><source>Web page of the comparison</source><translation>Webseite des Vergleichs</translation></message>
<message><source>{file} is in your pictures folder.</source><translation>{file} ist im Bilderordner.</translation></message>
<message><source>{picture} removed from the comparison</source><translation>{picture} aus dem Vergleich entfernt</translation></message>
<message><source>{picture}: step {step}</source><translation>{picture}: Schritt {step}</translation></message>
</context>
<context>
<name>ComparePage</name>
<message><source>Add another picture to compare: drop it here, or press Add.</source><translation>Noch ein Bild zum Vergleichen: hier ablegen oder Hinzufügen drücken.</translation></message>
<message><source>All pictures beside each other</source><translation>Alle Bilder nebeneinander</translation></message>
<message><source>Black where both are equal</source><translation>Schwarz, wo beide gleich sind</translation></message>
<message><source>Difference</source><translation>Differenz</translation></message>
<message><source>Drop picture files here, or choose them below.</source><translation>Bilddateien hier ablegen oder unten wählen.</translation></message>
<message><source>Flicker</source><translation>Wechsel</translation></message>
<message><source>In the gallery, select two or more and press Compare.</source><translation>In der Galerie zwei oder mehr wählen und Vergleichen drücken.</translation></message>
<message><source>Mode of comparison</source><translation>Art des Vergleichs</translation></message>
<message><source>Needs exactly two pictures</source><translation>Braucht genau zwei Bilder</translation></message>
<message><source>On the strip of steps, right-click a step and compare it with the final picture.</source><translation>Im Filmstreifen einen Schritt rechts anklicken und mit dem Endbild vergleichen.</translation></message>
<message><source>One after the other in one place; Space pauses, ← → switch</source><translation>Nacheinander an einer Stelle; Leertaste pausiert, ← → wechseln</translation></message>
<message><source>One over the other; drag the line, or use ← →</source><translation>Übereinander; die Linie ziehen oder ← → benutzen</translation></message>
<message><source>Side by side</source><translation>Nebeneinander</translation></message>
<message><source>Slider</source><translation>Schieber</translation></message>
<message><source>{percent} %</source><translation>{percent} %</translation></message>
</context>
<context>
<name>Completions</name>
<message><source>Completions</source><translation>Vervollständigungen</translation></message>
<message><source>Press Enter or Tab to use one</source><translation>Enter oder Tab übernimmt eine</translation></message>
<message><source>embedding</source><translation>Embedding</translation></message>
<message><source>used before</source><translation>zuvor benutzt</translation></message>
</context>
<context>
<name>Conditions</name>
<message><source>Any</source><translation>Beliebig</translation></message>
<message><source>Control</source><translation>Kontrollbilder</translation></message>
<message><source>Interpolation</source><translation>Interpolation</translation></message>
<message><source>No network; quick and soft</source><translation>Kein Netz; schnell und weich</translation></message>
<message><source>References</source><translation>Referenzen</translation></message>
</context>
<context>
<name>ControlImageList</name>
<message><source> or </source><translation> oder </translation></message>
<message><source>A control image ({kinds}) to follow; it can be dropped here</source><translation>Ein Kontrollbild ({kinds}) zum Folgen; es kann hier abgelegt werden</translation></message>
<message><source>A picture that the model sees; it can be dropped here</source><translation>Ein Bild, das das Modell sieht; es kann hier abgelegt werden</translation></message>
<message><source>A picture to follow</source><translation>Ein Bild zum Folgen</translation></message>
<message><source>Follow a picture…</source><translation>Einem Bild folgen …</translation></message>
<message><source>Reference ({count} of {most})…</source><translation>Referenz ({count} von {most}) …</translation></message>
<message><source>Remove all</source><translation>Alle entfernen</translation></message>
</context>
<context>
<name>ControlImageRow</name>
<message><source>From</source><translation>Von</translation></message>
<message><source>How closely it is followed: 0 not at all</source><translation>Wie eng ihm gefolgt wird: 0 gar nicht</translation></message>
<message><source>Image prompt</source><translation>Bild-Prompt</translation></message>
<message><source>Kind of control image</source><translation>Art des Kontrollbilds</translation></message>
<message><source>Move up</source><translation>Nach oben</translation></message>
<message><source>Part of the steps after which it ends</source><translation>Anteil der Schritte, nach dem es endet</translation></message>
<message><source>Part of the steps before it acts</source><translation>Anteil der Schritte, bevor es wirkt</translation></message>
<message><source>Picture {number}</source><translation>Bild {number}</translation></message>
<message><source>Preprocessor</source><translation>Vorverarbeitung</translation></message>
<message><source>Stop following this picture</source><translation>Diesem Bild nicht mehr folgen</translation></message>
<message><source>The next pictures show what this one shows, or have its style</source><translation>Die nächsten Bilder zeigen, was dieses zeigt, oder haben seinen Stil</translation></message>
<message><source>To</source><translation>Bis</translation></message>
<message><source>Weight</source><translation>Gewicht</translation></message>
<message><source>What is done to the picture before the model sees it</source><translation>Was mit dem Bild geschieht, bevor das Modell es sieht</translation></message>
<message><source>What the model is given</source><translation>Was das Modell bekommt</translation></message>
<message><source>What the picture shows the model</source><translation>Was das Bild dem Modell zeigt</translation></message>
</context>
<context>
<name>ControlImages</name>
<message><source>About the control image</source><translation>Zum Steuerbild</translation></message>
<message><source>Follow a picture</source><translation>Einem Bild folgen</translation></message>
</context>
<context>
<name>Controls</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n Bild</numerusform>
<numerusform>%n Bilder</numerusform>
</translation></message>
<message><source>The model that generates the picture; the Models page tells more</source><translation>Das Modell, das das Bild generiert; mehr auf der Seite Modelle</translation></message>
<message><source>With parts of {files}</source><translation>Mit Teilen von {files}</translation></message>
<message><source>the picture had {value}</source><translation>im Bild: {value}</translation></message>
<message><source>{value} in a new set</source><translation>{value} in einer neuen Serie</translation></message>
</context>
<context>
<name>CreatePage</name>
<message><source>Width of the picture list</source><translation>Breite der Bilderliste</translation></message>
<message><source>Width of the settings</source><translation>Breite der Einstellungen</translation></message>
<message><source>Your picture will appear here</source><translation>Hier erscheint das Bild</translation></message>
<message><source>{sentence} Press Generate, or choose an example.</source><translation>{sentence} Generieren drücken oder ein Beispiel wählen.</translation></message>
<message><source>{sentence} Press Generate.</source><translation>{sentence} Generieren drücken.</translation></message>
</context>
<context>
<name>Density</name>
<message><source>Checkerboard</source><translation>Schachbrett</translation></message>
<message><source>Letters</source><translation>Buchstaben</translation></message>
<message><source>Moons</source><translation>Monde</translation></message>
<message><source>Ring</source><translation>Ring</translation></message>
<message><source>Spiral</source><translation>Spirale</translation></message>
<message><source>Two modes</source><translation>Zwei Moden</translation></message>
</context>
<context>
<name>Detail</name>
<message><source>It stays as it is. Try another word.</source><translation>Es bleibt, wie es ist. Versuchen Sie ein anderes Wort.</translation></message>
<message><source>Looking for “{word}”</source><translation>Suche „{word}“</translation></message>
<message><source>There is no “{word}” in the picture</source><translation>Im Bild gibt es kein „{word}“</translation></message>
</context>
<context>
<name>DetailPopup</name>
<message><source>Detail</source><translation>Verfeinern</translation></message>
<message><source>Detail “{word}”</source><translation>„{word}“ verfeinern</translation></message>
<message><source>Find the word and generate it again</source><translation>Das Wort im Bild finden und neu generieren</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompt, or empty for the word</source><translation>Prompt, oder leer für das Wort</translation></message>
<message><source>What the word describes is generated again at full size. All other pixels stay.</source><translation>Was das Wort beschreibt, wird in voller Größe neu generiert. Alle anderen Pixel bleiben.</translation></message>
<message><source>Word</source><translation>Wort</translation></message>
<message><source>Word, such as face</source><translation>Wort, etwa Gesicht</translation></message>
</context>
<context>
<name>Details</name>
<message><source>About the system</source><translation>Über das System</translation></message>
<message><source>Basis of</source><translation>Grundlage von</translation></message>
<message><source>Builds on</source><translation>Baut auf</translation></message>
<message><source>Claim</source><translation>Behauptung</translation></message>
<message><source>Copy the command</source><translation>Befehl kopieren</translation></message>
<message><source>Generate pictures with it</source><translation>Bilder damit generieren</translation></message>
<message><source>Generate points with it</source><translation>Punkte damit generieren</translation></message>
<message><source>It starts with</source><translation>Es beginnt mit</translation></message>
<message><source>Its loss</source><translation>Seine Verlustfunktion</translation></message>
<message><source>More actions</source><translation>Weitere Aktionen</translation></message>
<message><source>Result</source><translation>Ergebnis</translation></message>
<message><source>The claim also restricts</source><translation>Die Behauptung begrenzt auch</translation></message>
<message><source>The mathematics</source><translation>Die Mathematik</translation></message>
<message><source>Try it</source><translation>Ausprobieren</translation></message>
<message><source>Weights</source><translation>Gewichte</translation></message>
<message><source>What a step does</source><translation>Was ein Schritt tut</translation></message>
<message><source>What is learned</source><translation>Was gelernt wird</translation></message>
</context>
<context>
<name>DetailsPanel</name>
<message><source>Edited from</source><translation>Bearbeitet aus</translation></message>
<message><source>Its file</source><translation>Seine Datei</translation></message>
<message><source>Reproducibility</source><translation>Reproduzierbarkeit</translation></message>
<message><source>Select a picture to see how it was made.</source><translation>Ein Bild wählen, um zu sehen, wie es entstand.</translation></message>
<message><source>Show the picture as it was generated</source><translation>Das Bild zeigen, wie es generiert wurde</translation></message>
<message><source>check</source><translation>prüfen</translation></message>
<message><source>details</source><translation>Details</translation></message>
</context>
<context>
<name>Device</name>
<message numerus="yes"><source>CPU · %n thread(s)</source><translation>
<numerusform>CPU · %n Thread</numerusform>
<numerusform>CPU · %n Threads</numerusform>
</translation></message>
</context>
<context>
<name>Diagnosis</name>
<message><source>Broken: captions have no effect. Check that they belong to their images.</source><translation>Fehler: Beschreibungen haben keine Wirkung. Prüfen, ob sie zu ihren Bildern gehören.</translation></message>
<message><source>Broken: numbers overflow. Train in fp32, or at a lower rate.</source><translation>Fehler: Zahlen laufen über. In fp32 oder mit kleinerer Lernrate trainieren.</translation></message>
<message><source>Broken: predicted images are too bright or too dark. Check the range of the data.</source><translation>Fehler: Vorhergesagte Bilder sind zu hell oder zu dunkel. Den Wertebereich der Daten prüfen.</translation></message>
<message><source>Broken: the data has {spread} times the spread that the model expects.</source><translation>Fehler: Die Daten streuen {spread}-mal so stark, wie das Modell erwartet.</translation></message>
<message><source>Broken: the error rises below σ = {ratio}.</source><translation>Fehler: Unter σ = {ratio} steigt der Fehler.</translation></message>
<message><source>Broken: the images have more noise than the network is told.</source><translation>Fehler: Die Bilder haben mehr Rauschen, als dem Netz angegeben wird.</translation></message>
<message><source>Broken: the loss jumps or does not fall. Lower the learning rate.</source><translation>Fehler: Der Verlust springt oder fällt nicht. Die Lernrate senken.</translation></message>
<message><source>Broken: the network is no better than an untrained one. Check its targets, or raise the learning rate.</source><translation>Fehler: Das Netz ist nicht besser als ein untrainiertes. Die Ziele prüfen oder die Lernrate erhöhen.</translation></message>
<message><source>Broken: the network learns another target than the sampler uses.</source><translation>Fehler: Das Netz lernt ein anderes Ziel, als der Sampler verwendet.</translation></message>
<message><source>Broken: the weights grow too fast. Lower the learning rate.</source><translation>Fehler: Die Gewichte wachsen zu schnell. Die Lernrate senken.</translation></message>
<message><source>Broken: {layer} has not changed since the start.</source><translation>Fehler: {layer} hat sich seit dem Start nicht geändert.</translation></message>
<message><source>It is copying: stop, or add images.</source><translation>Es kopiert: stoppen oder Bilder hinzufügen.</translation></message>
<message><source>It is too early to tell what is learned.</source><translation>Es ist noch zu früh, um zu sagen, was gelernt ist.</translation></message>
<message><source>Layout and details are learned; {percent} % of what this data allows.</source><translation>Aufbau und Einzelheiten sind gelernt; {percent} % dessen, was diese Daten erlauben.</translation></message>
<message><source>Layout is learned down to σ = {ratio}; details are not; {percent} % of what this data allows.</source><translation>Der Aufbau ist bis σ = {ratio} gelernt, Einzelheiten noch nicht; {percent} % dessen, was diese Daten erlauben.</translation></message>
<message><source>Layout is not learned yet; {percent} % of what this data allows.</source><translation>Der Aufbau ist noch nicht gelernt; {percent} % dessen, was diese Daten erlauben.</translation></message>
<message><source>The training was too short to tell what was learned.</source><translation>Das Training war zu kurz, um zu sagen, was gelernt wurde.</translation></message>
<message><source>The weights are not averaged: images will vary from step to step.</source><translation>Die Gewichte werden nicht gemittelt: Bilder schwanken von Schritt zu Schritt.</translation></message>
</context>
<context>
<name>Difference</name>
<message><source>the same, pixel for pixel</source><translation>gleich, Pixel für Pixel</translation></message>
<message><source>{numbers}, shown × {gain}</source><translation>{numbers}, gezeigt × {gain}</translation></message>
<message><source>{share} % of the pixels, {mean} of 255 on average</source><translation>{share} % der Pixel, im Mittel {mean} von 255</translation></message>
</context>
<context>
<name>DistanceChart</name>
<message><source>Distance from the true distribution</source><translation>Abstand von der wahren Verteilung</translation></message>
<message><source>Two true samples</source><translation>Zwei wahre Stichproben</translation></message>
<message><source>distance from the truth · evaluations of the denoiser</source><translation>Abstand von der Wahrheit · Auswertungen des Denoisers</translation></message>
</context>
<context>
<name>Doctor</name>
<message><source>1 image, index damaged</source><translation>1 Bild, Index beschädigt</translation></message>
<message><source>1 image, index sound</source><translation>1 Bild, Index in Ordnung</translation></message>
<message><source>Allow reading it, or start the program as its owner.</source><translation>Das Lesen erlauben oder das Programm als Eigentümer starten.</translation></message>
<message><source>Allow writing there, or choose another folder.</source><translation>Das Schreiben dort erlauben oder einen anderen Ordner wählen.</translation></message>
<message><source>Cache folder</source><translation>Cache-Ordner</translation></message>
<message><source>Check that its disk is connected and not full.</source><translation>Prüfen, ob der Datenträger verbunden und nicht voll ist.</translation></message>
<message><source>Choose another device in the settings; until then the fastest is used.</source><translation>In den Einstellungen ein anderes Gerät wählen; bis dahin wird das schnellste benutzt.</translation></message>
<message><source>Chosen device</source><translation>Gewähltes Gerät</translation></message>
<message><source>Close other programs during a run, or choose smaller models.</source><translation>Während eines Laufs andere Programme schließen oder kleinere Modelle wählen.</translation></message>
<message><source>Connect its disk, or choose another folder in the settings.</source><translation>Den Datenträger anschließen oder in den Einstellungen einen anderen Ordner wählen.</translation></message>
<message><source>Connect its disk, or remove it in the settings.</source><translation>Den Datenträger anschließen oder den Ordner in den Einstellungen entfernen.</translation></message>
<message><source>Crashes</source><translation>Abstürze</translation></message>
<message><source>Data folder</source><translation>Datenordner</translation></message>
<message><source>Device {number}</source><translation>Gerät {number}</translation></message>
<message><source>Devices</source><translation>Geräte</translation></message>
<message><source>Error</source><translation>Fehler</translation></message>
<message><source>Errors</source><translation>Fehler</translation></message>
<message><source>Free some space on this disk.</source><translation>Auf diesem Datenträger Platz schaffen.</translation></message>
<message><source>Gallery</source><translation>Galerie</translation></message>
<message><source>Install it with  {command}  if you want it.</source><translation>Bei Bedarf installieren mit  {command}</translation></message>
<message><source>Last crash</source><translation>Letzter Absturz</translation></message>
<message><source>Memory</source><translation>Arbeitsspeicher</translation></message>
<message><source>Model file</source><translation>Modelldatei</translation></message>
<message><source>Model folder</source><translation>Modellordner</translation></message>
<message><source>Models</source><translation>Modelle</translation></message>
<message><source>Pictures folder</source><translation>Bilderordner</translation></message>
<message><source>Presets</source><translation>Presets</translation></message>
<message><source>Processor</source><translation>Prozessor</translation></message>
<message><source>Recorded steps</source><translation>Gespeicherte Schritte</translation></message>
<message><source>Reinstall the program, or put a model into the models folder.</source><translation>Das Programm neu installieren oder ein Modell in den Modellordner legen.</translation></message>
<message><source>Reinstall the program.</source><translation>Das Programm neu installieren.</translation></message>
<message><source>Report it to the developers, with this report.</source><translation>Den Entwicklern mit diesem Bericht melden.</translation></message>
<message><source>Report it to the developers, with {file}.</source><translation>Den Entwicklern melden, zusammen mit {file}.</translation></message>
<message><source>Run `{command} gallery rebuild`; it does not change the images.</source><translation>`{command} gallery rebuild` ausführen; die Bilder bleiben unverändert.</translation></message>
<message><source>System</source><translation>System</translation></message>
<message><source>Try again in a moment.</source><translation>Gleich noch einmal versuchen.</translation></message>
<message><source>Use the newest version of the program on this computer.</source><translation>Die neueste Version des Programms auf diesem Computer benutzen.</translation></message>
<message><source>Wildcards</source><translation>Wildcards</translation></message>
<message><source>cannot be opened</source><translation>kann nicht geöffnet werden</translation></message>
<message><source>its index cannot be checked now</source><translation>ihr Index kann gerade nicht geprüft werden</translation></message>
<message><source>its index cannot be read</source><translation>der Index kann nicht gelesen werden</translation></message>
<message><source>its index is in use by another program</source><translation>ihr Index wird von einem anderen Programm benutzt</translation></message>
<message><source>its index is of a newer version</source><translation>ihr Index stammt von einer neueren Version</translation></message>
<message><source>none</source><translation>keine</translation></message>
<message><source>none recorded in {folder}</source><translation>keine aufgezeichnet in {folder}</translation></message>
<message><source>none so far</source><translation>bisher keine</translation></message>
<message><source>not in this bundle, which saves films as GIF or WebP</source><translation>nicht in diesem Paket, das Filme als GIF oder WebP speichert</translation></message>
<message><source>not installed</source><translation>nicht installiert</translation></message>
<message><source>not installed; needed for saving films as MP4</source><translation>nicht installiert; zum Speichern von Filmen als MP4 nötig</translation></message>
<message><source>this user may not read its index</source><translation>dieser Benutzer darf ihr Index nicht lesen</translation></message>
<message><source>torch cannot be loaded ({error})</source><translation>torch kann nicht geladen werden ({error})</translation></message>
<message><source>{count} images, index damaged</source><translation>{count} Bilder, Index beschädigt</translation></message>
<message><source>{count} images, index sound</source><translation>{count} Bilder, Index in Ordnung</translation></message>
<message><source>{count} threads</source><translation>{count} Threads</translation></message>
<message><source>{device} is missing</source><translation>{device} fehlt</translation></message>
<message><source>{folder}, {size} free</source><translation>{folder}, {size} frei</translation></message>
<message><source>{folder}: cannot be written to</source><translation>{folder}: nicht beschreibbar</translation></message>
<message><source>{folder}: missing</source><translation>{folder}: fehlt</translation></message>
<message><source>{path} cannot be used</source><translation>{path} kann nicht verwendet werden</translation></message>
<message><source>{shipped} built in, {own} of your own</source><translation>{shipped} eingebaut, {own} eigene</translation></message>
<message><source>{shipped} built in, {own} of your own; LoRAs, VAEs and other parts of your own: {added}</source><translation>{shipped} eingebaut, {own} eigene; eigene LoRAs, VAEs und andere Teile: {added}</translation></message>
<message><source>{version}, for saving films as MP4</source><translation>{version}, zum Speichern von Filmen als MP4</translation></message>
</context>
<context>
<name>DownloadDialog</name>
<message numerus="yes"><source>%n file(s)</source><translation>
<numerusform>%n Datei</numerusform>
<numerusform>%n Dateien</numerusform>
</translation></message>
<message><source>A model on huggingface.co, or an https address that ends in .safetensors, .gguf or .ckpt</source><translation>Ein Modell auf huggingface.co oder eine https-Adresse, die auf .safetensors, .gguf oder .ckpt endet</translation></message>
<message><source>A picture with it</source><translation>Ein Bild damit</translation></message>
<message><source>Added: {names}.</source><translation>Hinzugefügt: {names}.</translation></message>
<message><source>All of it was here already.</source><translation>Alles davon war schon da.</translation></message>
<message><source>Allow downloads</source><translation>Downloads erlauben</translation></message>
<message><source>Another model</source><translation>Ein anderes Modell</translation></message>
<message><source>Cancel</source><translation>Abbrechen</translation></message>
<message><source>Cancelled. What has arrived is kept; a new start resumes it.</source><translation>Abgebrochen. Was angekommen ist, bleibt; ein neuer Start setzt fort.</translation></message>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Download</source><translation>Herunterladen</translation></message>
<message><source>Download it</source><translation>Herunterladen</translation></message>
<message><source>Download the model in the field</source><translation>Das Modell im Feld herunterladen</translation></message>
<message><source>Download this model with all its parts</source><translation>Dieses Modell mit allen Teilen herunterladen</translation></message>
<message><source>Downloads are off. If you allow them, the program connects to huggingface.co, or to an address that you enter, while it downloads a model that you chose.</source><translation>Downloads sind aus. Wenn Sie sie erlauben, verbindet sich das Programm mit huggingface.co oder einer von Ihnen eingegebenen Adresse, während es ein von Ihnen gewähltes Modell herunterlädt.</translation></message>
<message><source>Family</source><translation>Familie</translation></message>
<message><source>From</source><translation>Von</translation></message>
<message><source>Get a model</source><translation>Modell holen</translation></message>
<message><source>Licence</source><translation>Lizenz</translation></message>
<message><source>Memory</source><translation>Speicher</translation></message>
<message><source>Models to download</source><translation>Modelle zum Herunterladen</translation></message>
<message><source>OWNER/NAME of huggingface.co, or the address of a file</source><translation>OWNER/NAME von huggingface.co oder die Adresse einer Datei</translation></message>
<message><source>Open the model's page in the browser</source><translation>Die Seite des Modells im Browser öffnen</translation></message>
<message><source>Progress of the download</source><translation>Fortschritt des Downloads</translation></message>
<message><source>Read the licence</source><translation>Lizenz lesen</translation></message>
<message><source>Resume</source><translation>Fortsetzen</translation></message>
<message><source>Stop; what has arrived is kept</source><translation>Anhalten; was angekommen ist, bleibt</translation></message>
<message><source>The same as in Settings under Permissions</source><translation>Dasselbe wie in den Einstellungen unter Berechtigungen</translation></message>
<message><source>The selected model</source><translation>Das gewählte Modell</translation></message>
<message><source>about {size}, {files}</source><translation>etwa {size}, {files}</translation></message>
<message><source>about {time} at {side} × {side}, on this computer</source><translation>etwa {time} bei {side} × {side}, auf diesem Computer</translation></message>
<message><source>estimating…</source><translation>wird geschätzt …</translation></message>
<message><source>{file}: checking and adding it…</source><translation>{file}: wird geprüft und hinzugefügt …</translation></message>
<message><source>{file}: {done} of {total}</source><translation>{file}: {done} von {total}</translation></message>
<message><source>{model}: asking for its files…</source><translation>{model}: fragt nach seinen Dateien …</translation></message>
<message><source>{progress}, {time} left</source><translation>{progress}, noch {time}</translation></message>
<message><source>{size}; with less, weights are read from the disk at each step, which is slower</source><translation>{size}; mit weniger werden Gewichte bei jedem Schritt von der Platte gelesen, was langsamer ist</translation></message>
</context>
<context>
<name>DropArea</name>
<message><source>Drop a folder of pictures here</source><translation>Einen Ordner mit Bildern hier ablegen</translation></message>
</context>
<context>
<name>DropZones</name>
<message><source>Start from it</source><translation>Damit beginnen</translation></message>
<message><source>Use its settings</source><translation>Seine Einstellungen</translation></message>
<message><source>as stored in the file</source><translation>wie in der Datei gespeichert</translation></message>
<message><source>use it as the start of the next pictures</source><translation>als Anfang der nächsten Bilder verwenden</translation></message>
</context>
<context>
<name>Enlarge</name>
<message><source>Enlarging · {share} %</source><translation>Vergrößern · {share} %</translation></message>
</context>
<context>
<name>EnlargePopup</name>
<message><source>An upscaler enlarges the picture, and the model refines it in overlapping tiles.</source><translation>Ein Upscaler vergrößert das Bild, und das Modell verfeinert es in überlappenden Kacheln.</translation></message>
<message><source>Built in</source><translation>Eingebaut</translation></message>
<message><source>Enlarge and refine</source><translation>Vergrößern und verfeinern</translation></message>
<message><source>Enlarge the picture and save it in the gallery</source><translation>Das Bild vergrößern und in der Galerie speichern</translation></message>
<message><source>Factor</source><translation>Faktor</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>{width} × {height} pixels</source><translation>{width} × {height} Pixel</translation></message>
</context>
<context>
<name>Errors</name>
<message><source>1 entry</source><translation>1 Eintrag</translation></message>
<message><source>A name pattern cannot be empty; the default is {default}.</source><translation>Das Namensmuster darf nicht leer sein; der Standard ist {default}.</translation></message>
<message><source>A name pattern has no field {field}; choose from {known}.</source><translation>Ein Namensmuster hat kein Feld {field}; möglich sind {known}.</translation></message>
<message><source>A picture can have at most {most} details; leave out the others.</source><translation>Ein Bild kann höchstens {most} Details haben; lassen Sie die übrigen weg.</translation></message>
<message><source>A picture to detail has at most {most} pixels a side; reduce it first.</source><translation>Ein Bild zum Verfeinern hat höchstens {most} Pixel je Seite; verkleinern Sie es zuerst.</translation></message>
<message><source>A word of what to detail has at most {most} characters; shorten it.</source><translation>Das Wort für ein Detail hat höchstens {most} Zeichen; kürzen Sie es.</translation></message>
<message><source>An entry of the queue was damaged; it was moved to {file}.</source><translation>Ein Eintrag der Warteschlange war beschädigt; er wurde nach {file} verschoben.</translation></message>
<message><source>Another GDM Studio is busy with the gallery; try again in a moment.</source><translation>Ein anderes GDM Studio arbeitet gerade mit der Galerie; gleich erneut versuchen.</translation></message>
<message><source>Check the prompt</source><translation>Den Prompt prüfen</translation></message>
<message><source>Check the settings</source><translation>Die Einstellungen prüfen</translation></message>
<message><source>Downloads are off; allow them in Settings under Permissions, or by `gdm-studio models get --allow`.</source><translation>Downloads sind aus; erlauben Sie sie in den Einstellungen unter Berechtigungen oder mit `gdm-studio models get --allow`.</translation></message>
<message><source>Downloads need the package huggingface_hub. {advice}</source><translation>Downloads brauchen das Paket huggingface_hub. {advice}</translation></message>
<message><source>HF_HUB_OFFLINE forbids connections to the hub; unset it, then start the download again.</source><translation>HF_HUB_OFFLINE verbietet Verbindungen zum Hub; entfernen Sie es und starten Sie den Download erneut.</translation></message>
<message><source>In {folder}, the edited pictures would be among those to edit; choose another folder for them.</source><translation>In {folder} lägen die bearbeiteten Bilder bei denen, die zu bearbeiten sind; wählen Sie für sie einen anderen Ordner.</translation></message>
<message><source>Name a word that describes what to detail, such as face.</source><translation>Nennen Sie ein Wort, das beschreibt, was verfeinert werden soll, etwa Gesicht.</translation></message>
<message><source>Name a word that describes what to select.</source><translation>Ein Wort nennen, das beschreibt, was ausgewählt werden soll.</translation></message>
<message><source>No engine process can be started; the window generates images itself, but slower.</source><translation>Es kann kein Engine-Prozess gestartet werden; das Fenster erzeugt die Bilder selbst, aber langsamer.</translation></message>
<message><source>No installed font has the characters {characters}; install a font for them, such as Noto Sans.</source><translation>Keine installierte Schrift hat die Zeichen {characters}; eine passende Schrift installieren, etwa Noto Sans.</translation></message>
<message><source>On {host}: {error}</source><translation>Auf {host}: {error}</translation></message>
<message><source>Reinstall the program.</source><translation>Das Programm neu installieren.</translation></message>
<message><source>Run `{command}` to repair the program.</source><translation>`{command}` repariert das Programm.</translation></message>
<message><source>That did not work</source><translation>Das hat nicht geklappt</translation></message>
<message><source>The cluster does not answer; check its address in Settings.</source><translation>Der Cluster antwortet nicht; seine Adresse in den Einstellungen prüfen.</translation></message>
<message><source>The colour profile of the picture cannot be used; its colours are read as sRGB.</source><translation>Das Farbprofil des Bildes ist nicht verwendbar; seine Farben werden als sRGB gelesen.</translation></message>
<message><source>The connection to {host} was lost ({reason}); start the download again to resume it.</source><translation>Die Verbindung zu {host} ging verloren ({reason}); starten Sie den Download erneut, um ihn fortzusetzen.</translation></message>
<message><source>The device cannot be used</source><translation>Das Gerät ist nicht verwendbar</translation></message>
<message><source>The disk of {folder} does not answer; check that it is connected, or choose another folder.</source><translation>Der Datenträger von {folder} antwortet nicht; prüfen, ob er angeschlossen ist, oder einen anderen Ordner wählen.</translation></message>
<message><source>The disk of {folder} has {free} GB free, but {size} GB are needed; free some space, then try again.</source><translation>Auf der Platte von {folder} sind {free} GB frei, aber {size} GB werden gebraucht; schaffen Sie Platz und versuchen Sie es erneut.</translation></message>
<message><source>The disk of {folder} is full; free some space, then try again.</source><translation>Der Datenträger von {folder} ist voll; Platz schaffen und erneut versuchen.</translation></message>
<message><source>The drive of {place} is not connected; connect it, or choose another folder.</source><translation>Das Laufwerk von {place} ist nicht angeschlossen; es anschließen oder einen anderen Ordner wählen.</translation></message>
<message><source>The engine cannot be started; restart the program.</source><translation>Die Engine kann nicht gestartet werden; das Programm neu starten.</translation></message>
<message><source>The engine did not answer. It was started again.</source><translation>Die Engine hat nicht geantwortet. Sie wurde neu gestartet.</translation></message>
<message><source>The engine did not answer; another one begins again.</source><translation>Die Engine hat nicht geantwortet; eine andere beginnt von vorn.</translation></message>
<message><source>The engine did not answer; another one continues at the last recorded step.</source><translation>Die Engine hat nicht geantwortet; eine andere macht beim letzten gespeicherten Schritt weiter.</translation></message>
<message><source>The engine ended twice at step {step}; generate fewer images at a time.</source><translation>Die Engine wurde zweimal bei Schritt {step} beendet; weniger Bilder auf einmal erzeugen.</translation></message>
<message><source>The engine ended twice at step {step}; try a smaller size.</source><translation>Die Engine wurde zweimal bei Schritt {step} beendet; eine kleinere Größe versuchen.</translation></message>
<message><source>The engine ended twice at step {step}; use another device.</source><translation>Die Engine wurde zweimal bei Schritt {step} beendet; ein anderes Gerät verwenden.</translation></message>
<message><source>The engine ended twice while it worked on this; try again.</source><translation>Die Engine wurde dabei zweimal beendet; noch einmal versuchen.</translation></message>
<message><source>The engine ended unexpectedly. It was started again.</source><translation>Die Engine wurde unerwartet beendet. Sie wurde neu gestartet.</translation></message>
<message><source>The engine ended unexpectedly; another one begins again.</source><translation>Die Engine wurde unerwartet beendet; eine andere beginnt von vorn.</translation></message>
<message><source>The engine ended unexpectedly; another one continues at the last recorded step.</source><translation>Die Engine wurde unerwartet beendet; eine andere macht beim letzten gespeicherten Schritt weiter.</translation></message>
<message><source>The engine has ended; try again.</source><translation>Die Engine ist beendet; noch einmal versuchen.</translation></message>
<message><source>The file cannot be used</source><translation>Die Datei ist nicht verwendbar</translation></message>
<message><source>The file of settings was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>Die Datei mit den Einstellungen war beschädigt; sie bleibt als {file} erhalten und wurde durch das Lesbare ersetzt.</translation></message>
<message><source>The folder could not be opened</source><translation>Der Ordner ließ sich nicht öffnen</translation></message>
<message><source>The folder {folder} cannot be created; choose another.</source><translation>Der Ordner {folder} lässt sich nicht anlegen; einen anderen wählen.</translation></message>
<message><source>The folder {folder} cannot be read; choose another one.</source><translation>Der Ordner {folder} kann nicht gelesen werden; einen anderen wählen.</translation></message>
<message><source>The gallery's index was damaged and is built again from the files; nothing of yours was in it.</source><translation>Der Index der Galerie war beschädigt und wird aus den Dateien neu aufgebaut; er enthielt nichts Eigenes.</translation></message>
<message><source>The last prompt is too long to be shown; the prompt is empty now. The file is kept as {file}.</source><translation>Der letzte Prompt ist zu lang zum Anzeigen; der Prompt ist jetzt leer. Die Datei bleibt als {file} erhalten.</translation></message>
<message><source>The mask is the start picture itself; paint it white, or make it transparent, where to redraw.</source><translation>Die Maske ist das Startbild selbst; sie weiß malen oder transparent machen, wo neu gezeichnet werden soll.</translation></message>
<message><source>The mask marks nothing to redraw; paint it white, or make it transparent, where that should be.</source><translation>Die Maske markiert nichts zum Neuzeichnen; sie dort weiß malen oder transparent machen.</translation></message>
<message><source>The mask marks the whole picture to be redrawn.</source><translation>Die Maske markiert das ganze Bild zum Neuzeichnen.</translation></message>
<message><source>The model cannot be used</source><translation>Das Modell ist nicht verwendbar</translation></message>
<message><source>The model finds no {word!r} in the picture; name it by another word.</source><translation>Das Modell findet kein {word!r} im Bild; mit einem anderen Wort benennen.</translation></message>
<message><source>The model was not downloaded</source><translation>Das Modell wurde nicht heruntergeladen</translation></message>
<message><source>The name is taken</source><translation>Der Name ist vergeben</translation></message>
<message><source>The path {path} is too long for this disk; choose a shorter one.</source><translation>Der Pfad {path} ist zu lang für diesen Datenträger; einen kürzeren wählen.</translation></message>
<message><source>The picture contains infinite or undefined values; make it again in full precision.</source><translation>Das Bild enthält unendliche oder undefinierte Werte; mit voller Genauigkeit erneut generieren.</translation></message>
<message><source>The picture contains infinite or undefined values; make it again on the CPU.</source><translation>Das Bild enthält unendliche oder undefinierte Werte; auf der CPU erneut generieren.</translation></message>
<message><source>The picture contains infinite or undefined values; try more steps, another scheduler or less guidance.</source><translation>Das Bild enthält unendliche oder undefinierte Werte; mehr Schritte, einen anderen Scheduler oder weniger Guidance versuchen.</translation></message>
<message><source>The picture could not be computed</source><translation>Das Bild konnte nicht berechnet werden</translation></message>
<message><source>The picture is too long and narrow for {model} with tiles of {tile} pixels; crop it, or choose a larger factor or another model.</source><translation>Das Bild ist zu lang und schmal für {model} mit Kacheln von {tile} Pixeln; es zuschneiden oder einen größeren Faktor oder ein anderes Modell wählen.</translation></message>
<message><source>The picture would be {width}x{height} pixels; a side can have at most {most}. Choose a smaller factor.</source><translation>Das Bild hätte {width}x{height} Pixel; eine Seite kann höchstens {most} haben. Einen kleineren Faktor wählen.</translation></message>
<message><source>The prompt becomes longer than {limit:,} characters; shorten its parts.</source><translation>Der Prompt wird länger als {limit:,} Zeichen; seine Teile kürzen.</translation></message>
<message><source>The proxy in ALL_PROXY, HTTPS_PROXY or HTTP_PROXY cannot be used, because its address does not begin with http; name an HTTP proxy there, or unset the variable.</source><translation>Der Proxy in ALL_PROXY, HTTPS_PROXY oder HTTP_PROXY kann nicht verwendet werden, weil seine Adresse nicht mit http beginnt; nennen Sie dort einen HTTP-Proxy, oder löschen Sie die Variable.</translation></message>
<message><source>The saved state of the window was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>Der gespeicherte Zustand des Fensters war beschädigt; er bleibt als {file} erhalten und wurde durch das Lesbare ersetzt.</translation></message>
<message><source>The server does not state the size of {name}; download it with a browser.</source><translation>Der Server nennt die Größe von {name} nicht; laden Sie die Datei mit einem Browser herunter.</translation></message>
<message><source>The server sent another file than the {name} that it announced; this was deleted, try again later.</source><translation>Der Server hat eine andere Datei als die angekündigte {name} geschickt; sie wurde gelöscht, versuchen Sie es später erneut.</translation></message>
<message><source>The start picture is no longer on this machine; choose it again.</source><translation>Das Startbild ist nicht mehr auf diesem Rechner; es erneut wählen.</translation></message>
<message><source>The steps up to {step} do not fit the model as it is now, so the run starts again.</source><translation>Die Schritte bis {step} passen nicht zum Modell, wie es jetzt ist; der Lauf beginnt von vorn.</translation></message>
<message><source>The transparent part of the mask is redrawn, {share} of the picture.</source><translation>Der transparente Teil der Maske wird neu gezeichnet, {share} des Bildes.</translation></message>
<message><source>The wildcard {name!r} cannot be read: {error}</source><translation>Die Wildcard {name!r} kann nicht gelesen werden: {error}</translation></message>
<message><source>The wildcard {name!r} has a line of more than {limit:,} characters; shorten it.</source><translation>Die Wildcard {name!r} hat eine Zeile mit mehr als {limit:,} Zeichen; sie kürzen.</translation></message>
<message><source>The wildcard {name!r} has no lines; write one word or phrase per line.</source><translation>Die Wildcard {name!r} hat keine Zeilen; ein Wort oder eine Wendung pro Zeile schreiben.</translation></message>
<message><source>The wildcard {name!r} is not a text file; save it as UTF-8.</source><translation>Die Wildcard {name!r} ist keine Textdatei; sie als UTF-8 speichern.</translation></message>
<message><source>The window did not answer with its last prompt; the prompt is empty now. The file is kept as {file}.</source><translation>Das Fenster reagierte mit seinem letzten Prompt nicht; der Prompt ist jetzt leer. Die Datei bleibt als {file} erhalten.</translation></message>
<message><source>There is a collection called {name} already; choose another name.</source><translation>Es gibt schon eine Sammlung namens {name}; einen anderen Namen wählen.</translation></message>
<message><source>There is a preset called {name!r} already; choose another name, or rename that one.</source><translation>Es gibt schon ein Preset namens {name!r}; einen anderen Namen wählen oder jenes umbenennen.</translation></message>
<message><source>There is a run called {title}; choose it to continue it, or another name.</source><translation>Es gibt schon ein Training namens {title}; es wählen, um es fortzusetzen, oder einen anderen Namen.</translation></message>
<message><source>There is no LoRA called {name!r} in the models folder; put its file there.</source><translation>Im Modellordner gibt es kein LoRA namens {name!r}; seine Datei dort ablegen.</translation></message>
<message><source>There is no LoRA called {name!r}; did you mean {names}?</source><translation>Es gibt kein LoRA namens {name!r}; war {names} gemeint?</translation></message>
<message><source>There is no model called {name!r}, and no other; put a model file into the models folder.</source><translation>Es gibt kein Modell namens {name!r} und auch kein anderes; eine Modelldatei in den Modellordner legen.</translation></message>
<message><source>There is no model called {name!r}; did you mean {names}?</source><translation>Es gibt kein Modell namens {name!r}; war {names} gemeint?</translation></message>
<message><source>There is no model called {name!r}; there are: {names}.</source><translation>Es gibt kein Modell namens {name!r}; vorhanden sind: {names}.</translation></message>
<message><source>There is no model {name!r} to download; enter an address, OWNER/NAME, or one of {names}.</source><translation>Es gibt kein Modell {name!r} zum Herunterladen; geben Sie eine Adresse, OWNER/NAME oder einen dieser Namen ein: {names}.</translation></message>
<message><source>There is no wildcard called {name!r}; put {name}.txt into {folder}.</source><translation>Es gibt keine Wildcard namens {name!r}; {name}.txt in {folder} ablegen.</translation></message>
<message><source>There is no wildcard that matches {name!r} in {folder}.</source><translation>In {folder} passt keine Wildcard zu {name!r}.</translation></message>
<message><source>There is no {word!r} in the picture, which stays as it is.</source><translation>Im Bild gibt es kein {word!r}; es bleibt, wie es ist.</translation></message>
<message><source>There is not enough memory for even one picture; close other programs and try again.</source><translation>Der Speicher reicht nicht einmal für ein Bild; andere Programme schließen und erneut versuchen.</translation></message>
<message><source>There is too little memory for {side} pixels; choose a smaller size.</source><translation>Der Speicher reicht nicht für {side} Pixel; eine kleinere Größe wählen.</translation></message>
<message><source>These could not be read, and their places are empty: {files}.</source><translation>Nicht lesbar, daher leer auf dem Bogen: {files}.</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose a smaller model.</source><translation>Dieses Bild braucht mindestens {least} Speicher, vorhanden sind {total}; wählen Sie ein kleineres Modell.</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose {width} × {height} or less.</source><translation>Dieses Bild braucht mindestens {least} Speicher, vorhanden sind {total}; wählen Sie {width} × {height} oder weniger.</translation></message>
<message><source>This needs {packages}, not contained in the bundle; install GDM Studio from its source code to use it.</source><translation>Dafür wird {packages} benötigt, was das Installationspaket nicht enthält; dafür GDM Studio aus seinem Quelltext installieren.</translation></message>
<message><source>This needs {packages}; run `{command}` to install it.</source><translation>Dafür wird {packages} benötigt; `{command}` installiert es.</translation></message>
<message><source>Used by its name, though its hash is another: {files}.</source><translation>Nach dem Namen verwendet, obwohl der Hash abweicht: {files}.</translation></message>
<message><source>What was chosen for models was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>Die Auswahl für Modelle war beschädigt; sie bleibt als {file} erhalten und wurde durch das Lesbare ersetzt.</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}.</source><translation>Favoriten, Tags, Notizen und Sammlungen waren beschädigt: {restored}.</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}; the damaged file is kept as {file}.</source><translation>Favoriten, Tags, Notizen und Sammlungen waren beschädigt: {restored}; die beschädigte Datei bleibt als {file} erhalten.</translation></message>
<message><source>embedding {name}</source><translation>Embedding {name}</translation></message>
<message><source>model {name}</source><translation>Modell {name}</translation></message>
<message><source>nothing of it could be read, and there is no copy of it</source><translation>nichts davon war lesbar, und es gibt keine Kopie</translation></message>
<message><source>refiner {name}</source><translation>Refiner {name}</translation></message>
<message><source>{advice} GIF and WebP work without it.</source><translation>{advice} GIF und WebP gehen auch ohne.</translation></message>
<message><source>{count:,} entries</source><translation>{count:,} Einträge</translation></message>
<message><source>{count:,} pixels on a side</source><translation>{count:,} Pixel pro Seite</translation></message>
<message><source>{entries} could be read</source><translation>{entries} konnten gelesen werden</translation></message>
<message><source>{entries} could be read, {more} more came from the copy of {day}</source><translation>{entries} konnten gelesen werden, {more} weitere kamen aus der Kopie vom {day}</translation></message>
<message><source>{file} (hash {digest})</source><translation>{file} (Hash {digest})</translation></message>
<message><source>{file} has integers without scales at {name!r}, which no weights are; choose another file.</source><translation>{file} enthält bei {name!r} ganze Zahlen ohne Skalen, was keine Gewichte sind; eine andere Datei wählen.</translation></message>
<message><source>{file} is {architecture}, an upscaler that needs a package. {advice}</source><translation>{file} ist {architecture}, ein Upscaler, der ein Paket benötigt. {advice}</translation></message>
<message><source>{first} or {second}</source><translation>{first} oder {second}</translation></message>
<message><source>{folder} is not a folder; choose another.</source><translation>{folder} ist kein Ordner; wählen Sie einen anderen.</translation></message>
<message><source>{folder} is read-only; choose another folder.</source><translation>{folder} ist schreibgeschützt; einen anderen Ordner wählen.</translation></message>
<message><source>{host} answers with status {status} instead of {name}; try again later.</source><translation>{host} antwortet mit Status {status} statt {name}; versuchen Sie es später erneut.</translation></message>
<message><source>{host} cannot be reached ({reason}); check the connection, then start the download again.</source><translation>{host} ist nicht erreichbar ({reason}); prüfen Sie die Verbindung und starten Sie den Download erneut.</translation></message>
<message><source>{host} does not accept your access token; log in again with `hf auth login`, or remove HF_TOKEN.</source><translation>{host} nimmt Ihr Zugriffstoken nicht an; melden Sie sich mit `hf auth login` neu an oder entfernen Sie HF_TOKEN.</translation></message>
<message><source>{host} does not state the size and the hash of {name}; try again later.</source><translation>{host} nennt Größe und Hash von {name} nicht; versuchen Sie es später erneut.</translation></message>
<message><source>{host} forbids the download of {name}; check the rights of your access token and of the page.</source><translation>{host} verbietet den Download von {name}; prüfen Sie die Rechte Ihres Zugriffstokens und die Seite.</translation></message>
<message><source>{host} has a problem (status {status}); try again later.</source><translation>{host} hat ein Problem (Status {status}); versuchen Sie es später erneut.</translation></message>
<message><source>{host} has no file {name} ({status}); check the address.</source><translation>{host} hat keine Datei {name} ({status}); prüfen Sie die Adresse.</translation></message>
<message><source>{host} has no public model {name}; check the name, or log in with `hf auth login` if it is private.</source><translation>{host} hat kein öffentliches Modell {name}; prüfen Sie den Namen, oder melden Sie sich mit `hf auth login` an, wenn es privat ist.</translation></message>
<message><source>{host} refuses more requests for now; resume the download later.</source><translation>{host} lehnt weitere Anfragen vorerst ab; setzen Sie den Download später fort.</translation></message>
<message><source>{host} refuses more requests for {seconds} seconds; resume the download after that.</source><translation>{host} lehnt weitere Anfragen für {seconds} Sekunden ab; setzen Sie den Download danach fort.</translation></message>
<message><source>{host} refuses {name} without permission ({status}); check the address, or log in with `hf auth login`, and start the download again.</source><translation>{host} verweigert {name} ohne Erlaubnis ({status}); prüfen Sie die Adresse, oder melden Sie sich mit `hf auth login` an, und starten Sie den Download erneut.</translation></message>
<message><source>{model} cannot refine a picture in tiles; choose another model.</source><translation>{model} kann kein Bild in Kacheln verfeinern; ein anderes Modell wählen.</translation></message>
<message><source>{model} cannot repaint a part of a picture; choose another model.</source><translation>{model} kann keinen Teil eines Bildes neu malen; wählen Sie ein anderes Modell.</translation></message>
<message><source>{model} has no text encoder ({kinds}); put one into the models folder.</source><translation>{model} hat keinen Text-Encoder ({kinds}); einen in den Modellordner legen.</translation></message>
<message><source>{model} has no word maps; paint the mask, or choose another model.</source><translation>{model} hat keine Wortkarten; die Maske malen oder ein anderes Modell wählen.</translation></message>
<message><source>{name} asks everyone to accept its licence: open {page}, accept it there, log in with `hf auth login`, and start the download again.</source><translation>{name} verlangt, dass Sie die Lizenz annehmen: Öffnen Sie {page}, nehmen Sie sie dort an, melden Sie sich mit `hf auth login` an und starten Sie den Download erneut.</translation></message>
<message><source>{name} cannot be downloaded: its address leads in circles.</source><translation>{name} kann nicht heruntergeladen werden: Die Adresse führt im Kreis.</translation></message>
<message><source>{name} contains no weight files; choose another model.</source><translation>{name} enthält keine Gewichte; ein anderes Modell wählen.</translation></message>
<message><source>{name} has {count} weight files; add one to its name, as in {name}/{file} (there are: {some}).</source><translation>{name} hat {count} Gewichtsdateien; hängen Sie eine an den Namen an, wie in {name}/{file} (es gibt: {some}).</translation></message>
<message><source>{name} is a LoRA for {other}, and this model is one of {base}; choose a LoRA for {base}.</source><translation>{name} ist ein LoRA für {other}, dieses Modell aber eines von {base}; ein LoRA für {base} wählen.</translation></message>
<message><source>{name} is an adapter of the kind {kind}, which is not supported; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} ist ein Adapter der Art {kind}, die nicht unterstützt wird; eine Datei mit LoRA, LoCon, LoHa, LoKr, GLoRA oder DoRA oder mit OFT, BOFT, IA3 oder T-LoRA von LyCORIS wählen.</translation></message>
<message><source>{name} is an upscaler that is damaged or not whole; copy or download it again.</source><translation>{name} ist ein beschädigter oder unvollständiger Upscaler; erneut kopieren oder herunterladen.</translation></message>
<message><source>{name} is being downloaded by another window or command; wait for it.</source><translation>{name} wird von einem anderen Fenster oder Befehl heruntergeladen; warten Sie darauf.</translation></message>
<message><source>{name} is cut short; copy or download it again.</source><translation>{name} ist abgeschnitten; die Datei erneut kopieren oder herunterladen.</translation></message>
<message><source>{name} is damaged or not whole; copy or download it again.</source><translation>{name} ist beschädigt oder unvollständig; die Datei erneut kopieren oder herunterladen.</translation></message>
<message><source>{name} is damaged; copy or download it again.</source><translation>{name} ist beschädigt; die Datei erneut kopieren oder herunterladen.</translation></message>
<message><source>{name} is not a file of a model; enter another.</source><translation>{name} ist keine Datei eines Modells; geben Sie eine andere ein.</translation></message>
<message><source>{name} is not a model file, or it is damaged; choose another file.</source><translation>{name} ist keine Modelldatei oder beschädigt; eine andere Datei wählen.</translation></message>
<message><source>{name} is not a model file; choose one that ends in {suffixes}.</source><translation>{name} ist keine Modelldatei; eine mit der Endung {suffixes} wählen.</translation></message>
<message><source>{name} is not a supported LoRA; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} ist kein unterstütztes LoRA; eine Datei mit LoRA, LoCon, LoHa, LoKr, GLoRA oder DoRA oder mit OFT, BOFT, IA3 oder T-LoRA von LyCORIS wählen.</translation></message>
<message><source>{name} is not a supported kind of model; choose another model file.</source><translation>{name} ist keine unterstützte Art von Modell; eine andere Modelldatei wählen.</translation></message>
<message><source>{name} is not an upscaler; choose another file.</source><translation>{name} ist kein Upscaler; eine andere Datei wählen.</translation></message>
<message><source>{name} is not completely downloaded; wait for the end of its download, or start it again.</source><translation>{name} ist noch nicht vollständig heruntergeladen; warten Sie auf das Ende des Downloads oder starten Sie ihn erneut.</translation></message>
<message><source>{name} is too large for the disk of {folder}; choose another disk.</source><translation>{name} ist zu groß für den Datenträger von {folder}; einen anderen Datenträger wählen.</translation></message>
<message><source>{name} on {host} has no {file}; check the name.</source><translation>{name} auf {host} hat kein {file}; prüfen Sie den Namen.</translation></message>
<message><source>{path} cannot be used: a part of it is a file, not a folder; choose another.</source><translation>{path} ist nicht verwendbar: Ein Teil davon ist eine Datei und kein Ordner; einen anderen Pfad wählen.</translation></message>
<message><source>{path} cannot be used: permission is missing; choose another place or allow it.</source><translation>{path} ist nicht verwendbar: Die Berechtigung fehlt; einen anderen Ort wählen oder den Zugriff erlauben.</translation></message>
<message><source>{path} cannot be used: {error}.</source><translation>{path} ist nicht verwendbar: {error}.</translation></message>
<message><source>{path} has levels from {low} to {high}, whose white is unknown; save it with levels 0 to 1.</source><translation>{path} hat Werte von {low} bis {high}, deren Weiß unbekannt ist; das Bild mit Werten von 0 bis 1 speichern.</translation></message>
<message><source>{path} has more pixels than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path} hat mehr Pixel als die Grenze {limit}; eine kleinere Kopie wählen.</translation></message>
<message><source>{path} has more than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path} überschreitet die Grenze von {limit}; eine kleinere Kopie wählen.</translation></message>
<message><source>{path} has no mask, as other pictures of the folder have; add one.</source><translation>{path} hat keine Maske, wie andere Bilder des Ordners; fügen Sie eine hinzu.</translation></message>
<message><source>{path} is a TIFF that is damaged or of an unsupported kind; save it as PNG, or with 8 bits.</source><translation>{path} ist ein beschädigtes TIFF oder von einer nicht unterstützten Art; als PNG oder mit 8 Bit speichern.</translation></message>
<message><source>{path} is a file, not a folder; choose another.</source><translation>{path} ist eine Datei und kein Ordner; einen anderen Pfad wählen.</translation></message>
<message><source>{path} is a folder, not a file; choose a file.</source><translation>{path} ist ein Ordner und keine Datei; eine Datei wählen.</translation></message>
<message><source>{path} is a {kind} picture, which is not supported; save it as PNG, JPEG or WebP.</source><translation>{path} ist ein {kind}-Bild, das nicht unterstützt wird; es als PNG, JPEG oder WebP speichern.</translation></message>
<message><source>{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.</source><translation>{path} ist kein Bild oder beschädigt; eine PNG-, JPEG- oder WebP-Datei wählen.</translation></message>
<message><source>{path} is not there; check that its disk is connected, or choose another.</source><translation>{path} ist nicht da; prüfen, ob der Datenträger angeschlossen ist, oder etwas anderes wählen.</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); move it out of the way, then try again.</source><translation>{path} der Galerie kann nicht verwendet werden ({error}); die Datei verschieben und es noch einmal versuchen.</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); try again.</source><translation>{path} der Galerie kann nicht verwendet werden ({error}); noch einmal versuchen.</translation></message>
<message><source>{path} of the gallery cannot be written; check its disk and permissions.</source><translation>{path} der Galerie kann nicht geschrieben werden; Datenträger und Berechtigungen prüfen.</translation></message>
<message><source>{title} has learned from other pictures; choose another name.</source><translation>{title} hat von anderen Bildern gelernt; einen anderen Namen wählen.</translation></message>
<message><source>{title} is finished: all {count} samples are trained; raise the samples to train on, or choose another name.</source><translation>{title} ist fertig: Alle {count} Bilder sind gesehen; die Zahl der gesehenen Bilder erhöhen oder einen anderen Namen wählen.</translation></message>
<message><source>{title} is still being trained; wait for its end, or choose another name.</source><translation>{title} wird noch trainiert; das Ende abwarten oder einen anderen Namen wählen.</translation></message>
<message><source>{title} was started with other settings; choose another name.</source><translation>{title} wurde mit anderen Einstellungen gestartet; einen anderen Namen wählen.</translation></message>
<message><source>{url} does not end in the name of a model file ({suffixes}); enter the address of one.</source><translation>{url} endet nicht auf den Namen einer Modelldatei ({suffixes}); geben Sie die Adresse einer solchen ein.</translation></message>
<message><source>{url} is not an https address; models are only downloaded by https.</source><translation>{url} ist keine https-Adresse; Modelle werden nur über https heruntergeladen.</translation></message>
<message><source>{url} is not the page of a model; enter the address of one.</source><translation>{url} ist nicht die Seite eines Modells; geben Sie die Adresse einer solchen ein.</translation></message>
</context>
<context>
<name>ExampleTile</name>
<message><source>Draw “{prompt}”</source><translation>„{prompt}“ zeichnen</translation></message>
</context>
<context>
<name>ExportController</name>
<message numerus="yes"><source>%n picture(s) copied</source><translation>
<numerusform>%n Bild kopiert</numerusform>
<numerusform>%n Bilder kopiert</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) exported</source><translation>
<numerusform>%n Bild exportiert</numerusform>
<numerusform>%n Bilder exportiert</numerusform>
</translation></message>
<message numerus="yes"><source>%n shape(s)</source><translation>
<numerusform>%n Form</numerusform>
<numerusform>%n Formen</numerusform>
</translation></message>
<message><source>Credit copied</source><translation>Quellenangabe kopiert</translation></message>
<message><source>Export</source><translation>Exportieren</translation></message>
<message><source>Export stopped</source><translation>Export gestoppt</translation></message>
<message><source>Exporting {progress}…</source><translation>Exportiere {progress} …</translation></message>
<message><source>No credit is known</source><translation>Keine Quelle bekannt</translation></message>
<message><source>Nothing was written.</source><translation>Es wurde nichts geschrieben.</translation></message>
<message><source>Paste it into any program.</source><translation>In ein beliebiges Programm einfügen.</translation></message>
<message><source>Paste it where you show the picture or list your sources.</source><translation>Dort einfügen, wo das Bild gezeigt wird oder die Quellen stehen.</translation></message>
<message><source>Paste them as files.</source><translation>Als Dateien einfügen.</translation></message>
<message><source>Picture copied</source><translation>Bild kopiert</translation></message>
<message><source>Picture exported</source><translation>Bild exportiert</translation></message>
<message><source>Preparing the preview: {number} of {count}…</source><translation>Vorschau wird vorbereitet: {number} von {count} …</translation></message>
<message><source>Preparing…</source><translation>Wird vorbereitet …</translation></message>
<message><source>Sharpening…</source><translation>Schärfe …</translation></message>
<message><source>Sharpening… {percent} %</source><translation>Schärfe … {percent} %</translation></message>
<message><source>The contact sheet is incomplete</source><translation>Der Kontaktbogen ist unvollständig</translation></message>
<message><source>The sources of {models} are not known here; look at the licence.</source><translation>Die Quellen von {models} sind hier nicht bekannt; bitte die Lizenz ansehen.</translation></message>
<message><source>{number} of {count}</source><translation>{number} von {count}</translation></message>
<message><source>{progress}, {percent} %</source><translation>{progress}, {percent} %</translation></message>
<message><source>{size} kB</source><translation>{size} kB</translation></message>
</context>
<context>
<name>ExportDialog</name>
<message><source>A dark line around the subject</source><translation>Eine dunkle Linie um das Motiv</translation></message>
<message><source>A line along the edge, so that pale subjects are seen on a pale page</source><translation>Eine Linie am Rand, damit helle Motive auf heller Seite zu sehen sind</translation></message>
<message><source>All on one page, each with its prompt and seed</source><translation>Alle auf einer Seite, jedes mit Prompt und Seed</translation></message>
<message><source>Another colour</source><translation>Andere Farbe</translation></message>
<message><source>Around pale parts, if they make up much of the edge; never in icon sets</source><translation>Um helle Teile, wenn sie viel des Randes ausmachen; nie in Icon-Sätzen</translation></message>
<message><source>As needed</source><translation>Nach Bedarf</translation></message>
<message><source>Authors of the model's training drawings</source><translation>Urheber der Trainingszeichnungen des Modells</translation></message>
<message><source>Background</source><translation>Hintergrund</translation></message>
<message><source>Black</source><translation>Schwarz</translation></message>
<message><source>Built in</source><translation>Eingebaut</translation></message>
<message><source>Colour of the background</source><translation>Farbe des Hintergrunds</translation></message>
<message><source>Colours</source><translation>Farben</translation></message>
<message><source>Contact sheet</source><translation>Kontaktbogen</translation></message>
<message><source>Convert to</source><translation>Umwandeln in</translation></message>
<message><source>Copies of the files, under names of your own</source><translation>Kopien der Dateien, unter eigenen Namen</translation></message>
<message><source>Copy credit</source><translation>Quelle kopieren</translation></message>
<message><source>Copy the credit to the clipboard</source><translation>Die Quellenangabe in die Zwischenablage kopieren</translation></message>
<message><source>Each area in one colour, as a designer draws icons</source><translation>Jede Fläche in einer Farbe, wie Icons gezeichnet werden</translation></message>
<message><source>Embed prompt and settings</source><translation>Prompt und Einstellungen einbetten</translation></message>
<message><source>Enlarges pictures that are smaller than the chosen size</source><translation>Vergrößert Bilder, die kleiner als die gewählte Größe sind</translation></message>
<message><source>Everything</source><translation>Alles</translation></message>
<message><source>Export</source><translation>Exportieren</translation></message>
<message><source>Fewer colours give fewer shapes and a smaller file</source><translation>Weniger Farben ergeben weniger Formen und eine kleinere Datei</translation></message>
<message><source>File name</source><translation>Dateiname</translation></message>
<message><source>Flat colours</source><translation>Flächige Farben</translation></message>
<message><source>For apps: SVG, PNG, .ico, .icns, a sprite, a sheet and credits</source><translation>Für Apps: SVG, PNG, .ico, .icns, Sprite, Übersicht und Quellen</translation></message>
<message><source>Format</source><translation>Format</translation></message>
<message><source>GDM Studio reads them from the file again</source><translation>GDM Studio liest sie wieder aus der Datei</translation></message>
<message><source>Icon set</source><translation>Icon-Satz</translation></message>
<message><source>In a darker tone of their colour</source><translation>In einem dunkleren Ton ihrer Farbe</translation></message>
<message><source>In the merged picture and the names of layers</source><translation>Im Gesamtbild und in den Namen der Ebenen</translation></message>
<message><source>Include CREDITS.txt</source><translation>CREDITS.txt beilegen</translation></message>
<message><source>Names</source><translation>Namen</translation></message>
<message><source>No outline</source><translation>Keine Kontur</translation></message>
<message><source>Original files</source><translation>Originaldateien</translation></message>
<message><source>Originals</source><translation>Originale</translation></message>
<message><source>Outline</source><translation>Kontur</translation></message>
<message><source>Pale parts</source><translation>Helle Teile</translation></message>
<message><source>Quick, and keeps transparency</source><translation>Schnell; behält Transparenz</translation></message>
<message><source>Rounds the borders of areas, in pixels of a picture of 256</source><translation>Rundet die Ränder der Flächen, in Pixeln eines Bilds von 256</translation></message>
<message><source>Size</source><translation>Größe</translation></message>
<message><source>Smoothing</source><translation>Glättung</translation></message>
<message><source>The files in one archive, with a list of all their settings</source><translation>Die Dateien in einem Archiv, mit einer Liste aller Einstellungen</translation></message>
<message><source>Transparent</source><translation>Transparent</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>White</source><translation>Weiß</translation></message>
<message><source>ZIP</source><translation>ZIP</translation></message>
<message><source>as needed</source><translation>nach Bedarf</translation></message>
<message><source>{factor} times as wide and high</source><translation>{factor}-mal so breit und hoch</translation></message>
<message><source>{factor} × the picture</source><translation>{factor} × das Bild</translation></message>
<message><source>{size} pixels</source><translation>{size} Pixel</translation></message>
<message><source>{size} pixels on the longer side</source><translation>{size} Pixel an der längeren Seite</translation></message>
</context>
<context>
<name>ExportFormat</name>
<message><source>App icons</source><translation>App-Icons</translation></message>
<message><source>For iOS, Android, macOS and Windows apps, in a folder</source><translation>Für Apps auf iOS, Android, macOS und Windows, in einem Ordner</translation></message>
<message><source>For slides, documents and the web; keeps transparency</source><translation>Für Folien, Dokumente und das Web; behält Transparenz</translation></message>
<message><source>JPEG</source><translation>JPEG</translation></message>
<message><source>Layers above the start picture, for Krita and GIMP</source><translation>Ebenen über dem Startbild, für Krita und GIMP</translation></message>
<message><source>Lossless, smaller than PNG; for the web</source><translation>Verlustfrei, kleiner als PNG; für das Web</translation></message>
<message><source>Mac icon</source><translation>Mac-Icon</translation></message>
<message><source>No transparency; fills the background</source><translation>Keine Transparenz; füllt den Hintergrund</translation></message>
<message><source>One .icns with every size from 16 to 1024 pixels</source><translation>Eine .icns-Datei mit allen Größen von 16 bis 1024 Pixeln</translation></message>
<message><source>One .ico with seven sizes from 16 to 256 pixels</source><translation>Eine .ico-Datei mit sieben Größen von 16 bis 256 Pixeln</translation></message>
<message><source>OpenRaster</source><translation>OpenRaster</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>SVG</source><translation>SVG</translation></message>
<message><source>Shapes that stay sharp at any size; best for flat styles</source><translation>Formen, die in jeder Größe scharf bleiben; am besten für flache Stile</translation></message>
<message><source>WebP</source><translation>WebP</translation></message>
<message><source>Website icons</source><translation>Website-Icons</translation></message>
<message><source>Windows icon</source><translation>Windows-Icon</translation></message>
<message><source>favicon.ico, icons for phones and the web manifest, in a folder</source><translation>favicon.ico, Icons für Telefone und das Web-Manifest, in einem Ordner</translation></message>
</context>
<context>
<name>ExtendBar</name>
<message><source>Generate the added area</source><translation>Die neue Fläche generieren</translation></message>
<message><source>Leave the picture as it was</source><translation>Das Bild lassen, wie es war</translation></message>
<message><source>Pixels above</source><translation>Pixel oben</translation></message>
<message><source>Pixels below</source><translation>Pixel unten</translation></message>
<message><source>Pixels left</source><translation>Pixel links</translation></message>
<message><source>Pixels right</source><translation>Pixel rechts</translation></message>
<message><source>Pixels to add above; ↑ and ↓ change them</source><translation>Pixel, die oben dazukommen; ↑ und ↓ ändern sie</translation></message>
<message><source>Pixels to add at the left; ↑ and ↓ change them</source><translation>Pixel, die links dazukommen; ↑ und ↓ ändern sie</translation></message>
<message><source>Pixels to add at the right; ↑ and ↓ change them</source><translation>Pixel, die rechts dazukommen; ↑ und ↓ ändern sie</translation></message>
<message><source>Pixels to add below; ↑ and ↓ change them</source><translation>Pixel, die unten dazukommen; ↑ und ↓ ändern sie</translation></message>
<message><source>Undo the last change</source><translation>Die letzte Änderung rückgängig machen</translation></message>
<message><source>Use frame</source><translation>Rahmen verwenden</translation></message>
</context>
<context>
<name>FactorGroup</name>
<message><source>Factors</source><translation>Faktoren</translation></message>
</context>
<context>
<name>FailureReport</name>
<message><source>Close</source><translation>Schließen</translation></message>
</context>
<context>
<name>Family</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n Schritt</numerusform>
<numerusform>%n Schritte</numerusform>
</translation></message>
<message><source>as it was at step {step}</source><translation>wie es bei Schritt {step} war</translation></message>
<message><source>edited in another program</source><translation>in einem anderen Programm bearbeitet</translation></message>
<message><source>from step {step}</source><translation>ab Schritt {step}</translation></message>
<message><source>from step {step} of “{title}”, which is not in the gallery</source><translation>ab Schritt {step} von „{title}“, das nicht in der Galerie ist</translation></message>
<message><source>{steps} · seed {seed}</source><translation>{steps} · Seed {seed}</translation></message>
</context>
<context>
<name>FamilyGraph</name>
<message><source>Family tree of the systems</source><translation>Stammbaum der Systeme</translation></message>
</context>
<context>
<name>FamilyTreeController</name>
<message><source>Command copied</source><translation>Befehl kopiert</translation></message>
<message><source>{command} adds its weights.</source><translation>{command} fügt seine Gewichte hinzu.</translation></message>
<message><source>{command} trains it in {time}.</source><translation>{command} trainiert es in {time}.</translation></message>
</context>
<context>
<name>FamilyTreePage</name>
<message><source>Back to the lessons and the points</source><translation>Zurück zu den Lektionen und den Punkten</translation></message>
<message><source>By year, with lines to the systems that build on each</source><translation>Nach Jahr, mit Linien zu den Systemen, die darauf aufbauen</translation></message>
<message><source>Common errors in the literature</source><translation>Häufige Irrtümer in der Literatur</translation></message>
<message><source>Diffusion in 2D</source><translation>Diffusion in 2D</translation></message>
<message><source>Side by side</source><translation>Nebeneinander</translation></message>
<message><source>The family tree</source><translation>Der Stammbaum</translation></message>
<message><source>Tree</source><translation>Baum</translation></message>
<message><source>View of the systems</source><translation>Ansicht der Systeme</translation></message>
<message><source>Weights of pictures</source><translation>Gewichte für Bilder</translation></message>
<message><source>Weights of points only</source><translation>Gewichte nur für Punkte</translation></message>
<message><source>What each starts with, what is learned, what a step does</source><translation>Womit jedes beginnt, was gelernt wird, was ein Schritt tut</translation></message>
</context>
<context>
<name>FamilyView</name>
<message><source>Family of the picture</source><translation>Familie des Bildes</translation></message>
<message><source>Family · the step at which each picture branched off</source><translation>Familie · der Schritt, bei dem jedes Bild abzweigte</translation></message>
</context>
<context>
<name>FewSteps</name>
<message><source>Hyper</source><translation>Hyper</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>Lightning</source><translation>Lightning</translation></message>
<message><source>Turbo</source><translation>Turbo</translation></message>
<message><source>{steps} steps without guidance ({paper})</source><translation>{steps} Schritte ohne Guidance ({paper})</translation></message>
</context>
<context>
<name>FileDrops</name>
<message><source>Copy its text, and paste it where you want to have it.</source><translation>Kopieren Sie den Text und fügen Sie ihn dort ein, wo er hin soll.</translation></message>
<message><source>Drop a picture, a model, or a folder of them.</source><translation>Legen Sie ein Bild, ein Modell oder einen Ordner davon ab.</translation></message>
<message><source>Only {file} is used</source><translation>Nur {file} wird benutzt</translation></message>
<message><source>Save the picture as a file and drop that. “Get a model” downloads models.</source><translation>Speichern Sie das Bild als Datei und legen Sie diese ab. „Modell holen“ lädt Modelle herunter.</translation></message>
<message><source>Web addresses cannot be dropped</source><translation>Webadressen können nicht abgelegt werden</translation></message>
<message><source>{name} cannot be used here</source><translation>{name} kann hier nicht verwendet werden</translation></message>
</context>
<context>
<name>FilenamePattern</name>
<message><source>four letters of its unique id</source><translation>vier Buchstaben seiner eindeutigen Kennung</translation></message>
<message><source>its first words, or the class</source><translation>seine ersten Wörter oder die Klasse</translation></message>
<message><source>its number, {n:03} with zeros</source><translation>seine Nummer, {n:03} mit Nullen</translation></message>
<message><source>its {setting}</source><translation>sein Wert für {setting}</translation></message>
<message><source>number of steps</source><translation>Zahl der Schritte</translation></message>
<message><source>the model's name</source><translation>der Name des Modells</translation></message>
</context>
<context>
<name>FilmDialog</name>
<message><source>A notebook whose code generates the same steps with this program.</source><translation>Ein Notebook, dessen Code mit diesem Programm dieselben Schritte generiert.</translation></message>
<message><source>A video for every player, without transparency.</source><translation>Ein Video für jedes Abspielprogramm, ohne Transparenz.</translation></message>
<message><source>A web page with a slider, the settings and a chart, in one file without links.</source><translation>Eine Webseite mit Schieber, Einstellungen und Diagramm, in einer Datei ohne Links.</translation></message>
<message><source>Animation of the steps</source><translation>Animation der Schritte</translation></message>
<message><source>Background</source><translation>Hintergrund</translation></message>
<message><source>Black</source><translation>Schwarz</translation></message>
<message><source>Format</source><translation>Format</translation></message>
<message><source>Loop</source><translation>Schleife</translation></message>
<message><source>Once</source><translation>Einmal</translation></message>
<message><source>Original</source><translation>Original</translation></message>
<message><source>Ping-pong</source><translation>Pingpong</translation></message>
<message><source>Plays back to the noise, then forward again</source><translation>Läuft zum Rauschen zurück, dann wieder vor</translation></message>
<message><source>Repeat</source><translation>Wiederholen</translation></message>
<message><source>Shown everywhere; 255 colours, and transparent pictures have hard edges.</source><translation>Überall zu sehen; 255 Farben, und transparente Bilder haben harte Kanten.</translation></message>
<message><source>Size</source><translation>Größe</translation></message>
<message><source>Size, pixels</source><translation>Größe in Pixeln</translation></message>
<message><source>Small and exact, with half-transparent edges; browsers and messengers show it.</source><translation>Klein und genau, mit halbtransparenten Kanten; Browser und Messenger zeigen es.</translation></message>
<message><source>Speed of the animation; the finished picture stays a little longer</source><translation>Tempo der Animation; das fertige Bild bleibt etwas länger</translation></message>
<message><source>Starts again at the end</source><translation>Beginnt am Ende von vorn</translation></message>
<message><source>Steps per second</source><translation>Schritte pro Sekunde</translation></message>
<message><source>Stops at the picture</source><translation>Endet beim Bild</translation></message>
<message><source>The player decides whether a video repeats</source><translation>Ob sich ein Video wiederholt, entscheidet der Player</translation></message>
<message><source>The size of the picture</source><translation>Die Größe des Bildes</translation></message>
<message><source>Transparent</source><translation>Transparent</translation></message>
<message><source>View</source><translation>Ansicht</translation></message>
<message><source>White</source><translation>Weiß</translation></message>
<message><source>{pixels} pixels on the longer side</source><translation>{pixels} Pixel an der längeren Seite</translation></message>
</context>
<context>
<name>FilmExport</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n Schritt</numerusform>
<numerusform>%n Schritte</numerusform>
</translation></message>
<message><source>Animation exported</source><translation>Animation exportiert</translation></message>
<message><source>Animation of {title}</source><translation>Animation von {title}</translation></message>
<message><source>Step {number} of {count}…</source><translation>Schritt {number} von {count} …</translation></message>
<message><source>Steps exported</source><translation>Schritte exportiert</translation></message>
<message><source>Writing…</source><translation>Wird geschrieben …</translation></message>
</context>
<context>
<name>FilmPreview</name>
<message><source>Preview of the animation</source><translation>Vorschau der Animation</translation></message>
</context>
<context>
<name>Filmstrip</name>
<message><source>Actions for this step</source><translation>Aktionen für diesen Schritt</translation></message>
<message><source>Actions for this step (Menu key, right-click)</source><translation>Aktionen für diesen Schritt (Menütaste, Rechtsklick)</translation></message>
<message><source>All pictures of this run</source><translation>Alle Bilder dieses Laufs</translation></message>
<message><source>Back to the newest step</source><translation>Zurück zum neuesten Schritt</translation></message>
<message><source>Back to the run in progress</source><translation>Zurück zum laufenden Lauf</translation></message>
<message><source>Latest</source><translation>Neuester</translation></message>
<message><source>Loop</source><translation>Schleife</translation></message>
<message><source>Next picture</source><translation>Nächstes Bild</translation></message>
<message><source>Picture {number} of {count}</source><translation>Bild {number} von {count}</translation></message>
<message><source>Previous picture</source><translation>Voriges Bild</translation></message>
<message><source>Steps</source><translation>Schritte</translation></message>
<message><source>drag to look back</source><translation>ziehen, um zurückzublicken</translation></message>
<message><source>drag to look back, right-click to branch</source><translation>ziehen, um zurückzublicken; Rechtsklick für einen Zweig</translation></message>
<message><source>each one appears here as it is made</source><translation>jeder erscheint hier, wenn er entsteht</translation></message>
</context>
<context>
<name>FolderDialog</name>
<message><source>Cancel</source><translation>Abbrechen</translation></message>
<message><source>Choose another folder</source><translation>Anderen Ordner wählen</translation></message>
<message><source>Choose…</source><translation>Wählen …</translation></message>
<message><source>Close without writing anything</source><translation>Schließen, ohne etwas zu schreiben</translation></message>
<message><source>Export</source><translation>Exportieren</translation></message>
<message><source>Folder</source><translation>Ordner</translation></message>
<message><source>Folder for {title}</source><translation>Ordner für {title}</translation></message>
<message><source>Stop</source><translation>Stoppen</translation></message>
<message><source>Write the files</source><translation>Die Dateien schreiben</translation></message>
</context>
<context>
<name>FolderEdit</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n Bild</numerusform>
<numerusform>%n Bilder</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) edited</source><translation>
<numerusform>%n Bild bearbeitet</numerusform>
<numerusform>%n Bilder bearbeitet</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) not edited</source><translation>
<numerusform>%n Bild nicht bearbeitet</numerusform>
<numerusform>%n Bilder nicht bearbeitet</numerusform>
</translation></message>
<message><source>Edit a folder</source><translation>Ordner bearbeiten</translation></message>
<message><source>Folder with the pictures to edit</source><translation>Ordner mit den Bildern</translation></message>
<message><source>Open folder</source><translation>Ordner öffnen</translation></message>
<message><source>Show which</source><translation>Welche?</translation></message>
<message><source>Stopped · {edited}, {count} left</source><translation>Angehalten · {edited}, {count} übrig</translation></message>
<message><source>{folder} contains no pictures; choose another folder.</source><translation>{folder} enthält keine Bilder; wählen Sie einen anderen Ordner.</translation></message>
<message><source>{number} of {count}</source><translation>{number} von {count}</translation></message>
<message><source>{pictures}, {count} with a mask</source><translation>{pictures}, {count} mit Maske</translation></message>
</context>
<context>
<name>FolderEditDialog</name>
<message><source>All become {width} × {height} pixels, the only size of this model.</source><translation>Alle werden {width} × {height} Pixel groß; dieses Modell hat nur diese Größe.</translation></message>
<message><source>Built in</source><translation>Eingebaut</translation></message>
<message><source>Each picture is generated from “{prompt}” by {model}.</source><translation>Jedes Bild entsteht aus „{prompt}“ mit {model}.</translation></message>
<message><source>Edit</source><translation>Bearbeiten</translation></message>
<message><source>Enlarge by a network; nothing else changes</source><translation>Mit einem Netz vergrößern; sonst ändert sich nichts</translation></message>
<message><source>Inpaint</source><translation>Inpaint</translation></message>
<message><source>Inpaint area</source><translation>Inpaint-Bereich</translation></message>
<message><source>Quick, and keeps transparency</source><translation>Schnell, erhält Transparenz</translation></message>
<message><source>Size</source><translation>Größe</translation></message>
<message><source>Start from each</source><translation>Von jedem ausgehen</translation></message>
<message><source>The edited pictures keep their names, subfolders, EXIF data and colour profiles. Started again, the edit continues where it ended.</source><translation>Die bearbeiteten Bilder behalten Namen, Unterordner, EXIF-Daten und Farbprofile. Erneut gestartet, wird die Bearbeitung fortgesetzt.</translation></message>
<message><source>Upscale</source><translation>Vergrößern</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
</context>
<context>
<name>Folders</name>
<message><source>Couldn't open the folder: {folder}. Open it in a file manager.</source><translation>Der Ordner ließ sich nicht öffnen: {folder}. Bitte im Dateimanager öffnen.</translation></message>
<message><source>Open folder</source><translation>Ordner öffnen</translation></message>
<message><source>{folder} is not there. If it is on another disk, connect that; then try again.</source><translation>{folder} ist nicht da. Liegt er auf einem anderen Laufwerk, dieses verbinden und erneut versuchen.</translation></message>
</context>
<context>
<name>FoldersRow</name>
<message><source>Add…</source><translation>Hinzufügen …</translation></message>
<message><source>Open the default models folder</source><translation>Den Standardordner der Modelle öffnen</translation></message>
<message><source>Remove from the list; the files stay</source><translation>Aus der Liste entfernen; die Dateien bleiben</translation></message>
<message><source>Remove {folder}</source><translation>{folder} entfernen</translation></message>
<message><source>Search another folder for models</source><translation>Einen weiteren Ordner nach Modellen durchsuchen</translation></message>
<message><source>Show</source><translation>Zeigen</translation></message>
</context>
<context>
<name>GalleryCells</name>
<message><source>Cannot be shown</source><translation>Nicht darstellbar</translation></message>
</context>
<context>
<name>GalleryCommands</name>
<message numerus="yes"><source> (%n file(s))</source><translation>
<numerusform> (%n Datei)</numerusform>
<numerusform> (%n Dateien)</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to the favourites</source><translation>
<numerusform>%n Bild zu den Favoriten hinzugefügt</numerusform>
<numerusform>%n Bilder zu den Favoriten hinzugefügt</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to {name}</source><translation>
<numerusform>%n Bild zu {name} hinzugefügt</numerusform>
<numerusform>%n Bilder zu {name} hinzugefügt</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) deleted</source><translation>
<numerusform>%n Bild gelöscht</numerusform>
<numerusform>%n Bilder gelöscht</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) hidden</source><translation>
<numerusform>%n Bild ausgeblendet</numerusform>
<numerusform>%n Bilder ausgeblendet</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from the favourites</source><translation>
<numerusform>%n Bild aus den Favoriten entfernt</numerusform>
<numerusform>%n Bilder aus den Favoriten entfernt</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from {name}</source><translation>
<numerusform>%n Bild aus {name} entfernt</numerusform>
<numerusform>%n Bilder aus {name} entfernt</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) restored</source><translation>
<numerusform>%n Bild wiederhergestellt</numerusform>
<numerusform>%n Bilder wiederhergestellt</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) tagged {name}</source><translation>
<numerusform>%n Bild mit {name} verschlagwortet</numerusform>
<numerusform>%n Bilder mit {name} verschlagwortet</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) taken back</source><translation>
<numerusform>%n Bild zurückgenommen</numerusform>
<numerusform>%n Bilder zurückgenommen</numerusform>
</translation></message>
<message numerus="yes"><source>Collection of %n picture(s) created</source><translation>
<numerusform>Sammlung von %n Bild angelegt</numerusform>
<numerusform>Sammlung von %n Bildern angelegt</numerusform>
</translation></message>
<message><source>Ctrl+Z undoes it.</source><translation>Strg+Z macht es rückgängig.</translation></message>
<message><source>Imported folders are not changed.</source><translation>Importierte Ordner werden nicht verändert.</translation></message>
<message><source>In {name} already</source><translation>Schon in {name}</translation></message>
<message><source>It is under Recently deleted.</source><translation>Es ist unter Kürzlich gelöscht.</translation></message>
<message><source>New collection</source><translation>Neue Sammlung</translation></message>
<message><source>No picture is selected</source><translation>Kein Bild ist ausgewählt</translation></message>
<message><source>Not in {name}</source><translation>Nicht in {name}</translation></message>
<message><source>Picture deleted</source><translation>Bild gelöscht</translation></message>
<message><source>Picture hidden</source><translation>Bild ausgeblendet</translation></message>
<message><source>Picture restored</source><translation>Bild wiederhergestellt</translation></message>
<message><source>Restore</source><translation>Wiederherstellen</translation></message>
<message><source>They are under Recently deleted.</source><translation>Sie sind unter Kürzlich gelöscht.</translation></message>
<message><source>{before} renamed to {now}</source><translation>{before} in {now} umbenannt</translation></message>
<message numerus="yes"><source>{name} removed from %n picture(s)</source><translation>
<numerusform>{name} von %n Bild entfernt</numerusform>
<numerusform>{name} von %n Bildern entfernt</numerusform>
</translation></message>
</context>
<context>
<name>GalleryPage</name>
<message><source>Gallery</source><translation>Galerie</translation></message>
</context>
<context>
<name>GalleryPanel</name>
<message><source>Clear the search and show the new picture</source><translation>Suche leeren und das neue Bild zeigen</translation></message>
<message><source>Show it</source><translation>Zeigen</translation></message>
<message><source>The search hides the new picture.</source><translation>Die Suche verbirgt das neue Bild.</translation></message>
</context>
<context>
<name>GalleryService</name>
<message><source>Something was repaired</source><translation>Etwas wurde repariert</translation></message>
<message><source>{file} is damaged; copy a backup of it to {folder}, or generate it again from its settings.</source><translation>{file} ist beschädigt; eine Sicherung davon nach {folder} kopieren oder es aus seinen Einstellungen neu generieren.</translation></message>
</context>
<context>
<name>GenerateButton</name>
<message><source>Starting…</source><translation>Startet …</translation></message>
<message><source>Stopping…</source><translation>Wird gestoppt …</translation></message>
<message><source>The current step is being finished</source><translation>Der laufende Schritt wird beendet</translation></message>
</context>
<context>
<name>GenerationController</name>
<message numerus="yes"><source>%n failed and can be tried again.</source><translation>
<numerusform>%n ist fehlgeschlagen und kann wiederholt werden.</numerusform>
<numerusform>%n sind fehlgeschlagen und können wiederholt werden.</numerusform>
</translation></message>
<message><source>A picture could not be saved</source><translation>Ein Bild konnte nicht gespeichert werden</translation></message>
<message><source>A run is in progress</source><translation>Ein Lauf ist im Gange</translation></message>
<message><source>Add to the queue</source><translation>In die Warteschlange</translation></message>
<message><source>Everything is made.</source><translation>Alles ist fertig.</translation></message>
<message><source>It could not be followed to its end.</source><translation>Es konnte nicht bis zum Ende verfolgt werden.</translation></message>
<message><source>It starts after the running jobs</source><translation>Es beginnt nach den laufenden Aufträgen</translation></message>
<message><source>Queued · {count}</source><translation>Eingereiht · {count}</translation></message>
<message><source>Queued · {count} · {total} waiting in all</source><translation>Eingereiht · {count} · insgesamt warten {total}</translation></message>
<message><source>Resume</source><translation>Fortsetzen</translation></message>
<message><source>The queue waits until it is.</source><translation>Die Warteschlange wartet so lange.</translation></message>
<message><source>Try again once it has ended, or stop it first.</source><translation>Versuchen Sie es erneut, wenn er zu Ende ist, oder stoppen Sie ihn erst.</translation></message>
<message><source>Try again once it is saved.</source><translation>Versuchen Sie es erneut, sobald es gespeichert ist.</translation></message>
<message><source>Your pictures are ready</source><translation>Die Bilder sind fertig</translation></message>
<message><source>about {time} · {size}</source><translation>etwa {time} · {size}</translation></message>
<message><source>starting…</source><translation>beginnt …</translation></message>
<message><source>{title} · waits for the paused queue</source><translation>{title} · wartet auf die pausierte Warteschlange</translation></message>
<message><source>{title} · waits for the paused run</source><translation>{title} · wartet auf den pausierten Lauf</translation></message>
</context>
<context>
<name>GenerationModes</name>
<message><source>A set is a list of prompts, and {model} reads none.</source><translation>Eine Serie ist eine Liste von Prompts, und {model} liest keine.</translation></message>
<message><source>Describe the picture, or let the model draw anything.</source><translation>Das Bild beschreiben oder das Modell irgendetwas zeichnen lassen.</translation></message>
<message><source>Draw anything</source><translation>Irgendetwas zeichnen</translation></message>
<message><source>It updates a single picture. Leave the set with {keys}.</source><translation>Live aktualisiert ein einzelnes Bild. Die Serie mit {keys} verlassen.</translation></message>
<message><source>No set was found</source><translation>Keine Serie gefunden</translation></message>
<message><source>The prompt is empty</source><translation>Der Prompt ist leer</translation></message>
</context>
<context>
<name>Grid</name>
<message><source>No favourites yet. Press F to mark the selected picture.</source><translation>Noch keine Favoriten. F markiert das gewählte Bild.</translation></message>
<message><source>No imported pictures yet. Drop a file here, or add a folder.</source><translation>Noch keine importierten Bilder. Eine Datei hier ablegen oder einen Ordner hinzufügen.</translation></message>
<message><source>No pictures from today yet.</source><translation>Noch keine Bilder von heute.</translation></message>
<message><source>Nothing matches “{query}”.</source><translation>Nichts passt zu „{query}“.</translation></message>
<message><source>Pictures</source><translation>Bilder</translation></message>
<message><source>There are no pictures in this folder.</source><translation>In diesem Ordner sind keine Bilder.</translation></message>
<message><source>Your pictures will appear here.</source><translation>Hier erscheinen die Bilder.</translation></message>
</context>
<context>
<name>GridController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n Bild</numerusform>
<numerusform>%n Bilder</numerusform>
</translation></message>
<message><source>Another grid is being generated. Stop it, then restore this one.</source><translation>Ein anderes Raster wird generiert. Dieses erst stoppen, dann das frühere wiederherstellen.</translation></message>
<message><source>Back to the grid</source><translation>Zurück zum Raster</translation></message>
<message><source>Grid</source><translation>Raster</translation></message>
<message numerus="yes"><source>Grid: %n picture(s)</source><translation>
<numerusform>Raster: %n Bild</numerusform>
<numerusform>Raster: %n Bilder</numerusform>
</translation></message>
<message><source>It is in the pictures folder; its pictures are the collection “{name}”.</source><translation>Es ist im Bilderordner; seine Bilder sind die Sammlung „{name}“.</translation></message>
<message><source>Its name is “{name}”.</source><translation>Sein Name ist „{name}“.</translation></message>
<message><source>One picture for each value, or each pair</source><translation>Ein Bild für jeden Wert oder jedes Paar</translation></message>
<message><source>One picture for each value, or each pair; all other settings stay as they are.</source><translation>Ein Bild für jeden Wert oder jedes Paar; alle anderen Einstellungen bleiben.</translation></message>
<message><source>Previous grid saved as a collection</source><translation>Voriges Raster als Sammlung gespeichert</translation></message>
<message><source>Restore it</source><translation>Wiederherstellen</translation></message>
<message><source>Schedulers</source><translation>Scheduler</translation></message>
<message numerus="yes"><source>Schedulers: %n picture(s)</source><translation>
<numerusform>Scheduler: %n Bild</numerusform>
<numerusform>Scheduler: %n Bilder</numerusform>
</translation></message>
<message><source>Sheet saved</source><translation>Blatt gespeichert</translation></message>
<message><source>click one to use it</source><translation>eines anklicken, um es zu verwenden</translation></message>
<message><source>connecting to the cluster…</source><translation>Verbindung zum Cluster …</translation></message>
</context>
<context>
<name>GridSetup</name>
<message><source>Across</source><translation>Waagerecht</translation></message>
<message><source>Down</source><translation>Senkrecht</translation></message>
<message><source>Make the grid</source><translation>Raster generieren</translation></message>
<message><source>One picture for each</source><translation>Je ein Bild</translation></message>
</context>
<context>
<name>GridView</name>
<message><source>Continue</source><translation>Fortsetzen</translation></message>
<message><source>Each at its best</source><translation>Jeweils optimal</translation></message>
<message><source>Every scheduler with its own default steps and spacing</source><translation>Jeder Scheduler mit eigenen Vorgaben für Schritte und Abstände</translation></message>
<message><source>Every scheduler with the steps and the spacing that are set</source><translation>Jeder Scheduler mit den eingestellten Schritten und Abständen</translation></message>
<message><source>Make the missing pictures</source><translation>Die fehlenden Bilder generieren</translation></message>
<message><source>Same settings</source><translation>Gleiche Einstellungen</translation></message>
<message><source>Settings of the schedulers</source><translation>Einstellungen der Scheduler</translation></message>
<message><source>Skip the missing pictures</source><translation>Die fehlenden Bilder überspringen</translation></message>
<message><source>Stop</source><translation>Stoppen</translation></message>
</context>
<context>
<name>Handout</name>
<message><source>A run on the plane</source><translation>Ein Lauf auf der Ebene</translation></message>
<message><source>Distance at the end</source><translation>Abstand am Ende</translation></message>
<message><source>Distance from the true distribution at each step</source><translation>Abstand von der wahren Verteilung in jedem Schritt</translation></message>
<message><source>Each point starts as noise, and the sampler moves it towards the data. The notebook runs with the package `gdm_studio`.</source><translation>Jeder Punkt beginnt als Rauschen, und der Sampler bewegt ihn zu den Daten. Das Notebook läuft mit dem Paket `gdm_studio`.</translation></message>
<message><source>Images, compared</source><translation>Bilder im Vergleich</translation></message>
<message><source>In Python</source><translation>In Python</translation></message>
<message><source>Made with GDM Studio.</source><translation>Erstellt mit GDM Studio.</translation></message>
<message><source>Noise after each step, as the ratio of noise to signal</source><translation>Rauschen nach jedem Schritt, als Verhältnis von Rauschen zu Signal</translation></message>
<message><source>Nothing is known about how this image was made.</source><translation>Es ist nicht bekannt, wie dieses Bild entstanden ist.</translation></message>
<message><source>Play</source><translation>Abspielen</translation></message>
<message><source>Runs on the plane, compared</source><translation>Läufe auf der Ebene im Vergleich</translation></message>
<message><source>Step</source><translation>Schritt</translation></message>
<message><source>Step {step} in numbers</source><translation>Schritt {step} in Zahlen</translation></message>
<message><source>Step {step} of {steps}</source><translation>Schritt {step} von {steps}</translation></message>
<message><source>Step {step} of {steps} · α {alpha:.3f} · σ {sigma:.3f} · distance {distance:.3f}</source><translation>Schritt {step} von {steps} · α {alpha:.3f} · σ {sigma:.3f} · Abstand {distance:.3f}</translation></message>
<message><source>The network of this run is not part of the notebook. The exact denoiser takes its place.</source><translation>Das Netz dieses Laufs ist nicht Teil des Notebooks. Der exakte Denoiser tritt an seine Stelle.</translation></message>
<message><source>The request below determines the image completely. Running it again generates the same image, step by step.</source><translation>Die Anfrage unten bestimmt das Bild vollständig. Erneut ausgeführt generiert sie dasselbe Bild, Schritt für Schritt.</translation></message>
<message><source>evaluations of the denoiser</source><translation>Auswertungen des Denoisers</translation></message>
<message><source>step</source><translation>Schritt</translation></message>
</context>
<context>
<name>Head</name>
<message><source>Its file does not say how it was made</source><translation>In der Datei steht nicht, wie es entstand</translation></message>
<message><source>Move {letter} to the left</source><translation>{letter} nach links schieben</translation></message>
<message><source>Move {letter} to the right</source><translation>{letter} nach rechts schieben</translation></message>
<message><source>Remove {letter} from the comparison</source><translation>{letter} aus dem Vergleich entfernen</translation></message>
<message><source>Use the settings of {letter}</source><translation>Die Einstellungen von {letter} verwenden</translation></message>
<message><source>{title} · settings not known</source><translation>{title} · Einstellungen unbekannt</translation></message>
</context>
<context>
<name>IdleNotifier</name>
<message numerus="yes"><source>%n picture(s) still to make</source><translation>
<numerusform>Noch %n Bild zu generieren</numerusform>
<numerusform>Noch %n Bilder zu generieren</numerusform>
</translation></message>
<message><source>The queue resumes when you open GDM Studio again.</source><translation>Die Warteschlange geht weiter, wenn GDM Studio wieder geöffnet wird.</translation></message>
</context>
<context>
<name>ImageSignals</name>
<message><source>The file does not say which model made this picture.</source><translation>Die Datei nennt das Modell nicht, das dieses Bild erzeugt hat.</translation></message>
<message><source>This picture has no settings from which to make it again.</source><translation>Dieses Bild hat keine Einstellungen, aus denen es sich noch einmal erzeugen ließe.</translation></message>
<message><source>This picture has no settings to use; drop it on the Create page to start from it.</source><translation>Dieses Bild hat keine Einstellungen; ziehen Sie es auf die Seite Erstellen, um damit zu beginnen.</translation></message>
<message><source>Variations need the settings of a picture, and this one has none; start from it instead.</source><translation>Varianten brauchen die Einstellungen eines Bildes, und dieses hat keine; beginnen Sie stattdessen mit ihm.</translation></message>
</context>
<context>
<name>ImportController</name>
<message><source>Add a folder of pictures to the gallery</source><translation>Der Galerie einen Ordner mit Bildern hinzufügen</translation></message>
<message><source>Added to the gallery</source><translation>Zur Galerie hinzugefügt</translation></message>
<message><source>{file} was copied; the original stays where it is.</source><translation>{file} wurde kopiert; das Original bleibt, wo es ist.</translation></message>
</context>
<context>
<name>InterpolationController</name>
<message><source>Animated WebP (*.webp)</source><translation>Animiertes WebP (*.webp)</translation></message>
<message><source>Animation saved</source><translation>Animation gespeichert</translation></message>
<message><source>Animation {file}</source><translation>Animation {file}</translation></message>
<message><source>Back to the row</source><translation>Zurück zur Reihe</translation></message>
<message numerus="yes"><source>Between two: %n picture(s)</source><translation>
<numerusform>Zwischen zweien: %n Bild</numerusform>
<numerusform>Zwischen zweien: %n Bilder</numerusform>
</translation></message>
<message><source>From {prompt}, seed {seed}</source><translation>Von {prompt}, Seed {seed}</translation></message>
<message><source>GIF (*.gif)</source><translation>GIF (*.gif)</translation></message>
<message><source>MP4 video (*.mp4)</source><translation>MP4-Video (*.mp4)</translation></message>
<message><source>Save animation</source><translation>Animation speichern</translation></message>
<message><source>every frame begins with the start picture</source><translation>jedes Bild beginnt mit dem Startbild</translation></message>
<message><source>no prompt</source><translation>ohne Prompt</translation></message>
<message><source>only the masked part changes</source><translation>nur der maskierte Teil ändert sich</translation></message>
<message><source>press Make</source><translation>Generieren drücken</translation></message>
<message><source>seed {seed}</source><translation>Seed {seed}</translation></message>
<message><source>writing…</source><translation>wird geschrieben …</translation></message>
<message><source>{percent} % of the way</source><translation>{percent} % des Weges</translation></message>
<message><source>{prompt}, seed {seed} → {end}</source><translation>{prompt}, Seed {seed} → {end}</translation></message>
</context>
<context>
<name>InterpolationRow</name>
<message><source>Use the seed and the prompt themselves</source><translation>Seed und Prompt selbst verwenden</translation></message>
<message><source>Variation {percent} % of seed {seed}</source><translation>Variation {percent} % von Seed {seed}</translation></message>
<message><source>{legs} steps away, the last {percent} % towards seed {seed}</source><translation>{legs} Etappen entfernt, die letzte {percent} % zu Seed {seed}</translation></message>
<message><source>{legs} steps away, the last {percent} % towards {prompt}, seed {seed}</source><translation>{legs} Etappen entfernt, die letzte {percent} % zu {prompt}, Seed {seed}</translation></message>
<message><source>{percent} % towards {prompt}, seed {seed}</source><translation>{percent} % zu {prompt}, Seed {seed}</translation></message>
</context>
<context>
<name>InterpolationView</name>
<message><source>Another seed</source><translation>Anderer Seed</translation></message>
<message><source>Between two pictures</source><translation>Zwischen zwei Bildern</translation></message>
<message><source>Drag along the row</source><translation>An der Reihe entlangziehen</translation></message>
<message><source>Frames</source><translation>Bilder</translation></message>
<message><source>Make</source><translation>Generieren</translation></message>
<message><source>Make the pictures of the row</source><translation>Die Bilder der Reihe generieren</translation></message>
<message><source>Picture of the row</source><translation>Bild der Reihe</translation></message>
<message><source>Pictures in the row</source><translation>Bilder in der Reihe</translation></message>
<message><source>Prompt of the last picture</source><translation>Prompt des letzten Bildes</translation></message>
<message><source>Prompt of the last picture; empty for the same prompt</source><translation>Prompt des letzten Bildes; leer für denselben Prompt</translation></message>
<message><source>Seed of the last picture</source><translation>Seed des letzten Bildes</translation></message>
<message><source>Stop</source><translation>Stoppen</translation></message>
<message><source>To prompt</source><translation>Zum Prompt</translation></message>
<message><source>To seed</source><translation>Zum Seed</translation></message>
<message><source>the same prompt</source><translation>derselbe Prompt</translation></message>
</context>
<context>
<name>Introduction</name>
<message><source>Press Start. Test pictures and a diagnosis show whether it learns.</source><translation>Starten drücken. Testbilder und eine Diagnose zeigen, ob das Modell lernt.</translation></message>
<message><source>Teach a model your style, or train a model of your own. All on this computer.</source><translation>Einem Modell den eigenen Stil beibringen oder ein eigenes Modell trainieren. Alles auf diesem Computer.</translation></message>
<message><source>Train on your pictures</source><translation>Mit eigenen Bildern trainieren</translation></message>
</context>
<context>
<name>InversionTool</name>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>noch %n Schritt</numerusform>
<numerusform>noch %n Schritte</numerusform>
</translation></message>
<message><source>Change the prompt, then generate from the recovered noise.</source><translation>Den Prompt ändern, dann aus dem gefundenen Rauschen generieren.</translation></message>
<message><source>Finding the noise</source><translation>Das Rauschen wird gesucht</translation></message>
<message><source>Generate from it</source><translation>Daraus generieren</translation></message>
<message><source>Ready: new words, same layout</source><translation>Bereit: neue Worte, gleicher Aufbau</translation></message>
<message><source>The picture as it is</source><translation>Das Bild, wie es ist</translation></message>
<message><source>The picture was drawn for: {prompt}</source><translation>Das Bild wurde gezeichnet für: {prompt}</translation></message>
<message><source>Use its prompt</source><translation>Seinen Prompt verwenden</translation></message>
<message><source>Your prompt is not the picture's</source><translation>Ihr Prompt ist nicht der des Bildes</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model} kann nicht mit einem Bild beginnen</translation></message>
<message><source>{percent} % noise</source><translation>{percent} % Rauschen</translation></message>
</context>
<context>
<name>JobBar</name>
<message numerus="yes"><source>%n job(s)</source><translation>
<numerusform>%n Auftrag</numerusform>
<numerusform>%n Aufträge</numerusform>
</translation></message>
<message><source>Choose a job to stop</source><translation>Einen Auftrag zum Stoppen wählen</translation></message>
<message><source>Show all running jobs in the queue</source><translation>Alle laufenden Aufträge in der Warteschlange zeigen</translation></message>
<message><source>Show {job}</source><translation>{job} zeigen</translation></message>
<message><source>Stop</source><translation>Stoppen</translation></message>
<message><source>Stop this job after the current step</source><translation>Diesen Auftrag nach dem laufenden Schritt stoppen</translation></message>
<message><source>Stop {job}</source><translation>{job} stoppen</translation></message>
<message><source>Stop…</source><translation>Stoppen …</translation></message>
</context>
<context>
<name>JobLine</name>
<message><source>Progress of {job}</source><translation>Fortschritt von {job}</translation></message>
<message><source>Show</source><translation>Zeigen</translation></message>
<message><source>Show the pictures of this job</source><translation>Die Bilder dieses Auftrags zeigen</translation></message>
<message><source>Show {job}</source><translation>{job} zeigen</translation></message>
<message><source>Stop</source><translation>Stoppen</translation></message>
<message><source>Stop {job}</source><translation>{job} stoppen</translation></message>
</context>
<context>
<name>Label</name>
<message><source>{title}: {text}</source><translation>{title}: {text}</translation></message>
</context>
<context>
<name>LargePicture</name>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Space or Esc closes it; the arrow keys show the next picture</source><translation>Leertaste oder Esc schließt es; die Pfeiltasten zeigen das nächste Bild</translation></message>
<message><source>Toolbar of the picture</source><translation>Werkzeugleiste des Bildes</translation></message>
<message><source>{title}, large</source><translation>{title}, groß</translation></message>
</context>
<context>
<name>LearnPage</name>
<message><source>Compare the systems of the literature</source><translation>Die Systeme der Literatur vergleichen</translation></message>
<message><source>Data to noise</source><translation>Daten zu Rauschen</translation></message>
<message><source>Diffusion in 2D</source><translation>Diffusion in 2D</translation></message>
<message><source>Direction</source><translation>Richtung</translation></message>
<message><source>Drag through the steps</source><translation>Durch die Schritte ziehen</translation></message>
<message><source>Draw lines here with the mouse.</source><translation>Hier mit der Maus Linien zeichnen.</translation></message>
<message><source>Exporting…</source><translation>Wird exportiert …</translation></message>
<message><source>Family tree</source><translation>Stammbaum</translation></message>
<message><source>First run</source><translation>Erster Lauf</translation></message>
<message><source>Lessons</source><translation>Lektionen</translation></message>
<message><source>Measured when the training ends</source><translation>Wird nach dem Training gemessen</translation></message>
<message><source>Noise to data</source><translation>Rauschen zu Daten</translation></message>
<message><source>Notebook (Jupyter)</source><translation>Notebook (Jupyter)</translation></message>
<message><source>Panel</source><translation>Leiste</translation></message>
<message><source>Play the steps</source><translation>Die Schritte abspielen</translation></message>
<message><source>Second run</source><translation>Zweiter Lauf</translation></message>
<message><source>Settings</source><translation>Einstellungen</translation></message>
<message><source>Settings of the points</source><translation>Einstellungen der Punkte</translation></message>
<message><source>Show the score as arrows</source><translation>Den Score als Pfeile zeigen</translation></message>
<message><source>Six short lessons, each with an exercise</source><translation>Sechs kurze Lektionen, jede mit einer Übung</translation></message>
<message><source>Step</source><translation>Schritt</translation></message>
<message><source>Step {step} of {steps}</source><translation>Schritt {step} von {steps}</translation></message>
<message><source>Take it home</source><translation>Mitnehmen</translation></message>
<message><source>Take it home, as a web page or a notebook</source><translation>Als Webseite oder Notebook mitnehmen</translation></message>
<message><source>The process</source><translation>Der Prozess</translation></message>
<message><source>The process adds noise to true points</source><translation>Der Prozess verrauscht wahre Punkte</translation></message>
<message><source>The runs were exported</source><translation>Die Läufe wurden exportiert</translation></message>
<message><source>The sampler removes the noise</source><translation>Der Sampler entfernt das Rauschen</translation></message>
<message><source>This step, in numbers</source><translation>Dieser Schritt in Zahlen</translation></message>
<message><source>Web page (HTML)</source><translation>Webseite (HTML)</translation></message>
<message><source>{factor} × the exact error, step {step} of {steps}</source><translation>{factor} × der exakte Fehler, Schritt {step} von {steps}</translation></message>
<message><source>α {alpha} · σ {sigma} · distance {distance}</source><translation>α {alpha} · σ {sigma} · Abstand {distance}</translation></message>
</context>
<context>
<name>Lesson</name>
<message><source>1. Noise and its schedule</source><translation>1. Rauschen und sein Zeitplan</translation></message>
<message><source>2. What a network learns</source><translation>2. Was ein Netz lernt</translation></message>
<message><source>20 steps</source><translation>20 Schritte</translation></message>
<message><source>2000 points were drawn with the exact denoiser. Near how many different training points do they end?</source><translation>2000 Punkte wurden mit dem exakten Denoiser gezogen. Bei wie vielen verschiedenen Trainingspunkten enden sie?</translation></message>
<message><source>3. Samplers and steps</source><translation>3. Sampler und Schritte</translation></message>
<message><source>4. Guidance, temperature</source><translation>4. Guidance, Temperatur</translation></message>
<message><source>5. Latents</source><translation>5. Latents</translation></message>
<message><source>50 steps</source><translation>50 Schritte</translation></message>
<message><source>6. Why models memorise</source><translation>6. Warum Modelle auswendig lernen</translation></message>
<message><source>A common mistake: “DDIM adapts its schedule to the data.” It does not. You choose its noise levels before it starts, and all points pass through the same ones. It needs fewer steps than DDPM because its path has no new noise. Only methods with a tolerance, such as RK45, choose their steps on the way.</source><translation>Ein häufiger Irrtum: „DDIM passt seinen Zeitplan an die Daten an.“ Nein. Seine Rauschpegel stehen vor dem Start fest, und alle Punkte durchlaufen dieselben. DDIM braucht weniger Schritte als DDPM, weil auf seinem Weg kein neues Rauschen dazukommt. Nur Verfahren mit einer Toleranz, etwa RK45, wählen ihre Schritte unterwegs.</translation></message>
<message><source>A coordinate is x = 1, at α = 0.6 and σ = 0.8. The network guesses x̂₀ = 0.5. Which noise ε follows?</source><translation>Eine Koordinate ist x = 1, bei α = 0,6 und σ = 0,8. Das Netz schätzt x̂₀ = 0,5. Welches Rauschen ε folgt daraus?</translation></message>
<message><source>A network in place of the exact guess</source><translation>Ein Netz anstelle der exakten Schätzung</translation></message>
<message><source>A noisy point could have come from many clean points. The best possible guess is their average, weighted by how likely each is: x̂₀ = E[x₀ | x]. In training, a clean point, a noise level and noise are drawn at random. The network sees the noisy point and the level. Its loss is the squared error of its guess. Of two equally likely points, the middle has less of it, on average, than either.</source><translation>Ein verrauschter Punkt kann aus vielen sauberen Punkten entstanden sein. Die bestmögliche Schätzung ist ihr Mittel, gewichtet danach, wie wahrscheinlich jeder ist: x̂₀ = E[x₀ | x]. Im Training werden ein sauberer Punkt, ein Rauschpegel und Rauschen zufällig gezogen. Das Netz sieht den verrauschten Punkt und den Pegel. Sein Verlust ist der quadratische Fehler seiner Schätzung. Bei zwei gleich wahrscheinlichen Punkten ist er in der Mitte im Durchschnitt kleiner als bei jedem der beiden.</translation></message>
<message><source>A picture of 512 × 512 pixels in 3 colours has 786432 numbers. Most of them can be guessed from their neighbours. Diffusion on all of them would spend its time on details that nobody sees.</source><translation>Ein Bild mit 512 × 512 Pixeln in 3 Farben hat 786432 Zahlen. Die meisten lassen sich aus ihren Nachbarn erraten. Diffusion auf allen würde ihre Zeit mit Details verbringen, die niemand sieht.</translation></message>
<message><source>A prompt is a condition. On the plane it is the class: here, the first moon. The network can guess with the class, c, and without it, u. In training, the class is sometimes left out, so that one network learns both.</source><translation>Ein Prompt ist eine Bedingung. Auf der Ebene ist es die Klasse: hier der erste Mond. Das Netz kann mit der Klasse schätzen, c, und ohne sie, u. Im Training wird die Klasse manchmal weggelassen, damit ein Netz beides lernt.</translation></message>
<message><source>A sampler walks back from noise to data. The network knows every noise level, so the sampler may skip most of them. DDIM splits x into the guess x̂₀ and the predicted noise ε, and mixes them again with less noise:
x′ = α′·x̂₀ + σ′·ε
Move the slider back: Σ below the plane shows a step in numbers, with its code. The last step is only x′ = x̂₀.</source><translation>Ein Sampler geht vom Rauschen zurück zu den Daten. Das Netz kennt jeden Rauschpegel, also darf der Sampler die meisten überspringen. DDIM zerlegt x in die Schätzung x̂₀ und das vorhergesagte Rauschen ε und mischt sie mit weniger Rauschen neu:
x′ = α′·x̂₀ + σ′·ε
Den Schieber zurückziehen: Σ unter der Ebene zeigt einen Schritt in Zahlen, mit seinem Code. Der letzte Schritt ist nur x′ = x̂₀.</translation></message>
<message><source>A schedule says how fast α falls over 1000 steps; the slider stops at 40 of them. Halfway, α is 0.28 in the linear schedule and 0.70 in the cosine schedule, which spends more steps where shapes can be seen.</source><translation>Ein Zeitplan sagt, wie schnell α in 1000 Schritten fällt; der Regler hält bei 40 davon. Auf halbem Weg ist α beim linearen Zeitplan 0,28 und beim Kosinus-Zeitplan 0,70: er verwendet mehr Schritte dort, wo Formen zu erkennen sind.</translation></message>
<message><source>An average is not the clean point itself, so even a perfect network has a loss. Exactly between the two modes, the best guess is the middle, where there is no data: in pictures, a blur.</source><translation>Ein Mittel ist nicht der saubere Punkt selbst, daher hat auch ein perfektes Netz einen Verlust. Genau zwischen den beiden Moden ist die beste Schätzung die Mitte, wo keine Daten sind: bei Bildern etwas Unscharfes.</translation></message>
<message><source>Better rules bend with the curve. DPM++ 2M also uses its previous guess. An evaluation is one guess; guesses take nearly all the time. In the chart, DPM++ 2M reaches 0.04 with 12 evaluations, and DDIM 0.08.</source><translation>Bessere Regeln folgen der Kurve. DPM++ 2M benutzt auch seine vorige Schätzung. Eine Auswertung ist eine Schätzung; die Schätzungen brauchen fast die ganze Zeit. Im Diagramm erreicht DPM++ 2M mit 12 Auswertungen 0,04 und DDIM 0,08.</translation></message>
<message><source>Classifier-free guidance exaggerates the difference between the two guesses:
x̂₀ = u + g·(c − u)
At g = 0 the class has no effect, and at g = 1 it is the plain guess with the class. Above 1, points move away from what all classes have in common. Each step takes two guesses instead of one. With a negative prompt, u is the guess for that prompt.</source><translation>Classifier-free Guidance übertreibt den Unterschied zwischen den zwei Schätzungen:
x̂₀ = u + g·(c − u)
Bei g = 0 hat die Klasse keine Wirkung, und bei g = 1 ist es einfach die Schätzung mit der Klasse. Über 1 entfernen sich die Punkte von dem, was alle Klassen gemeinsam haben. Jeder Schritt braucht zwei Schätzungen statt einer. Mit einem negativen Prompt ist u die Schätzung für diesen Prompt.</translation></message>
<message><source>Click a point to follow it. The red circle is the guess for it. At high noise the guess is near the middle of all data, at low noise in the nearest mode. The arrows point to α·x̂₀.</source><translation>Ein Klick auf einen Punkt verfolgt ihn. Der rote Kreis ist die Schätzung für ihn. Bei viel Rauschen liegt sie nahe der Mitte aller Daten, bei wenig Rauschen in der nächsten Mode. Die Pfeile zeigen auf α·x̂₀.</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM puts fresh noise in place of part of the predicted noise, except at the end. That corrects earlier errors, but needs more steps. η scales the fresh noise: 0 is DDIM, 1 is DDPM. With other fresh noise, the same start ends elsewhere. DDPM follows a stochastic differential equation (SDE), DDIM an ordinary one (ODE).</source><translation>DDPM setzt neues Rauschen an die Stelle eines Teils des vorhergesagten Rauschens, außer am Ende. Das korrigiert frühere Fehler, braucht aber mehr Schritte. η ist der Faktor des neuen Rauschens: 0 ist DDIM, 1 ist DDPM. Mit anderem neuen Rauschen endet derselbe Anfang anderswo. DDPM folgt einer stochastischen Differentialgleichung (SDE), DDIM einer gewöhnlichen (ODE).</translation></message>
<message><source>DDPM, with fresh noise</source><translation>DDPM, mit neuem Rauschen</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>Drag the slider to the place where data and noise are equally strong, α = σ. Then check.</source><translation>Den Schieber an die Stelle ziehen, wo Daten und Rauschen gleich stark sind, α = σ. Dann prüfen.</translation></message>
<message><source>Each point here stands for a picture. Drag the slider below: the points turn into noise, step by step. The grey glow is their true density; blue and orange are two classes. Nothing is learned yet. This half of diffusion is pure arithmetic.</source><translation>Jeder Punkt steht hier für ein Bild. Den Schieber unten ziehen: Schritt für Schritt werden die Punkte zu Rauschen. Der graue Schein ist ihre wahre Dichte; Blau und Orange sind zwei Klassen. Gelernt ist noch nichts. Diese Hälfte der Diffusion ist reines Rechnen.</translation></message>
<message><source>Each point on this plane can stand for two latents, which a decoder turns into a picture. Nothing about the sampler would change: it sees numbers and noise, never pixels. The prompt is no latent: a text encoder turns it into numbers, which the denoiser reads at every step.</source><translation>Jeder Punkt auf dieser Ebene kann für zwei Latents stehen, die ein Decoder in ein Bild verwandelt. Für den Sampler würde sich nichts ändern: er sieht Zahlen und Rauschen, nie Pixel. Der Prompt ist kein Latent: ein Text-Encoder verwandelt ihn in Zahlen, die der Denoiser bei jedem Schritt liest.</translation></message>
<message><source>Guidance 4</source><translation>Guidance 4</translation></message>
<message><source>How many latents has a picture of 1024 × 1024 pixels, if they have 4 channels and each side is 8 times smaller?</source><translation>Wie viele Latents hat ein Bild mit 1024 × 1024 Pixeln, wenn sie 4 Kanäle haben und jede Seite 8-mal kleiner ist?</translation></message>
<message><source>In short: guidance makes a picture fit its prompt better, a low temperature makes it more ordinary. If colours become too strong or all pictures look the same, lower the guidance first.</source><translation>Kurz gesagt: Guidance lässt ein Bild besser zum Prompt passen, eine niedrige Temperatur macht es gewöhnlicher. Wenn Farben zu kräftig werden oder alle Bilder gleich aussehen, zuerst die Guidance senken.</translation></message>
<message><source>Latents are not small pictures. Neighbouring latents belong to neighbouring places, but a single channel is no colour. The autoencoder (VAE) is not exact: a picture that is encoded and decoded again has lost fine texture and small letters. More steps cannot repair them.</source><translation>Latents sind keine kleinen Bilder. Benachbarte Latents gehören zu benachbarten Stellen, aber ein einzelner Kanal ist keine Farbe. Der Autoencoder (VAE) ist nicht exakt: ein Bild, das kodiert und wieder dekodiert wird, hat feine Textur und kleine Buchstaben verloren. Mehr Schritte können sie nicht reparieren.</translation></message>
<message><source>Let it predict the noise</source><translation>Das Rauschen vorhersagen lassen</translation></message>
<message><source>Many small steps together are one large step:
x = α·x₀ + σ·ε
α scales the data: it is the product of all √(1 − β), which DDPM's paper calls √ᾱ. σ scales the noise. Both are shown below the plane. Since the cloud keeps its size, α² + σ² = 1: the variance is preserved (VP). At the end α is nearly 0: what remains is Gaussian noise with mean 0 and variance 1, from which a new picture can start.</source><translation>Viele kleine Schritte zusammen sind ein großer Schritt:
x = α·x₀ + σ·ε
α skaliert die Daten: es ist das Produkt aller √(1 − β), das im DDPM-Artikel √ᾱ heißt. σ skaliert das Rauschen. Beide stehen unter der Ebene. Da die Wolke ihre Größe behält, ist α² + σ² = 1: die Varianz bleibt erhalten (VP). Am Ende ist α fast 0: übrig bleibt Gaußsches Rauschen mit Mittelwert 0 und Varianz 1, mit dem ein neues Bild beginnen kann.</translation></message>
<message><source>Models make new pictures because they do not reach that optimum. A network of limited size, seeing many pictures few times, cannot store each one. It has to learn what they share, and guesses mixtures of them. These errors are the new pictures.</source><translation>Modelle machen neue Bilder, weil sie dieses Optimum nicht erreichen. Ein Netz begrenzter Größe, das viele Bilder nur wenige Male sieht, kann nicht jedes speichern. Es muss lernen, was sie gemeinsam haben, und schätzt Mischungen davon. Diese Fehler sind die neuen Bilder.</translation></message>
<message><source>More steps do not help: the sampler follows the guess. Nor does another seed. To see whether a model copies, look for the training picture nearest to the result. To see it in training, hold some pictures out, as the page Train does. At high noise, the errors of held-out and training pictures agree, since only the average can be guessed. The gap opens at middle and low noise: if the model copies, the error of held-out pictures usually falls first, then stalls or rises, while that of training pictures keeps falling.</source><translation>Mehr Schritte helfen nicht: der Sampler folgt der Schätzung. Auch ein anderer Seed hilft nicht. Ob ein Modell kopiert, zeigt das Trainingsbild, das dem Ergebnis am nächsten ist. Im Training zeigen es zurückgehaltene Bilder, wie auf der Seite Trainieren. Bei viel Rauschen stimmen die Fehler der zurückgehaltenen Bilder und der Trainingsbilder überein, weil sich nur das Mittel schätzen lässt. Die Lücke öffnet sich bei mittlerem und wenig Rauschen: wenn das Modell kopiert, fällt der Fehler der zurückgehaltenen Bilder meist zuerst und stockt oder steigt dann, während der Fehler der Trainingsbilder weiter fällt.</translation></message>
<message><source>Not yet. Count the clusters on the first plane.</source><translation>Noch nicht. Die Häufchen auf der ersten Ebene zählen.</translation></message>
<message><source>Not yet. Divide the side by 8, square it, and multiply by the channels.</source><translation>Noch nicht. Die Seite durch 8 teilen, quadrieren und mit den Kanälen malnehmen.</translation></message>
<message><source>Not yet. Multiply the difference of the guesses by 3, and add it to the guess without the class.</source><translation>Noch nicht. Den Unterschied der Schätzungen mit 3 malnehmen und zur Schätzung ohne Klasse addieren.</translation></message>
<message><source>Not yet. Open Settings, move Steps, and read the distance below the first plane. Change nothing else.</source><translation>Noch nicht. Einstellungen öffnen, Schritte verschieben und den Abstand unter der ersten Ebene ablesen. Sonst nichts ändern.</translation></message>
<message><source>Not yet. Read α and σ below the plane: near 0.7 with VP, near 1 with VE.</source><translation>Noch nicht. α und σ unter der Ebene ablesen: nahe 0,7 bei VP, nahe 1 bei VE.</translation></message>
<message><source>Not yet. Subtract α·x̂₀ from x, then divide by σ.</source><translation>Noch nicht. α·x̂₀ von x abziehen, dann durch σ teilen.</translation></message>
<message><source>Not yet. The distance is less than 0.1, but fewer steps will do.</source><translation>Noch nicht. Der Abstand ist kleiner als 0,1, aber weniger Schritte genügen.</translation></message>
<message><source>On this page the exact guess is known, because the data is a known mixture. For real data, a network has to learn it. Watch one learn: below it, its error is compared with the exact guess's.</source><translation>Auf dieser Seite ist die exakte Schätzung bekannt, weil die Daten eine bekannte Mischung sind. Bei echten Daten muss ein Netz sie lernen. Hier lernt eines: darunter wird sein Fehler mit dem der exakten Schätzung verglichen.</translation></message>
<message><source>One small step keeps most of a point and adds a little Gaussian noise ε:
x ← √(1 − β)·x + √β·ε
Here β is the noise's share of the variance. Mind the roots. Data and noise both have variance 1, and variances add up: (1 − β) + β = 1. So the cloud keeps its size. Without the roots it would shrink at every step, which is a common mistake.</source><translation>Ein kleiner Schritt behält das meiste von einem Punkt und fügt ein wenig gaußsches Rauschen ε hinzu:
x ← √(1 − β)·x + √β·ε
Dabei ist β der Anteil des Rauschens an der Varianz. Auf die Wurzeln kommt es an. Daten und Rauschen haben beide die Varianz 1, und Varianzen addieren sich: (1 − β) + β = 1. So behält die Wolke ihre Größe. Ohne die Wurzeln würde sie bei jedem Schritt schrumpfen, ein häufiger Fehler.</translation></message>
<message><source>Right. No matter how many points you draw, there are no more than these.</source><translation>Richtig. Wie viele Punkte auch gezogen werden, es sind nie mehr als diese.</translation></message>
<message><source>Right. One step less, and the distance is 0.1 or more.</source><translation>Richtig. Mit einem Schritt weniger ist der Abstand 0,1 oder mehr.</translation></message>
<message><source>Right. With VP, both are 0.71 there, because twice the square of 0.71 is 1.</source><translation>Richtig. Bei VP sind beide dort 0,71, denn zweimal das Quadrat von 0,71 ist 1.</translation></message>
<message><source>Right: (1 − 0.6·0.5) / 0.8 = 0.875.</source><translation>Richtig: (1 − 0,6·0,5) / 0,8 = 0,875.</translation></message>
<message><source>Right: 0.2 + 3·(0.5 − 0.2) = 1.1, which is beyond both guesses.</source><translation>Richtig: 0,2 + 3·(0,5 − 0,2) = 1,1, und das liegt jenseits beider Schätzungen.</translation></message>
<message><source>Right: 128 × 128 × 4 = 65536, four times as many as for 512 × 512.</source><translation>Richtig: 128 × 128 × 4 = 65536, viermal so viele wie bei 512 × 512.</translation></message>
<message><source>Set Steps so that DDIM ends less than 0.1 from the truth, with as few steps as possible. Then check.</source><translation>Schritte so einstellen, dass DDIM weniger als 0,1 von der Wahrheit entfernt endet, mit so wenigen Schritten wie möglich. Dann prüfen.</translation></message>
<message><source>So an autoencoder is trained first. Its encoder turns the picture into fewer numbers, the latents; its decoder turns latents back into a picture. Stable Diffusion 1.5 at 512 × 512 has 64 × 64 × 4 = 16384 latents, 48 times fewer. The built-in Icons model turns 256 × 256 × 4 numbers into 4096, 64 times fewer. Diffusion happens on the latents alone, and the decoder runs once at the end.</source><translation>Also wird zuerst ein Autoencoder trainiert. Sein Encoder verwandelt das Bild in weniger Zahlen, die Latents; sein Decoder verwandelt Latents zurück in ein Bild. Stable Diffusion 1.5 hat bei 512 × 512 64 × 64 × 4 = 16384 Latents, 48-mal weniger. Das eingebaute Modell Icons verwandelt 256 × 256 × 4 Zahlen in 4096, 64-mal weniger. Die Diffusion findet nur auf den Latents statt, und der Decoder läuft einmal am Ende.</translation></message>
<message><source>Some processes never shrink the data: with VE (variance exploding), α stays 1 and σ grows to 50. The points look alike, because this page scales them to the same size. So the chart shows α / √(α² + σ²), which falls for VE too. What counts is the ratio σ / α.</source><translation>Manche Prozesse verkleinern die Daten nie: bei VE (explodierende Varianz) bleibt α 1, und σ wächst bis 50. Die Punkte sehen gleich aus, weil diese Seite sie auf dieselbe Größe skaliert. Darum zeigt das Diagramm α / √(α² + σ²), das auch bei VE fällt. Es zählt das Verhältnis σ / α.</translation></message>
<message><source>Temperature 0.5</source><translation>Temperatur 0,5</translation></message>
<message><source>Temperature is not guidance. It needs no class and no second guess. It multiplies the predicted noise ε by a number, which is above 1 for a temperature below 1, before x̂₀ is computed from it. So more noise is removed: points spread less around the modes of the distribution, and are more typical. At a temperature above 1, they spread more.</source><translation>Temperatur ist nicht Guidance. Sie braucht keine Klasse und keine zweite Schätzung. Sie multipliziert das vorhergesagte Rauschen ε mit einer Zahl, die bei einer Temperatur unter 1 über 1 liegt, bevor daraus x̂₀ berechnet wird. So wird mehr Rauschen entfernt: die Punkte streuen weniger um die Moden der Verteilung und sind typischer. Bei einer Temperatur über 1 streuen sie mehr.</translation></message>
<message><source>That is no accident. For a finite training set, the best possible guess x̂₀ is a weighted average of the training pictures. As the noise falls, one weight grows to 1, and the guess is that picture. So the network with the lowest possible training loss does nothing but copy.</source><translation>Das ist kein Zufall. Bei einer endlichen Trainingsmenge ist die bestmögliche Schätzung x̂₀ ein gewichtetes Mittel der Trainingsbilder. Wenn das Rauschen fällt, wächst ein Gewicht auf 1, und die Schätzung ist dieses Bild. Das Netz mit dem kleinstmöglichen Trainingsverlust tut also nichts als kopieren.</translation></message>
<message><source>The arrows show the same knowledge in another form: the score ∇ log p, the direction in which noisy points become more likely. It is opposite to the predicted noise ε. An arrow's dot is its tip; long arrows are shortened. Guess, noise, score and velocity v follow from each other, so a network may predict any of them:
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</source><translation>Die Pfeile zeigen dasselbe Wissen in anderer Form: den Score ∇ log p, die Richtung, in der verrauschte Punkte wahrscheinlicher werden. Er ist dem vorhergesagten Rauschen ε entgegengesetzt. Der Punkt eines Pfeils ist seine Spitze; lange Pfeile sind verkürzt. Schätzung, Rauschen, Score und Geschwindigkeit v folgen auseinander, ein Netz kann also jede dieser Größen vorhersagen:
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</translation></message>
<message><source>The class becomes clearer, and the variety smaller: across, the spread of the moon falls from 0.97 to 0.52. The end near the other moon is lost. The result no longer follows the true distribution, as the distance shows. Pictures with strong guidance look alike for the same reason.</source><translation>Die Klasse wird deutlicher und die Vielfalt kleiner: quer fällt die Streuung des Mondes von 0,97 auf 0,52. Das Ende beim anderen Mond geht verloren. Das Ergebnis folgt nicht mehr der wahren Verteilung, wie der Abstand zeigt. Aus demselben Grund sehen Bilder mit starker Guidance einander ähnlich.</translation></message>
<message><source>The cosine schedule</source><translation>Der Kosinus-Zeitplan</translation></message>
<message><source>The guess with the class is 0.5, without it 0.2. What is it with guidance 3?</source><translation>Die Schätzung mit der Klasse ist 0,5, ohne sie 0,2. Wie groß ist sie mit Guidance 3?</translation></message>
<message><source>The schedule expects data of variance 1. Latents are therefore scaled before noise is added, as all densities on this page are. Otherwise, the same σ would mean much noise for one model and little for another.</source><translation>Der Zeitplan erwartet Daten der Varianz 1. Latents werden deshalb skaliert, bevor Rauschen dazukommt, so wie alle Dichten auf dieser Seite. Sonst würde dasselbe σ für ein Modell viel Rauschen bedeuten und für ein anderes wenig.</translation></message>
<message><source>The training set of this plane has 5 pictures: five spots. The denoiser is exact. It has made 2000 new points. Look where they are: nearly all are copies of one of the five. Hardly anything new came out.</source><translation>Die Trainingsmenge dieser Ebene hat 5 Bilder: fünf Flecken. Der Denoiser ist exakt. Er hat 2000 neue Punkte gemacht. Wo liegen sie? Fast alle sind Kopien von einem der fünf. Etwas Neues ist kaum entstanden.</translation></message>
<message><source>The true path is a curve, and DDIM's straight steps cut its corners. A single step ends near the average of all data. The distance is how far points must move to match the truth along a line, averaged over all lines; 0 is the same distribution. With 5 steps, DDIM ends 0.23 from the true spiral; with 20 steps, 0.05. The chart shows other numbers of steps; its dashed line is the distance of two true samples.</source><translation>Der wahre Weg ist eine Kurve, und die geraden Schritte von DDIM schneiden ihre Ecken ab. Ein einziger Schritt endet nahe dem Mittel aller Daten. Der Abstand sagt, wie weit sich die Punkte bewegen müssen, um der Wahrheit zu entsprechen, entlang einer Linie gesehen und über alle Richtungen gemittelt; 0 ist dieselbe Verteilung. Mit 5 Schritten endet DDIM 0,23 von der wahren Spirale entfernt, mit 20 Schritten 0,05. Das Diagramm zeigt andere Schrittzahlen; seine gestrichelte Linie ist der Abstand zweier wahrer Stichproben.</translation></message>
<message><source>This network starts badly at high noise: x̂₀ = (x − σ·ε) / α divides its error by α, which is nearly 0 there. Its loss, the squared error of ε, hardly counts that.</source><translation>Dieses Netz beginnt bei viel Rauschen schlecht: x̂₀ = (x − σ·ε) / α teilt seinen Fehler durch α, das dort fast 0 ist. Sein Verlust, der quadratische Fehler von ε, zählt das kaum.</translation></message>
<message><source>Train a network for 1500 steps</source><translation>Ein Netz 1500 Schritte trainieren</translation></message>
<message><source>VE, which only adds noise</source><translation>VE, das nur Rauschen hinzufügt</translation></message>
<message><source>Watch it train: first its points lie between the five spots, later on them. A model memorises if its pictures are few, or repeated, or if training is long. That is why data sets are cleaned of duplicates, and why a LoRA on ten pictures should be stopped early.</source><translation>Beim Training zuzusehen lohnt sich: zuerst liegen seine Punkte zwischen den fünf Flecken, später auf ihnen. Ein Modell lernt auswendig, wenn es wenige Bilder sind, wenn sie sich wiederholen oder wenn lange trainiert wird. Deshalb werden Datensätze von Duplikaten befreit, und deshalb sollte ein LoRA auf zehn Bildern früh gestoppt werden.</translation></message>
</context>
<context>
<name>LessonPanel</name>
<message><source>Lesson</source><translation>Lektion</translation></message>
<message><source>Text of the lesson</source><translation>Text der Lektion</translation></message>
<message><source>Type a number, such as 0.5.</source><translation>Eine Zahl eingeben, etwa 0,5.</translation></message>
</context>
<context>
<name>LessonText</name>
<message><source>A number</source><translation>Eine Zahl</translation></message>
<message><source>Answer</source><translation>Antwort</translation></message>
<message><source>Change this alone</source><translation>Nur dies ändern</translation></message>
<message><source>Check</source><translation>Prüfen</translation></message>
<message><source>Check the answer</source><translation>Die Antwort prüfen</translation></message>
<message><source>Exercise</source><translation>Übung</translation></message>
<message><source>Next lesson</source><translation>Nächste Lektion</translation></message>
<message><source>Open the next lesson</source><translation>Die nächste Lektion öffnen</translation></message>
<message><source>Try it</source><translation>Ausprobieren</translation></message>
<message><source>Try it: {change}</source><translation>Ausprobieren: {change}</translation></message>
</context>
<context>
<name>LibraryMove</name>
<message><source>All of them are still in {folder}.</source><translation>Alle sind noch in {folder}.</translation></message>
<message><source>Move back</source><translation>Zurückverschieben</translation></message>
<message><source>Move the pictures to</source><translation>Die Bilder verschieben nach</translation></message>
<message><source>Moving stopped</source><translation>Verschieben gestoppt</translation></message>
<message><source>Preparing…</source><translation>Wird vorbereitet …</translation></message>
<message><source>The pictures have been moved</source><translation>Die Bilder sind verschoben</translation></message>
<message><source>They are in {folder} now.</source><translation>Sie sind jetzt in {folder}.</translation></message>
<message><source>{done} of {total} copied</source><translation>{done} von {total} kopiert</translation></message>
</context>
<context>
<name>LibraryRow</name>
<message><source>Leave the pictures in the current folder</source><translation>Die Bilder im jetzigen Ordner lassen</translation></message>
<message><source>Move all pictures to another folder</source><translation>Alle Bilder in einen anderen Ordner verschieben</translation></message>
<message><source>Move…</source><translation>Verschieben …</translation></message>
<message><source>Open the folder</source><translation>Den Ordner öffnen</translation></message>
<message><source>Show</source><translation>Zeigen</translation></message>
<message><source>Stop</source><translation>Stoppen</translation></message>
</context>
<context>
<name>LicencesSheet</name>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Licence text</source><translation>Lizenztext</translation></message>
<message><source>Licences</source><translation>Lizenzen</translation></message>
<message><source>The package contains no licence text.</source><translation>Das Paket enthält keinen Lizenztext.</translation></message>
</context>
<context>
<name>Link</name>
<message><source>{name}: {value}</source><translation>{name}: {value}</translation></message>
</context>
<context>
<name>LitPicture</name>
<message><source>Arrow keys move to another place</source><translation>Pfeiltasten gehen zu einer anderen Stelle</translation></message>
<message><source>The picture, lit where the word acted</source><translation>Das Bild, hell, wo das Wort wirkte</translation></message>
</context>
<context>
<name>Live</name>
<message><source>Change the words, or roll the seed, for another one.</source><translation>Andere Wörter oder einen anderen Seed für ein anderes Bild wählen.</translation></message>
<message><source>Live: {subject}</source><translation>Live: {subject}</translation></message>
<message><source>This picture is in the gallery</source><translation>Dieses Bild ist in der Galerie</translation></message>
<message><source>seed {seed}</source><translation>Seed {seed}</translation></message>
</context>
<context>
<name>LoadedSteps</name>
<message><source>Its steps appear once the run has ended</source><translation>Seine Schritte erscheinen, wenn der Lauf zu Ende ist</translation></message>
<message><source>Loading its steps…</source><translation>Seine Schritte werden geladen …</translation></message>
<message><source>No steps were saved with this picture</source><translation>Zu diesem Bild sind keine Schritte gespeichert</translation></message>
<message><source>{width} × {height} · seed {seed}</source><translation>{width} × {height} · Seed {seed}</translation></message>
</context>
<context>
<name>LossChart</name>
<message><source>Loss</source><translation>Verlust</translation></message>
<message><source>This run</source><translation>Dieser Lauf</translation></message>
<message><source>error at the same noise · samples · {run} with a 95 % band</source><translation>Fehler bei gleichem Rauschen · gesehene Bilder · {run} mit 95-%-Band</translation></message>
<message><source>loss and its average · samples</source><translation>Verlust und sein Mittel · gesehene Bilder</translation></message>
</context>
<context>
<name>MainSettings</name>
<message><source>More</source><translation>Mehr</translation></message>
</context>
<context>
<name>MaskBar</name>
<message><source>Brush</source><translation>Pinsel</translation></message>
<message><source>Brush size</source><translation>Pinselgröße</translation></message>
<message><source>Clear the mask</source><translation>Maske leeren</translation></message>
<message><source>Erase</source><translation>Radieren</translation></message>
<message><source>Generate the painted part again</source><translation>Den gemalten Teil neu generieren</translation></message>
<message><source>Leave the mask as it was</source><translation>Die Maske lassen, wie sie war</translation></message>
<message><source>Paint</source><translation>Malen</translation></message>
<message><source>Paint the part to generate again; the right button erases</source><translation>Den Teil malen, der neu generiert wird; die rechte Taste radiert</translation></message>
<message><source>Remove paint</source><translation>Farbe entfernen</translation></message>
<message><source>Size</source><translation>Größe</translation></message>
<message><source>Size of the brush (the wheel over the picture)</source><translation>Größe des Pinsels (das Mausrad über dem Bild)</translation></message>
<message><source>Undo the last stroke</source><translation>Den letzten Strich rückgängig machen</translation></message>
<message><source>Use</source><translation>Verwenden</translation></message>
<message><source>Use mask</source><translation>Maske verwenden</translation></message>
</context>
<context>
<name>MaskTools</name>
<message><source>Another word</source><translation>Anderes Wort</translation></message>
<message><source>Another word to select by</source><translation>Anderes Wort, nach dem ausgewählt wird</translation></message>
<message><source>Area at a click</source><translation>Fläche beim Klick</translation></message>
<message><source>Brush</source><translation>Pinsel</translation></message>
<message><source>Clear</source><translation>Leeren</translation></message>
<message><source>Colour at a click</source><translation>Farbe beim Klick</translation></message>
<message><source>Grow</source><translation>Vergrößern</translation></message>
<message><source>Invert</source><translation>Umkehren</translation></message>
<message><source>Lasso</source><translation>Lasso</translation></message>
<message><source>Rectangle</source><translation>Rechteck</translation></message>
<message><source>Select by a rectangle, a lasso, a click or a word; invert, grow or soften the mask</source><translation>Mit Rechteck, Lasso, Klick oder Wort auswählen; die Maske umkehren, vergrößern oder weichzeichnen</translation></message>
<message><source>Select by word</source><translation>Nach Wort auswählen</translation></message>
<message><source>Soften the edges</source><translation>Ränder weichzeichnen</translation></message>
<message><source>Tools of the mask</source><translation>Werkzeuge der Maske</translation></message>
</context>
<context>
<name>Menus</name>
<message><source>A CPU cannot compute float16; use bfloat16 for half precision</source><translation>Ein Prozessor rechnet nicht mit float16; für halbe Genauigkeit bfloat16 verwenden</translation></message>
<message><source>A refiner for the last steps of another model. Choose the other model, then the refiner under More.</source><translation>Ein Refiner für die letzten Schritte eines anderen Modells. Das andere Modell wählen, dann den Refiner unter Erweitert.</translation></message>
<message><source>Of earlier versions</source><translation>Aus früheren Versionen</translation></message>
<message><source>about {time} × the time, {difference} of 255 off</source><translation>etwa {time} × die Zeit, Abweichung {difference} von 255</translation></message>
<message><source>better from {limit} steps on</source><translation>besser ab {limit} Schritten</translation></message>
<message><source>colours burn beyond {limit}</source><translation>Farben brennen über {limit} aus</translation></message>
<message><source>good from {limit}</source><translation>gut ab {limit}</translation></message>
<message><source>good up to {limit}</source><translation>gut bis {limit}</translation></message>
<message><source>ignores words below {limit}</source><translation>missachtet Wörter unter {limit}</translation></message>
<message><source>no better beyond {limit}</source><translation>nicht besser über {limit}</translation></message>
<message><source>photos smear below {limit}</source><translation>Fotos verschmieren unter {limit}</translation></message>
<message><source>shapes repeat below {limit}</source><translation>Formen gleichen sich unter {limit}</translation></message>
<message><source>shapes warp beyond {limit}</source><translation>Formen verziehen sich über {limit}</translation></message>
</context>
<context>
<name>Mistakes</name>
<message><source>; put its file into the models folder</source><translation>; seine Datei in den Modellordner legen</translation></message>
<message><source>; there is “{name}”</source><translation>; es gibt „{name}“</translation></message>
<message><source>AND is read as “and”</source><translation>AND wird als „and“ gelesen</translation></message>
<message><source>In a negative prompt, AND joins the texts; its parts have no weights.</source><translation>In einem negativen Prompt verbindet AND die Texte; die Teile haben keine Gewichte.</translation></message>
<message><source>Incomplete LoRA</source><translation>Unvollständiges LoRA</translation></message>
<message><source>LoRAs have no effect in the negative prompt; write {tag} into the prompt.</source><translation>LoRAs wirken im negativen Prompt nicht; {tag} in den Prompt schreiben.</translation></message>
<message><source>No LoRA “{name}”</source><translation>Kein LoRA „{name}“</translation></message>
<message><source>No embedding “{name}”</source><translation>Kein Embedding „{name}“</translation></message>
<message><source>There is no LoRA called “{name}”{suggestion}.</source><translation>Es gibt kein LoRA namens „{name}“{suggestion}.</translation></message>
<message><source>There is no embedding called “{name}”{suggestion}.</source><translation>Es gibt kein Embedding namens „{name}“{suggestion}.</translation></message>
<message><source>Write a LoRA as &lt;lora:name:1&gt;; this is read as words.</source><translation>Ein LoRA als &lt;lora:name:1&gt; schreiben; dies wird als Wörter gelesen.</translation></message>
<message><source>{name} is for {base}</source><translation>{name} ist für {base}</translation></message>
<message><source>{name} is for {base} and read as a word; this model is {model_base}.</source><translation>{name} ist für {base} und wird als Wort gelesen; dieses Modell ist {model_base}.</translation></message>
<message><source>{name} is for {base}, this model is {model_base}.</source><translation>{name} ist für {base}, dieses Modell ist {model_base}.</translation></message>
<message><source>{tag} has no effect here</source><translation>{tag} wirkt hier nicht</translation></message>
<message><source>{tag} is ignored</source><translation>{tag} wird ignoriert</translation></message>
<message><source>{tag} names no LoRA and is ignored.</source><translation>{tag} nennt kein LoRA und wird ignoriert.</translation></message>
<message><source>{wildcard} cannot be used</source><translation>{wildcard} ist nicht verwendbar</translation></message>
<message><source>“{mark}” closes no bracket</source><translation>„{mark}“ schließt keine Klammer</translation></message>
<message><source>“{mark}” closes no bracket; remove it, or write “\{mark}” for the character.</source><translation>„{mark}“ schließt keine Klammer; entfernen oder „\{mark}“ für das Zeichen schreiben.</translation></message>
<message><source>“{mark}” is never closed</source><translation>„{mark}“ wird nie geschlossen</translation></message>
<message><source>“{mark}” is never closed; add “{closing}”, or write “\{mark}” for the character.</source><translation>„{mark}“ wird nie geschlossen; „{closing}“ anfügen oder „\{mark}“ für das Zeichen schreiben.</translation></message>
<message><source>“{parameter}” has no effect</source><translation>„{parameter}“ ohne Wirkung</translation></message>
<message><source>“{parameter}” has no effect here; only the weights of {name} count.</source><translation>„{parameter}“ hat hier keine Wirkung; nur die Gewichte von {name} zählen.</translation></message>
<message><source>“{weight}” is not a number</source><translation>„{weight}“ ist keine Zahl</translation></message>
<message><source>“{weight}” is not a number, so {name} has the weight 1.</source><translation>„{weight}“ ist keine Zahl, daher hat {name} das Gewicht 1.</translation></message>
<message><source>“{weight}” is read as text; a weight is written like (word:1.2).</source><translation>„{weight}“ wird als Text gelesen; ein Gewicht schreibt man wie (Wort:1.2).</translation></message>
</context>
<context>
<name>ModelCard</name>
<message><source>Any style</source><translation>Beliebiger Stil</translation></message>
<message><source>Blob</source><translation>Klecks</translation></message>
<message><source>Bold flat</source><translation>Kräftig flach</translation></message>
<message><source>Bold outline</source><translation>Kräftige Kontur</translation></message>
<message><source>Bright classic</source><translation>Leuchtend klassisch</translation></message>
<message><source>Doubles a picture with transparency; applied again for four and eight times.</source><translation>Verdoppelt ein Bild mit Transparenz; für das Vier- und Achtfache wird er erneut angewendet.</translation></message>
<message><source>Duotone line</source><translation>Zweifarbige Linie</translation></message>
<message><source>Emoji</source><translation>Emoji</translation></message>
<message><source>Flat rounded</source><translation>Flach gerundet</translation></message>
<message><source>Glossy 3D</source><translation>Glänzend 3D</translation></message>
<message><source>Icons in four steps: a distilled student, with guidance and temperature built in.</source><translation>Icons in vier Schritten: ein destilliertes Modell, mit eingebauter Guidance und Temperatur.</translation></message>
<message><source>Ink glyph</source><translation>Tuschezeichen</translation></message>
<message><source>Line</source><translation>Linie</translation></message>
<message><source>Outlined cartoon</source><translation>Comic mit Kontur</translation></message>
<message><source>Outlined pastel</source><translation>Pastell mit Kontur</translation></message>
<message><source>Shape</source><translation>Form</translation></message>
<message><source>Simple flat</source><translation>Schlicht flach</translation></message>
<message><source>Small pictures of things, animals, food and faces, in many drawing styles, with transparency.</source><translation>Kleine Bilder von Dingen, Tieren, Essen und Gesichtern, in vielen Zeichenstilen, mit Transparenz.</translation></message>
<message><source>Soft gradient</source><translation>Weicher Verlauf</translation></message>
</context>
<context>
<name>ModelCardView</name>
<message><source>A picture made by {model}</source><translation>Ein Bild von {model}</translation></message>
<message><source>A picture with it</source><translation>Ein Bild damit</translation></message>
<message><source>About the model</source><translation>Über das Modell</translation></message>
<message><source>Generate pictures with it</source><translation>Bilder damit generieren</translation></message>
<message><source>In use</source><translation>In Gebrauch</translation></message>
<message><source>Insert into the prompt</source><translation>In den Prompt einfügen</translation></message>
<message><source>May I use its pictures commercially?</source><translation>Darf ich seine Bilder kommerziell nutzen?</translation></message>
<message><source>Measured</source><translation>Gemessen</translation></message>
<message><source>Tags</source><translation>Schlagwörter</translation></message>
<message><source>Tags, separated by commas</source><translation>Schlagwörter, durch Kommas getrennt</translation></message>
<message><source>There is no model yet. Copy a model's folder into the models folder.</source><translation>Es gibt noch kein Modell. Den Ordner eines Modells in den Modellordner kopieren.</translation></message>
<message><source>Training data</source><translation>Trainingsdaten</translation></message>
<message><source>Trigger words</source><translation>Auslösewörter</translation></message>
<message><source>Use it for the next pictures</source><translation>Für die nächsten Bilder verwenden</translation></message>
<message><source>Use this model</source><translation>Dieses Modell verwenden</translation></message>
</context>
<context>
<name>ModelCheck</name>
<message><source>Adapter</source><translation>Adapter</translation></message>
<message><source>Cancel the check ({percent} %)</source><translation>Prüfung abbrechen ({percent} %)</translation></message>
<message><source>Check</source><translation>Prüfen</translation></message>
<message><source>Denoising</source><translation>Entrauschen</translation></message>
<message><source>Encoded and decoded, pictures keep only {psnr} dB, and {least} dB are needed: the VAE is damaged or belongs to another model. Choose another VAE.</source><translation>Kodiert und dekodiert behalten Bilder nur {psnr} dB, nötig sind {least} dB: das VAE ist beschädigt oder gehört zu einem anderen Modell. Ein anderes VAE wählen.</translation></message>
<message><source>It changes nothing: it was made for another model, or is empty. Choose an adapter for this model.</source><translation>Er ändert nichts: er wurde für ein anderes Modell gemacht oder ist leer. Einen Adapter für dieses Modell wählen.</translation></message>
<message><source>It changes predictions by {change} times their deviation: it was made for another model or another strength. Use a lower strength.</source><translation>Er ändert Vorhersagen um das {change}-Fache ihrer Abweichung: er wurde für ein anderes Modell oder eine andere Stärke gemacht. Eine kleinere Stärke verwenden.</translation></message>
<message><source>It computes infinite or undefined numbers: weights are damaged, or too large for the number type. Choose fp32 or download it again.</source><translation>Es berechnet unendliche oder undefinierte Zahlen: Gewichte sind beschädigt oder zu groß für den Zahlentyp. fp32 wählen oder erneut herunterladen.</translation></message>
<message><source>It denoises better if its output is read as {kind}: its prediction type is wrong. Choose another prediction type in its details.</source><translation>Es entrauscht besser, wenn seine Ausgabe als {kind} gelesen wird: seine Vorhersageart ist falsch. In seinen Details eine andere wählen.</translation></message>
<message><source>It denoises better with another order of its position numbers (RoPE): the file was converted for another program. Download another version.</source><translation>Es entrauscht besser mit anderer Reihenfolge seiner Positionszahlen (RoPE): die Datei wurde für ein anderes Programm umgewandelt. Eine andere Version herunterladen.</translation></message>
<message><source>It denoises better with latents shifted by {kind}: the shift of the latents is wrong. Choose the VAE that was made for it.</source><translation>Es entrauscht besser mit um {kind} verschobenen Latents: die Verschiebung der Latents ist falsch. Das dafür gemachte VAE wählen.</translation></message>
<message><source>It denoises better with latents times {kind}: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>Es entrauscht besser mit Latents mal {kind}: die Skala der Latents ist falsch. Das dafür gemachte VAE wählen.</translation></message>
<message><source>It denoises better with other timesteps ({kind}): its timesteps are on the wrong scale. Report this file.</source><translation>Es entrauscht besser mit anderen Zeitschritten ({kind}): seine Zeitschritte haben die falsche Skala. Diese Datei melden.</translation></message>
<message><source>It denoises better with queries and keys swapped: the file has them in another order. Download another version.</source><translation>Es entrauscht besser mit vertauschten Queries und Keys: die Datei hat sie in anderer Reihenfolge. Eine andere Version herunterladen.</translation></message>
<message><source>It denoises worse than {rival}: a layer is missing or damaged, or the VAE or the text encoder is for another model. Choose other parts, or download the model again.</source><translation>Es entrauscht schlechter als {rival}: eine Schicht fehlt oder ist beschädigt, oder VAE oder Text-Encoder sind für ein anderes Modell. Andere Teile wählen oder das Modell erneut herunterladen.</translation></message>
<message><source>Its error does not fall with the noise: its timesteps or its weights are wrong. Download the model again.</source><translation>Sein Fehler fällt nicht mit dem Rauschen: seine Zeitschritte oder Gewichte sind falsch. Das Modell erneut herunterladen.</translation></message>
<message><source>No fault found.</source><translation>Kein Fehler gefunden.</translation></message>
<message><source>Nothing could be checked.</source><translation>Es konnte nichts geprüft werden.</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompts change nothing: the text encoder is damaged or not connected. Choose other text encoders.</source><translation>Prompts ändern nichts: der Text-Encoder ist beschädigt oder nicht verbunden. Andere Text-Encoder wählen.</translation></message>
<message><source>Test the VAE, the denoising and the prompts on a few pictures</source><translation>VAE, Entrauschen und Prompts an einigen Bildern prüfen</translation></message>
<message><source>The check ended unexpectedly; try again.</source><translation>Die Prüfung endete unerwartet; erneut versuchen.</translation></message>
<message><source>The latents are {times} times as large as the network expects: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>Die Latents sind {times}-mal so groß, wie das Netz erwartet: die Skala der Latents ist falsch. Das dafür gemachte VAE wählen.</translation></message>
<message><source>There is a fault:</source><translation>Es gibt einen Fehler:</translation></message>
<message><source>True captions are no better than others (for {better} of {count} pictures): the text encoder or the tokenizer belongs to another model. Choose other text encoders.</source><translation>Wahre Beschreibungen sind nicht besser als andere (bei {better} von {count} Bildern): Text-Encoder oder Tokenizer gehören zu einem anderen Modell. Andere Text-Encoder wählen.</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>it changes predictions by {change} of their deviation</source><translation>er ändert Vorhersagen um das {change}-Fache ihrer Abweichung</translation></message>
<message><source>its error is {best} to {worst} of that of the best Gaussian</source><translation>sein Fehler ist das {best}- bis {worst}-Fache dessen der besten Gauß-Verteilung</translation></message>
<message><source>not applicable, because its steps have too little noise</source><translation>nicht anwendbar, weil seine Schritte zu wenig Rauschen haben</translation></message>
<message><source>not applicable, because its steps have too much noise</source><translation>nicht anwendbar, weil seine Schritte zu viel Rauschen haben</translation></message>
<message><source>not applicable, because this model does not take pictures</source><translation>nicht anwendbar, weil dieses Modell keine Bilder annimmt</translation></message>
<message><source>not applicable, because this model draws in one step</source><translation>nicht anwendbar, weil dieses Modell in einem Schritt zeichnet</translation></message>
<message><source>not applicable, because this model removes another degradation than noise</source><translation>nicht anwendbar, weil dieses Modell eine andere Verschlechterung als Rauschen entfernt</translation></message>
<message><source>not applicable, because this model takes no prompt</source><translation>nicht anwendbar, weil dieses Modell keinen Prompt annimmt</translation></message>
<message><source>not applicable, because this model works on pixels</source><translation>nicht anwendbar, weil dieses Modell mit Pixeln arbeitet</translation></message>
<message><source>one grey picture</source><translation>ein graues Bild</translation></message>
<message><source>pictures keep {psnr} dB; at least {least} dB are needed</source><translation>Bilder behalten {psnr} dB; nötig sind mindestens {least} dB</translation></message>
<message><source>the best Gaussian</source><translation>die beste Gauß-Verteilung</translation></message>
<message><source>true captions are better than others for {better} of {count} pictures</source><translation>wahre Beschreibungen sind bei {better} von {count} Bildern besser als andere</translation></message>
</context>
<context>
<name>ModelChoices</name>
<message><source>As in its file ({value})</source><translation>Wie in der Datei ({value})</translation></message>
<message><source>Automatic</source><translation>Automatisch</translation></message>
<message><source>Beside its file ({value})</source><translation>Neben seiner Datei ({value})</translation></message>
<message><source>Decodes latents into pictures, instead of its own VAE</source><translation>Dekodiert Latents zu Bildern, statt des eigenen VAE</translation></message>
<message><source>Decodes latents into pictures; this model has no VAE of its own</source><translation>Dekodiert Latents zu Bildern; dieses Modell hat kein eigenes VAE</translation></message>
<message><source>Fast by</source><translation>Schnell durch</translation></message>
<message><source>Few-step distillation</source><translation>Destillation auf wenige Schritte</translation></message>
<message><source>How it was distilled, if it was</source><translation>Wie es destilliert wurde, falls überhaupt</translation></message>
<message><source>Its file does not say</source><translation>Steht nicht in der Datei</translation></message>
<message><source>Its name suggests {kind}. Choose it only if that is true.</source><translation>Sein Name lässt auf {kind} schließen. Nur wählen, wenn das stimmt.</translation></message>
<message><source>Its own</source><translation>Eigenes</translation></message>
<message><source>No</source><translation>Nein</translation></message>
<message><source>None</source><translation>Keines</translation></message>
<message><source>None: choose one</source><translation>Keines: bitte wählen</translation></message>
<message><source>Not distilled</source><translation>Nicht destilliert</translation></message>
<message><source>Predicts</source><translation>Sagt vorher</translation></message>
<message><source>Refiner</source><translation>Refiner</translation></message>
<message><source>The LoRA for few steps that the button Fast turns on</source><translation>Das LoRA für wenige Schritte, das die Taste Schnell einschaltet</translation></message>
<message><source>The model that computes the last steps</source><translation>Das Modell, das die letzten Schritte berechnet</translation></message>
<message><source>The output of its network; a wrong choice turns every picture into noise</source><translation>Die Ausgabe seines Netzes; eine falsche Wahl macht jedes Bild zu Rauschen</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Whether its last noise level is pure noise; for models that predict v</source><translation>Ob sein letzter Rauschpegel reines Rauschen ist; für Modelle, die v vorhersagen</translation></message>
<message><source>Yes</source><translation>Ja</translation></message>
<message><source>Zero terminal SNR</source><translation>Zero Terminal SNR</translation></message>
</context>
<context>
<name>ModelDownload</name>
<message><source>The download ended unexpectedly; start it again to resume it.</source><translation>Der Download endete unerwartet; starten Sie ihn erneut, um ihn fortzusetzen.</translation></message>
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
<numerusform>%n Diffusion Transformer</numerusform>
<numerusform>%n Diffusion Transformer</numerusform>
</translation></message>
<message numerus="yes"><source>%n embedding(s)</source><translation>
<numerusform>%n Embedding</numerusform>
<numerusform>%n Embeddings</numerusform>
</translation></message>
<message numerus="yes"><source>%n from the literature</source><translation>
<numerusform>%n aus der Literatur</numerusform>
<numerusform>%n aus der Literatur</numerusform>
</translation></message>
<message numerus="yes"><source>%n image encoder(s)</source><translation>
<numerusform>%n Bild-Encoder</numerusform>
<numerusform>%n Bild-Encoder</numerusform>
</translation></message>
<message numerus="yes"><source>%n incomplete file(s)</source><translation>
<numerusform>%n unvollständige Datei</numerusform>
<numerusform>%n unvollständige Dateien</numerusform>
</translation></message>
<message numerus="yes"><source>%n language model(s)</source><translation>
<numerusform>%n Sprachmodell</numerusform>
<numerusform>%n Sprachmodelle</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n Modell</numerusform>
<numerusform>%n Modelle</numerusform>
</translation></message>
<message numerus="yes"><source>%n motion module(s)</source><translation>
<numerusform>%n Bewegungsmodul</numerusform>
<numerusform>%n Bewegungsmodule</numerusform>
</translation></message>
<message numerus="yes"><source>%n preview decoder(s)</source><translation>
<numerusform>%n Vorschau-Decoder</numerusform>
<numerusform>%n Vorschau-Decoder</numerusform>
</translation></message>
<message numerus="yes"><source>%n text encoder(s)</source><translation>
<numerusform>%n Text-Encoder</numerusform>
<numerusform>%n Text-Encoder</numerusform>
</translation></message>
<message numerus="yes"><source>%n upscaler(s)</source><translation>
<numerusform>%n Upscaler</numerusform>
<numerusform>%n Upscaler</numerusform>
</translation></message>
<message><source>Diffusion transformer</source><translation>Diffusion Transformer</translation></message>
<message><source>Diffusion transformers</source><translation>Diffusion Transformer</translation></message>
<message><source>Embedding</source><translation>Embedding</translation></message>
<message><source>Embeddings</source><translation>Embeddings</translation></message>
<message><source>From the literature</source><translation>Aus der Literatur</translation></message>
<message><source>Image encoder</source><translation>Bild-Encoder</translation></message>
<message><source>Image encoders</source><translation>Bild-Encoder</translation></message>
<message><source>Incomplete files</source><translation>Unvollständige Dateien</translation></message>
<message><source>Language model</source><translation>Sprachmodell</translation></message>
<message><source>Language models</source><translation>Sprachmodelle</translation></message>
<message><source>Models</source><translation>Modelle</translation></message>
<message><source>Motion module</source><translation>Bewegungsmodul</translation></message>
<message><source>Motion modules</source><translation>Bewegungsmodule</translation></message>
<message><source>Preview decoders</source><translation>Vorschau-Decoder</translation></message>
<message><source>Previews</source><translation>Vorschaubilder</translation></message>
<message><source>Text encoder</source><translation>Text-Encoder</translation></message>
<message><source>Text encoders</source><translation>Text-Encoder</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>Upscalers</source><translation>Upscaler</translation></message>
</context>
<context>
<name>ModelsController</name>
<message numerus="yes"><source>%n folder(s) or file(s) added</source><translation>
<numerusform>%n Ordner oder Datei hinzugefügt</numerusform>
<numerusform>%n Ordner oder Dateien hinzugefügt</numerusform>
</translation></message>
<message><source>Added: {names}.</source><translation>Hinzugefügt: {names}.</translation></message>
<message><source>Found {models}; nothing was copied.</source><translation>{models} gefunden; nichts wurde kopiert.</translation></message>
<message><source>It contains no usable model.</source><translation>Darin ist kein brauchbares Modell.</translation></message>
<message><source>Memory freed</source><translation>Speicher freigegeben</translation></message>
<message><source>Model files</source><translation>Modelldateien</translation></message>
<message><source>Models</source><translation>Modelle</translation></message>
<message><source>The next picture loads its model again.</source><translation>Das nächste Bild lädt sein Modell neu.</translation></message>
<message><source>Use it</source><translation>Verwenden</translation></message>
<message><source>Use the models in</source><translation>Die Modelle verwenden aus</translation></message>
<message><source>Use these model files</source><translation>Diese Modelldateien verwenden</translation></message>
<message><source>{file} added</source><translation>{file} hinzugefügt</translation></message>
<message><source>{model} has no VAE of its own; copy one for {base}, such as {file}, into the models folder.</source><translation>{model} hat kein eigenes VAE; eines für {base}, etwa {file}, in den Modellordner kopieren.</translation></message>
<message><source>{model} has no VAE of its own; {vae} is installed and should fit.</source><translation>{model} hat kein eigenes VAE; {vae} ist installiert und müsste passen.</translation></message>
<message><source>{model} is here</source><translation>{model} ist da</translation></message>
</context>
<context>
<name>ModelsPage</name>
<message numerus="yes"><source>%n byte(s)</source><translation>
<numerusform>%n Byte</numerusform>
<numerusform>%n Bytes</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n Modell</numerusform>
<numerusform>%n Modelle</numerusform>
</translation></message>
<message><source>Add a folder…</source><translation>Ordner hinzufügen …</translation></message>
<message><source>Add files…</source><translation>Dateien hinzufügen …</translation></message>
<message><source>All families</source><translation>Alle Familien</translation></message>
<message><source>All kinds</source><translation>Alle Arten</translation></message>
<message><source>All tags</source><translation>Alle Schlagwörter</translation></message>
<message><source>Author</source><translation>Urheber</translation></message>
<message><source>Date</source><translation>Datum</translation></message>
<message><source>Drop a checkpoint on this window: one file (.safetensors, .ckpt), or a folder in diffusers' format. It is used in place; nothing is copied. Have ComfyUI, A1111 or Forge? Add its models folder. “Get a model” downloads one; others are shared on civitai.com, each with its own licence. LoRAs, embeddings and VAEs go into the same folders.</source><translation>Ziehen Sie einen Checkpoint auf dieses Fenster: eine Datei (.safetensors, .ckpt) oder einen Ordner im Format von diffusers. Er wird dort benutzt, wo er liegt; nichts wird kopiert. Sie haben ComfyUI, A1111 oder Forge? Fügen Sie dessen Modellordner hinzu. „Modell holen“ lädt eines herunter; andere gibt es auf civitai.com, jedes mit eigener Lizenz. LoRAs, Embeddings und VAEs kommen in dieselben Ordner.</translation></message>
<message><source>Family</source><translation>Familie</translation></message>
<message><source>Files that cannot be used</source><translation>Dateien, die nicht verwendet werden können</translation></message>
<message><source>Get a model…</source><translation>Modell holen …</translation></message>
<message><source>Kind</source><translation>Art</translation></message>
<message><source>Last used</source><translation>Zuletzt benutzt</translation></message>
<message><source>Licence</source><translation>Lizenz</translation></message>
<message><source>Models</source><translation>Modelle</translation></message>
<message><source>Models of one family, or one kind of parts</source><translation>Modelle einer Familie oder eine Art von Teilen</translation></message>
<message><source>Models with one tag</source><translation>Modelle mit einem Schlagwort</translation></message>
<message><source>Name</source><translation>Name</translation></message>
<message><source>No model matches. Clear the search, or choose another kind, family or tag.</source><translation>Kein Modell passt. Die Suche leeren oder eine andere Art, Familie oder ein anderes Schlagwort wählen.</translation></message>
<message><source>On disk</source><translation>Auf der Platte</translation></message>
<message><source>Only models, or one kind of model parts</source><translation>Nur Modelle oder eine Art von Modellteilen</translation></message>
<message><source>Open models folder</source><translation>Modellordner öffnen</translation></message>
<message><source>Parameters</source><translation>Parameter</translation></message>
<message><source>Search models</source><translation>Modelle suchen</translation></message>
<message><source>Tag</source><translation>Schlagwort</translation></message>
<message><source>Tags</source><translation>Schlagwörter</translation></message>
<message><source>Words of a name, author, licence, tag or description</source><translation>Wörter aus Name, Urheber, Lizenz, Schlagwort oder Beschreibung</translation></message>
<message><source>Your own models</source><translation>Eigene Modelle</translation></message>
<message><source>never</source><translation>nie</translation></message>
<message><source>today</source><translation>heute</translation></message>
<message><source>yesterday</source><translation>gestern</translation></message>
<message><source>{models} · other files: {others}</source><translation>{models} · andere Dateien: {others}</translation></message>
<message numerus="yes"><source>… and %n more</source><translation>
<numerusform>… und %n weitere</numerusform>
<numerusform>… und %n weitere</numerusform>
</translation></message>
</context>
<context>
<name>More</name>
<message numerus="yes"><source>%n control picture(s)</source><translation>
<numerusform>%n Kontrollbild</numerusform>
<numerusform>%n Kontrollbilder</numerusform>
</translation></message>
<message><source>Advanced</source><translation>Erweitert</translation></message>
<message><source>Auto</source><translation>Auto</translation></message>
<message><source>Automatic</source><translation>Automatisch</translation></message>
<message><source>Decodes latents into pictures</source><translation>Dekodiert Latents zu Bildern</translation></message>
<message><source>Its own</source><translation>Eigenes</translation></message>
<message><source>None</source><translation>Keiner</translation></message>
<message><source>Show the effect of each word</source><translation>Wirkung jedes Worts zeigen</translation></message>
<message><source>The model that computes the last steps</source><translation>Das Modell, das die letzten Schritte berechnet</translation></message>
<message><source>What should it not show?</source><translation>Was soll es nicht zeigen?</translation></message>
<message><source>What the picture should not show</source><translation>Was das Bild nicht zeigen soll</translation></message>
<message><source>Width and height in pixels</source><translation>Breite und Höhe in Pixeln</translation></message>
<message><source>Without guidance (1.0) the negative prompt has no effect</source><translation>Ohne Guidance (1,0) wirkt der negative Prompt nicht</translation></message>
<message><source>plain words</source><translation>einfache Wörter</translation></message>
<message><source>without “{prompt}”</source><translation>ohne „{prompt}“</translation></message>
<message><source>words</source><translation>Wörter</translation></message>
<message><source>{count} at once</source><translation>{count} zugleich</translation></message>
<message><source>{side} pixels</source><translation>{side} Pixel</translation></message>
</context>
<context>
<name>NoiseBar</name>
<message><source>Back to the picture</source><translation>Zurück zum Bild</translation></message>
<message><source>Generate from here</source><translation>Von hier generieren</translation></message>
<message><source>Noise</source><translation>Rauschen</translation></message>
<message><source>Position in the forward process: 0 is the picture, 1 is the noise that a new run starts from</source><translation>Stelle im Vorwärtsprozess: 0 ist das Bild, 1 das Rauschen, mit dem ein neuer Lauf beginnt</translation></message>
<message><source>Start the next pictures from exactly this noise</source><translation>Die nächsten Bilder mit genau diesem Rauschen beginnen</translation></message>
</context>
<context>
<name>NoiseCurve</name>
<message numerus="yes"><source>%n step(s) from σ {first} to {last}</source><translation>
<numerusform>%n Schritt von σ {first} bis {last}</numerusform>
<numerusform>%n Schritte von σ {first} bis {last}</numerusform>
</translation></message>
<message><source>Noise curve</source><translation>Rauschkurve</translation></message>
<message><source>Skipped</source><translation>Übersprungen</translation></message>
<message><source>Step {number} of {steps}</source><translation>Schritt {number} von {steps}</translation></message>
<message><source>The noise left after each step</source><translation>Das Rauschen, das nach jedem Schritt bleibt</translation></message>
<message><source>noise σ · step</source><translation>Rauschen σ · Schritt</translation></message>
<message><source>{step}: noise σ {sigma}</source><translation>{step}: Rauschen σ {sigma}</translation></message>
</context>
<context>
<name>NoteField</name>
<message><source>Note</source><translation>Notiz</translation></message>
<message><source>Your notes about the picture; the search finds them</source><translation>Notizen zum Bild; die Suche findet sie</translation></message>
</context>
<context>
<name>Notice</name>
<message><source>Dismiss</source><translation>Schließen</translation></message>
<message><source>Show the whole message</source><translation>Die ganze Meldung zeigen</translation></message>
<message><source>Undo</source><translation>Rückgängig</translation></message>
</context>
<context>
<name>Notifier</name>
<message><source>Models</source><translation>Modelle</translation></message>
<message><source>Nothing to redo: you have changed it since</source><translation>Nichts zu wiederholen: Sie haben es seitdem geändert</translation></message>
<message><source>Nothing to undo</source><translation>Nichts rückgängig zu machen</translation></message>
<message><source>Nothing to undo: another program has done it</source><translation>Nichts rückgängig zu machen: ein anderes Programm tat es schon</translation></message>
<message><source>Nothing to undo: you have changed it since</source><translation>Nichts rückgängig zu machen: Sie haben es seitdem geändert</translation></message>
<message><source>Undo</source><translation>Rückgängig</translation></message>
<message><source>Undone</source><translation>Rückgängig gemacht</translation></message>
<message><source>Unexpected error</source><translation>Unerwarteter Fehler</translation></message>
</context>
<context>
<name>NumberEdit</name>
<message><source>{name} must be from {low} to {high}; it is still {number}</source><translation>{name} muss zwischen {low} und {high} liegen; der Wert bleibt {number}</translation></message>
<message><source>{name} must be from {low} to {high}; it is {number} now</source><translation>{name} muss zwischen {low} und {high} liegen; der Wert ist jetzt {number}</translation></message>
<message><source>“{text}” is not a number; {name} is still {number}</source><translation>„{text}“ ist keine Zahl; {name} bleibt {number}</translation></message>
</context>
<context>
<name>OriginLink</name>
<message><source>Branch of</source><translation>Zweig von</translation></message>
<message><source>Show the picture that it branches from</source><translation>Das Bild zeigen, von dem es abzweigt</translation></message>
<message><source>step {step} of #{seed}</source><translation>Schritt {step} von #{seed}</translation></message>
</context>
<context>
<name>Outpainting</name>
<message><source>Extend</source><translation>Erweitern</translation></message>
<message><source>This model cannot extend pictures</source><translation>Dieses Modell kann Bilder nicht erweitern</translation></message>
<message><source>the added area is generated, the picture stays</source><translation>die neue Fläche wird generiert, das Bild bleibt</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model} kann nicht mit einem Bild beginnen</translation></message>
<message><source>{model} generates only fixed sizes</source><translation>{model} generiert nur feste Größen</translation></message>
</context>
<context>
<name>Palette</name>
<message><source>No action found.</source><translation>Keine Aktion gefunden.</translation></message>
<message><source>“{action}” cannot be used now.</source><translation>„{action}“ ist jetzt nicht möglich.</translation></message>
<message><source>↑ ↓ choose   ·   Enter runs it   ·   Esc closes</source><translation>↑ ↓ wählen   ·   Enter führt aus   ·   Esc schließt</translation></message>
</context>
<context>
<name>Panes</name>
<message><source>Compared pictures</source><translation>Verglichene Bilder</translation></message>
<message><source>{pictures}, slider at {share} %</source><translation>{pictures}, Schieber bei {share} %</translation></message>
</context>
<context>
<name>ParamRows</name>
<message><source>Off</source><translation>Aus</translation></message>
</context>
<context>
<name>PatternRow</name>
<message><source>Next file: {name}</source><translation>Nächste Datei: {name}</translation></message>
</context>
<context>
<name>PausedRunEditor</name>
<message><source>Discard these changes</source><translation>Diese Änderungen verwerfen</translation></message>
<message><source>For the next picture</source><translation>Für das nächste Bild</translation></message>
<message><source>Paused</source><translation>Pausiert</translation></message>
<message><source>Paused · changed</source><translation>Pausiert · geändert</translation></message>
<message><source>This cannot change in a paused run; resume or stop it first</source><translation>Das lässt sich in einem pausierten Lauf nicht ändern; erst fortsetzen oder stoppen</translation></message>
<message><source>Use for this picture</source><translation>Für dieses Bild verwenden</translation></message>
</context>
<context>
<name>Phase</name>
<message><source>connecting to the cluster</source><translation>Verbindung zum Cluster</translation></message>
<message><source>decoding</source><translation>wird dekodiert</translation></message>
<message><source>enlarging, {percent} %</source><translation>wird vergrößert, {percent} %</translation></message>
<message><source>finding its noise</source><translation>Rauschen wird gesucht</translation></message>
<message><source>generating on the cluster</source><translation>wird auf dem Cluster generiert</translation></message>
<message><source>going back to step {step}</source><translation>zurück zu Schritt {step}</translation></message>
<message><source>loading the model</source><translation>Modell wird geladen</translation></message>
<message><source>making room</source><translation>Speicher wird freigegeben</translation></message>
<message><source>preparing</source><translation>wird vorbereitet</translation></message>
<message><source>{phase}…</source><translation>{phase} …</translation></message>
</context>
<context>
<name>PictureModel</name>
<message><source>F marks a favourite · Space shows it large · drag it out as a file</source><translation>F markiert einen Favoriten · Leertaste zeigt es groß · als Datei herausziehen</translation></message>
<message><source>Its file is damaged or gone</source><translation>Seine Datei ist beschädigt oder fehlt</translation></message>
<message><source>Picture</source><translation>Bild</translation></message>
<message><source>no settings</source><translation>keine Einstellungen</translation></message>
<message><source>seed {seed}</source><translation>Seed {seed}</translation></message>
<message><source>{seed}, file is damaged or gone</source><translation>{seed}, Datei ist beschädigt oder fehlt</translation></message>
<message><source>{seed}, newest of {count} in a stack</source><translation>{seed}, neuestes von {count} in einem Stapel</translation></message>
</context>
<context>
<name>PictureTools</name>
<message><source>Back</source><translation>Zurück</translation></message>
<message><source>Back to the sheet</source><translation>Zurück zum Blatt</translation></message>
</context>
<context>
<name>PicturesSheet</name>
<message><source>Picture {number}</source><translation>Bild {number}</translation></message>
<message><source>Pictures of the run</source><translation>Bilder des Laufs</translation></message>
<message><source>Show only picture {number}</source><translation>Nur Bild {number} zeigen</translation></message>
</context>
<context>
<name>Places</name>
<message><source>Already in the library: {count}.</source><translation>Schon in der Bibliothek: {count}.</translation></message>
<message><source>Collection</source><translation>Sammlung</translation></message>
<message><source>Collection {name} removed</source><translation>Sammlung {name} entfernt</translation></message>
<message><source>Collections</source><translation>Sammlungen</translation></message>
<message><source>Copies, each shown once: {count}.</source><translation>Kopien, die je einmal gezeigt werden: {count}.</translation></message>
<message><source>Files that could not be read: {count} ({names}).</source><translation>Dateien, die nicht gelesen werden konnten: {count} ({names}).</translation></message>
<message><source>Folder</source><translation>Ordner</translation></message>
<message><source>Folder {name} removed from the gallery</source><translation>Ordner {name} aus der Galerie entfernt</translation></message>
<message><source>Imported folders</source><translation>Importierte Ordner</translation></message>
<message><source>Its files stay where they are; their tags and notes are kept.</source><translation>Seine Dateien bleiben, wo sie sind; ihre Schlagwörter und Notizen bleiben erhalten.</translation></message>
<message><source>Its pictures are still in the gallery.</source><translation>Ihre Bilder sind noch in der Galerie.</translation></message>
<message><source>Made here</source><translation>Hier erzeugt</translation></message>
<message><source>Models</source><translation>Modelle</translation></message>
<message><source>Pictures of</source><translation>Bilder von</translation></message>
<message><source>Pictures without settings: {count}.</source><translation>Bilder ohne Einstellungen: {count}.</translation></message>
<message><source>Recently deleted</source><translation>Kürzlich gelöscht</translation></message>
<message><source>SVG and icon files, which are left out: {count}.</source><translation>SVG- und Icon-Dateien, die ausgelassen werden: {count}.</translation></message>
<message><source>Saved search {name} removed</source><translation>Gespeicherte Suche {name} entfernt</translation></message>
<message><source>Saved searches</source><translation>Gespeicherte Suchen</translation></message>
<message><source>Search</source><translation>Suchen</translation></message>
<message><source>Tools</source><translation>Programme</translation></message>
<message><source>With settings</source><translation>Mit Einstellungen</translation></message>
<message><source>Without settings</source><translation>Ohne Einstellungen</translation></message>
<message><source>undo</source><translation>rückgängig</translation></message>
<message><source>{pictures} · last {count}</source><translation>{pictures} · zuletzt {count}</translation></message>
</context>
<context>
<name>Plane</name>
<message><source>EDM</source><translation>EDM</translation></message>
<message><source>Exact</source><translation>Exakt</translation></message>
<message><source>Network (EDM)</source><translation>Netz (EDM)</translation></message>
<message><source>Network (data)</source><translation>Netz (Daten)</translation></message>
<message><source>Network (noise)</source><translation>Netz (Rauschen)</translation></message>
<message><source>Rectified flow</source><translation>Rectified Flow</translation></message>
<message><source>Sub-VP</source><translation>Sub-VP</translation></message>
<message><source>VE</source><translation>VE</translation></message>
<message><source>VP, cosine</source><translation>VP, Kosinus</translation></message>
<message><source>VP, linear</source><translation>VP, linear</translation></message>
</context>
<context>
<name>PlaneControls</name>
<message><source>A second run from the same noise in which one setting differs</source><translation>Ein zweiter Lauf aus demselben Rauschen, bei dem eine Einstellung anders ist</translation></message>
<message><source>Both</source><translation>Beide</translation></message>
<message><source>Change one thing</source><translation>Eines ändern</translation></message>
<message><source>Choose a class first</source><translation>Zuerst eine Klasse wählen</translation></message>
<message><source>Class</source><translation>Klasse</translation></message>
<message><source>Clear</source><translation>Leeren</translation></message>
<message><source>Denoiser</source><translation>Denoiser</translation></message>
<message><source>Density</source><translation>Dichte</translation></message>
<message><source>Draw lines into the plane</source><translation>Linien in die Ebene zeichnen</translation></message>
<message><source>Draw your own</source><translation>Selbst zeichnen</translation></message>
<message><source>First</source><translation>Erste</translation></message>
<message><source>Guidance</source><translation>Guidance</translation></message>
<message><source>New noise</source><translation>Neues Rauschen</translation></message>
<message><source>Noise</source><translation>Rauschen</translation></message>
<message><source>Nothing</source><translation>Nichts</translation></message>
<message><source>One change</source><translation>Eine Änderung</translation></message>
<message><source>Points of both classes</source><translation>Punkte beider Klassen</translation></message>
<message><source>Points of the first class</source><translation>Punkte der ersten Klasse</translation></message>
<message><source>Points of the second class</source><translation>Punkte der zweiten Klasse</translation></message>
<message><source>Remove the drawn lines</source><translation>Die gezeichneten Linien entfernen</translation></message>
<message><source>Scheduler</source><translation>Scheduler</translation></message>
<message><source>Second</source><translation>Zweite</translation></message>
<message><source>Settings of the plane</source><translation>Einstellungen der Ebene</translation></message>
<message><source>Start from other noise</source><translation>Mit anderem Rauschen beginnen</translation></message>
<message><source>Step spacing</source><translation>Schrittabstände</translation></message>
<message><source>Steps</source><translation>Schritte</translation></message>
<message><source>Temperature</source><translation>Temperatur</translation></message>
<message><source>Two runs from the same noise differ in one setting.</source><translation>Zwei Läufe aus demselben Rauschen, mit einer anderen Einstellung.</translation></message>
</context>
<context>
<name>Prediction</name>
<message><source>noise and picture (v)</source><translation>Rauschen und Bild (v)</translation></message>
<message><source>the noise (ε)</source><translation>das Rauschen (ε)</translation></message>
<message><source>the picture (x₀)</source><translation>das Bild (x₀)</translation></message>
<message><source>the picture, scaled (EDM)</source><translation>das Bild, skaliert (EDM)</translation></message>
<message><source>the score</source><translation>den Score</translation></message>
<message><source>the way (flow)</source><translation>den Weg (Flow)</translation></message>
</context>
<context>
<name>Presentation</name>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Noisy</source><translation>Verrauscht</translation></message>
<message><source>Predicted</source><translation>Vorhersage</translation></message>
<message><source>Presentation of the steps</source><translation>Präsentation der Schritte</translation></message>
<message><source>Step {number} of {steps} · noise σ {sigma}</source><translation>Schritt {number} von {steps} · Rauschen σ {sigma}</translation></message>
<message><source>The clean picture that the model predicts in this step</source><translation>Das saubere Bild, das das Modell in diesem Schritt vorhersagt</translation></message>
<message><source>The picture after this step, with the noise that remains</source><translation>Das Bild nach diesem Schritt, mit dem verbliebenen Rauschen</translation></message>
</context>
<context>
<name>PresetPopup</name>
<message><source>Name of a new preset</source><translation>Name des Presets</translation></message>
<message><source>Name of the preset</source><translation>Name des Presets</translation></message>
<message><source>No presets yet. Save the settings of this panel under a name.</source><translation>Noch keine Presets. Die Einstellungen dieser Leiste unter einem Namen speichern.</translation></message>
<message><source>Nothing has this name</source><translation>Nichts hat diesen Namen</translation></message>
<message><source>Presets</source><translation>Presets</translation></message>
<message><source>Replace</source><translation>Ersetzen</translation></message>
<message><source>Save</source><translation>Speichern</translation></message>
<message><source>Save the settings of this panel</source><translation>Die Einstellungen dieser Leiste speichern</translation></message>
<message><source>Search presets</source><translation>Presets suchen</translation></message>
<message><source>With the prompt</source><translation>Mit dem Prompt</translation></message>
</context>
<context>
<name>Presets</name>
<message><source>Preset {name} deleted</source><translation>Preset {name} gelöscht</translation></message>
<message><source>Preset {name} replaced</source><translation>Preset {name} ersetzt</translation></message>
<message><source>Preset {name} saved</source><translation>Preset {name} gespeichert</translation></message>
<message><source>{before} renamed to {now}</source><translation>{before} in {now} umbenannt</translation></message>
</context>
<context>
<name>Preview</name>
<message><source>Background of the preview</source><translation>Hintergrund der Vorschau</translation></message>
<message><source>Black</source><translation>Schwarz</translation></message>
<message><source>Checkerboard</source><translation>Schachbrett</translation></message>
<message><source>On black</source><translation>Auf Schwarz</translation></message>
<message><source>On white</source><translation>Auf Weiß</translation></message>
<message><source>Selected picture</source><translation>Gewähltes Bild</translation></message>
<message><source>Show it large</source><translation>Groß zeigen</translation></message>
<message><source>Shows transparent areas</source><translation>Zeigt transparente Flächen</translation></message>
<message><source>White</source><translation>Weiß</translation></message>
<message><source>{width} × {height} px</source><translation>{width} × {height} px</translation></message>
</context>
<context>
<name>PromptBox</name>
<message numerus="yes"><source>%n word(s)</source><translation>
<numerusform>%n Wort</numerusform>
<numerusform>%n Wörter</numerusform>
</translation></message>
<message><source>Ctrl+↑ and Ctrl+↓ change the weight of a word</source><translation>Strg+↑ und Strg+↓ ändern das Gewicht eines Worts</translation></message>
<message><source>Describe the picture; Enter generates it</source><translation>Das Bild beschreiben; Enter generiert es</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>The editor shows the first {count}; edit them to use only these.</source><translation>Das Feld zeigt die ersten {count}; bearbeiten, um nur diese zu verwenden.</translation></message>
<message><source>The text under “{title}”</source><translation>Der Text unter „{title}“</translation></message>
<message><source>What should the picture show?</source><translation>Was soll das Bild zeigen?</translation></message>
<message><source>{count} characters</source><translation>{count} Zeichen</translation></message>
<message><source>{count} of {limit} tokens</source><translation>{count} von {limit} Tokens</translation></message>
<message><source>{tokens}, in {parts} parts</source><translation>{tokens}, in {parts} Teilen</translation></message>
</context>
<context>
<name>PromptChips</name>
<message numerus="yes"><source>%n token(s) beyond {limit}</source><translation>
<numerusform>%n Token über {limit}</numerusform>
<numerusform>%n Tokens über {limit}</numerusform>
</translation></message>
<message><source>Click to write “{prompt}”.</source><translation>Klicken, um „{prompt}“ zu schreiben.</translation></message>
<message><source>Did you mean {word}?</source><translation>Ist {word} gemeint?</translation></message>
<message><source>Drawing {drawing} for “{text}”</source><translation>Zeichnung {drawing} für „{text}“</translation></message>
<message><source>Drawn in some of the styles that a seed chooses.</source><translation>Wird in manchen der Stile gezeichnet, die ein Seed wählt.</translation></message>
<message><source>How the model reads the prompt</source><translation>Wie das Modell den Prompt liest</translation></message>
<message><source>If the picture shows it anyway, write it into the negative prompt.</source><translation>Zeigt das Bild es trotzdem, in den negativen Prompt schreiben.</translation></message>
<message><source>LoRA {value}</source><translation>LoRA {value}</translation></message>
<message><source>Most words are unknown to {model}. Write the prompt in English.</source><translation>{model} kennt die meisten Wörter nicht. Den Prompt auf Englisch schreiben.</translation></message>
<message><source>Nearest: {drawing}</source><translation>Am nächsten: {drawing}</translation></message>
<message><source>No LoRA with this name is installed, or its file is damaged. Its tag is read as plain words.</source><translation>Kein LoRA mit diesem Namen ist installiert, oder seine Datei ist beschädigt. Sein Tag wird als Wörter gelesen.</translation></message>
<message><source>No LoRA “{value}”</source><translation>Kein LoRA „{value}“</translation></message>
<message><source>No such drawing: a guess</source><translation>Keine solche Zeichnung: geraten</translation></message>
<message><source>No weights here</source><translation>Hier keine Gewichte</translation></message>
<message><source>One picture; Set draws several</source><translation>Ein Bild; Serie zeichnet mehrere</translation></message>
<message><source>Only the first {value} words are read</source><translation>Nur die ersten {value} Wörter werden gelesen</translation></message>
<message><source>Sometimes left out: {words}</source><translation>Manchmal weggelassen: {words}</translation></message>
<message><source>The seed of each picture chooses one. Only the other words are described here.</source><translation>Der Seed jedes Bildes wählt eines. Hier werden nur die anderen Wörter beschrieben.</translation></message>
<message><source>The seed of each picture chooses one. The first picture is described here.</source><translation>Der Seed jedes Bildes wählt eines. Hier wird das erste Bild beschrieben.</translation></message>
<message><source>The seed of each picture chooses {count} of them, in random order.</source><translation>Der Seed jedes Bildes wählt {count} davon, in zufälliger Reihenfolge.</translation></message>
<message><source>The start picture shows it. Only what is new is drawn in the mask.</source><translation>Das Startbild zeigt es schon. In der Maske wird nur das Neue gezeichnet.</translation></message>
<message><source>The words after “{value}” are ignored</source><translation>Die Wörter nach „{value}“ werden nicht beachtet</translation></message>
<message><source>They are read in parts of {limit} that know nothing of each other.</source><translation>Sie werden in Teilen von {limit} gelesen, die nichts voneinander wissen.</translation></message>
<message><source>Things are found in the whole prompt; {model} reads no more words than these.</source><translation>Motive werden im ganzen Prompt gefunden; mehr Wörter als diese liest {model} nicht.</translation></message>
<message><source>This LoRA changes the picture.</source><translation>Dieses LoRA verändert das Bild.</translation></message>
<message><source>This style has no good drawing of it.</source><translation>Dieser Stil hat keine gute Zeichnung davon.</translation></message>
<message><source>Turn on Set and write one thing per line: each gets a picture of its own, in one style.</source><translation>Serie einschalten und ein Ding je Zeile schreiben: Jedes bekommt ein eigenes Bild, alle in einem Stil.</translation></message>
<message><source>Varies, {count} of: {options}</source><translation>Wechselt, {count} von: {options}</translation></message>
<message><source>Varies: {options}</source><translation>Wechselt: {options}</translation></message>
<message><source>Will be drawn</source><translation>Wird gezeichnet</translation></message>
<message><source>With some of the options, {model} leaves these words out.</source><translation>Bei manchen Alternativen lässt {model} diese Wörter weg.</translation></message>
<message><source>Without a prompt, {model} draws something random.</source><translation>Ohne Prompt zeichnet {model} etwas Zufälliges.</translation></message>
<message><source>Write what to draw</source><translation>Schreiben, was gezeichnet wird</translation></message>
<message><source>Write what to leave out into the negative prompt.</source><translation>In den negativen Prompt schreiben, was fehlen soll.</translation></message>
<message><source>Writes no text: “{value}”</source><translation>Schreibt keinen Text: „{value}“</translation></message>
<message><source>{count} more</source><translation>{count} weitere</translation></message>
<message><source>{model} cannot draw with this LoRA. Choose another one.</source><translation>{model} kann mit diesem LoRA nicht zeichnen. Ein anderes wählen.</translation></message>
<message><source>{model} cannot write words into a picture.</source><translation>{model} kann keine Wörter in ein Bild schreiben.</translation></message>
<message><source>{model} does not know this language</source><translation>{model} kennt diese Sprache nicht</translation></message>
<message><source>{model} does not know “{text}” and leaves it out.</source><translation>{model} kennt „{text}“ nicht und lässt es weg.</translation></message>
<message><source>{model} does not know “{text}”. Click to write “{word}” instead.</source><translation>{model} kennt „{text}“ nicht. Klicken, um stattdessen „{word}“ zu schreiben.</translation></message>
<message><source>{model} has no drawing of this and guesses.</source><translation>{model} hat keine Zeichnung davon und rät.</translation></message>
<message><source>{model} knows no drawing by these words and guesses from them.</source><translation>{model} kennt keine Zeichnung zu diesen Wörtern und rät danach.</translation></message>
<message><source>{model} leaves out “{text}”.</source><translation>{model} lässt „{text}“ weg.</translation></message>
<message><source>{model} reads plain words and the tags of LoRAs, but no weights of words.</source><translation>{model} liest einfache Wörter und die Tags von LoRAs, aber keine Gewichte von Wörtern.</translation></message>
<message><source>{text} → {drawing}</source><translation>{text} → {drawing}</translation></message>
<message><source>{text}, drawn</source><translation>{text}, gezeichnet</translation></message>
<message><source>{text}, drawn as {drawing}</source><translation>{text}, gezeichnet als {drawing}</translation></message>
<message><source>{text}, drawn in some styles</source><translation>{text}, in manchen Stilen gezeichnet</translation></message>
<message><source>{text}, guessed</source><translation>{text}, geraten</translation></message>
<message><source>{text}, in the start picture</source><translation>{text}, im Startbild</translation></message>
<message><source>{text}, left out</source><translation>{text}, weggelassen</translation></message>
<message><source>{text}, unknown and left out</source><translation>{text}, unbekannt und weggelassen</translation></message>
<message><source>{text}: draws {count}</source><translation>{text}: zeichnet {count}</translation></message>
<message><source>{text}: from {style}</source><translation>{text}: aus {style}</translation></message>
<message><source>{text}: one colour</source><translation>{text}: einfarbig</translation></message>
<message><source>{text}: one colour, from {style}</source><translation>{text}: einfarbig, aus {style}</translation></message>
<message><source>{value} is for another model</source><translation>{value} ist für ein anderes Modell</translation></message>
<message><source>“{text}” is read as “{word}”.</source><translation>„{text}“ wird als „{word}“ gelesen.</translation></message>
<message><source>“{value}” is left out</source><translation>„{value}“ wird weggelassen</translation></message>
<message><source>“{value}” is not understood</source><translation>„{value}“ wird nicht verstanden</translation></message>
</context>
<context>
<name>PromptController</name>
<message><source>Choose a model that it is for.</source><translation>Ein Modell wählen, für das es ist.</translation></message>
<message><source>It is for {base}; {model} is {model_base}.</source><translation>Es ist für {base}; {model} ist {model_base}.</translation></message>
<message><source>It is for {base}; {model} reads plain words.</source><translation>Es ist für {base}; {model} liest einfache Wörter.</translation></message>
<message><source>Prompts are read as plain words now; choose another prompt grammar under Advanced.</source><translation>Prompts werden jetzt als einfache Wörter gelesen; unter Erweitert eine andere Prompt-Grammatik wählen.</translation></message>
<message><source>The model</source><translation>Das Modell</translation></message>
</context>
<context>
<name>PromptList</name>
<message><source>Completions of the prompt</source><translation>Vervollständigungen des Prompts</translation></message>
</context>
<context>
<name>QueueController</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>Noch %n</numerusform>
<numerusform>Noch %n</numerusform>
</translation></message>
<message><source>Connecting to the cluster…</source><translation>Verbindung zum Cluster …</translation></message>
<message><source>Not saved yet</source><translation>Noch nicht gespeichert</translation></message>
<message><source>Paused</source><translation>Pausiert</translation></message>
<message><source>Paused where you left it</source><translation>Pausiert wie beim letzten Mal</translation></message>
<message numerus="yes"><source>Removed %n entry(entries) from the queue</source><translation>
<numerusform>%n Eintrag aus der Warteschlange entfernt</numerusform>
<numerusform>%n Einträge aus der Warteschlange entfernt</numerusform>
</translation></message>
<message><source>Removed “{title}” from the queue</source><translation>„{title}“ aus der Warteschlange entfernt</translation></message>
<message><source>Resume</source><translation>Fortsetzen</translation></message>
<message numerus="yes"><source>Resuming %n picture(s)</source><translation>
<numerusform>%n Bild wird fortgesetzt</numerusform>
<numerusform>%n Bilder werden fortgesetzt</numerusform>
</translation></message>
<message><source>Steps that are done already are shown again first.</source><translation>Bereits berechnete Schritte werden zuerst noch einmal gezeigt.</translation></message>
<message><source>The queue is paused</source><translation>Die Warteschlange ist pausiert</translation></message>
<message><source>Waiting until a picture can be saved</source><translation>Wartet, bis ein Bild gespeichert werden kann</translation></message>
<message><source>Waiting: a picture could not be saved yet</source><translation>Wartet: ein Bild konnte noch nicht gespeichert werden</translation></message>
<message><source>Waiting: the queue is paused</source><translation>Wartet: die Warteschlange ist pausiert</translation></message>
<message><source>about {time} left</source><translation>noch etwa {time}</translation></message>
<message><source>{pictures} will be made on the cluster</source><translation>{pictures} auf dem Cluster eingeplant</translation></message>
</context>
<context>
<name>QueueEditor</name>
<message><source>Cancel</source><translation>Abbrechen</translation></message>
<message><source>Change the settings, then press “{save}”.</source><translation>Die Einstellungen ändern, dann „{save}“ drücken.</translation></message>
<message><source>Editing a queued picture</source><translation>Wartendes Bild bearbeiten</translation></message>
<message><source>Generate uses these settings for another picture.</source><translation>„Generieren“ verwendet diese Einstellungen für ein anderes Bild.</translation></message>
<message><source>Not used: {settings}.</source><translation>Nicht verwendet: {settings}.</translation></message>
<message><source>Save to the queue</source><translation>In die Warteschlange speichern</translation></message>
<message><source>Saves the settings in the queue, in the same place</source><translation>Speichert die Einstellungen in der Warteschlange, an derselben Stelle</translation></message>
<message><source>“{title}” no longer waits in the queue</source><translation>„{title}“ wartet nicht mehr in der Warteschlange</translation></message>
</context>
<context>
<name>QueueModel</name>
<message><source> · {count} made</source><translation> · {count} fertig</translation></message>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n Schritt</numerusform>
<numerusform>%n Schritte</numerusform>
</translation></message>
<message><source>Failed</source><translation>Fehlgeschlagen</translation></message>
<message><source>Paused</source><translation>Pausiert</translation></message>
<message><source>Running in another window</source><translation>Läuft in einem anderen Fenster</translation></message>
<message><source>Waiting</source><translation>Wartet</translation></message>
<message><source>until stopped</source><translation>bis zum Stoppen</translation></message>
<message><source>{done} of {count} made</source><translation>{done} von {count} fertig</translation></message>
</context>
<context>
<name>QueuePanel</name>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Pause</source><translation>Pausieren</translation></message>
<message><source>Queue</source><translation>Warteschlange</translation></message>
<message><source>Resume</source><translation>Fortsetzen</translation></message>
<message><source>Resume the queue</source><translation>Warteschlange fortsetzen</translation></message>
<message><source>Start nothing more for now</source><translation>Vorerst nichts mehr beginnen</translation></message>
<message><source>Stop and remove</source><translation>Stoppen und entfernen</translation></message>
<message><source>Stop it and remove it from the queue</source><translation>Stoppen und aus der Warteschlange entfernen</translation></message>
</context>
<context>
<name>QueueRows</name>
<message><source>Nothing is waiting</source><translation>Nichts wartet</translation></message>
<message><source>Stop</source><translation>Stoppen</translation></message>
<message><source>Stop {job}</source><translation>{job} stoppen</translation></message>
<message><source>The queue</source><translation>Die Warteschlange</translation></message>
<message><source>While a picture is being made, Ctrl+Enter puts the next one here.</source><translation>Während ein Bild entsteht, legt Strg+Enter das nächste hierher.</translation></message>
</context>
<context>
<name>Quotation</name>
<message><source>“{text}”</source><translation>„{text}“</translation></message>
</context>
<context>
<name>RecoveryNotices</name>
<message numerus="yes"><source>%n picture(s) not finished and not in the gallery yet.</source><translation>
<numerusform>%n Bild ist unfertig und noch nicht in der Galerie.</numerusform>
<numerusform>%n Bilder sind unfertig und noch nicht in der Galerie.</numerusform>
</translation></message>
<message><source>Keep it</source><translation>Behalten</translation></message>
<message><source>Keep them</source><translation>Behalten</translation></message>
<message><source>Stopped at step {step} of {steps}</source><translation>Bei Schritt {step} von {steps} gestoppt</translation></message>
<message><source>Try again</source><translation>Erneut versuchen</translation></message>
<message><source>What was reached is not in the gallery yet.</source><translation>Das Erreichte ist noch nicht in der Galerie.</translation></message>
</context>
<context>
<name>RegionMap</name>
<message><source>Drag to draw, move or resize a box; the right button removes it</source><translation>Ziehen zeichnet, verschiebt oder vergrößert einen Rahmen; die rechte Taste entfernt ihn</translation></message>
<message><source>Map of the regions</source><translation>Karte der Bereiche</translation></message>
</context>
<context>
<name>RegionRow</name>
<message><source>Negative prompt of region {number}</source><translation>Negativer Prompt von Bereich {number}</translation></message>
<message><source>Paint the area of this region; the right button erases, the wheel changes the size</source><translation>Die Fläche dieses Bereichs malen; die rechte Taste radiert, das Rad ändert die Größe</translation></message>
<message><source>Prompt of region {number}</source><translation>Prompt von Bereich {number}</translation></message>
<message><source>Remove this region</source><translation>Diesen Bereich entfernen</translation></message>
<message><source>Replace the painted area by its box</source><translation>Die gemalte Fläche durch ihren Rahmen ersetzen</translation></message>
<message><source>Share of this prompt in its area; the prompt of the whole picture has the rest</source><translation>Anteil dieses Prompts in seiner Fläche; den Rest hat der Prompt des ganzen Bildes</translation></message>
<message><source>Weight</source><translation>Gewicht</translation></message>
<message><source>What is in this area</source><translation>Was in dieser Fläche ist</translation></message>
<message><source>What to avoid here</source><translation>Was hier zu vermeiden ist</translation></message>
</context>
<context>
<name>RegionSection</name>
<message numerus="yes"><source>%n region(s)</source><translation>
<numerusform>%n Bereich</numerusform>
<numerusform>%n Bereiche</numerusform>
</translation></message>
<message><source>A box with its own prompt</source><translation>Ein Rahmen mit eigenem Prompt</translation></message>
<message><source>Add region</source><translation>Bereich hinzufügen</translation></message>
<message><source>Drag to draw a box; the prompt above describes the rest.</source><translation>Ziehen zeichnet einen Rahmen; der Prompt oben beschreibt den Rest.</translation></message>
<message><source>Draw</source><translation>Zeichnen</translation></message>
<message><source>Draw the regions on the picture</source><translation>Die Bereiche auf dem Bild zeichnen</translation></message>
<message><source>Remove all</source><translation>Alle entfernen</translation></message>
<message><source>Undo the last change of the regions</source><translation>Die letzte Änderung der Bereiche rückgängig machen</translation></message>
</context>
<context>
<name>Remedy</name>
<message><source>One at a time</source><translation>Eines nach dem anderen</translation></message>
<message><source>Try again</source><translation>Erneut versuchen</translation></message>
<message><source>Use calmer settings</source><translation>Ruhigere Einstellungen</translation></message>
<message><source>Use full precision</source><translation>Volle Genauigkeit</translation></message>
<message><source>Use the CPU</source><translation>Den Prozessor verwenden</translation></message>
<message><source>Use this computer</source><translation>Diesen Computer nutzen</translation></message>
</context>
<context>
<name>Report</name>
<message><source>Add to gallery</source><translation>Zur Galerie hinzufügen</translation></message>
<message><source>Already in the gallery</source><translation>Schon in der Galerie</translation></message>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Copy it into the library; the file stays</source><translation>In die Bibliothek kopieren; die Datei bleibt</translation></message>
<message><source>It does not say how it was made</source><translation>Darin steht nicht, wie es entstand</translation></message>
<message><source>Not known</source><translation>Unbekannt</translation></message>
<message><source>Recognised, not used</source><translation>Erkannt, nicht verwendet</translation></message>
<message><source>Settings in the file</source><translation>Einstellungen in der Datei</translation></message>
<message><source>Start from it</source><translation>Damit beginnen</translation></message>
<message><source>Use it as the start picture</source><translation>Als Startbild verwenden</translation></message>
<message><source>Used</source><translation>Verwendet</translation></message>
<message><source>as they are set here</source><translation>wie sie hier eingestellt sind</translation></message>
<message><source>has content credentials</source><translation>hat Content Credentials</translation></message>
<message><source>has content credentials by {maker}</source><translation>hat Content Credentials von {maker}</translation></message>
<message><source>kept in the file, but not used</source><translation>in der Datei erhalten, aber nicht verwendet</translation></message>
</context>
<context>
<name>Review</name>
<message><source>Review finished</source><translation>Durchsicht beendet</translation></message>
<message><source>{count} deleted</source><translation>{count} gelöscht</translation></message>
<message><source>{count} kept</source><translation>{count} behalten</translation></message>
<message><source>{number} of {count}</source><translation>{number} von {count}</translation></message>
</context>
<context>
<name>Row</name>
<message><source>Back to the default</source><translation>Zurück zur Vorgabe</translation></message>
<message><source>Close the window and open it again; a running job continues</source><translation>Das Fenster schließen und wieder öffnen; ein laufender Auftrag wird fortgesetzt</translation></message>
<message><source>Reset {setting}</source><translation>{setting} zurücksetzen</translation></message>
<message><source>Restart now</source><translation>Jetzt neu starten</translation></message>
</context>
<context>
<name>RunningJobs</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> und %n weitere</numerusform>
<numerusform> und %n weitere</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>noch %n Schritt</numerusform>
<numerusform>noch %n Schritte</numerusform>
</translation></message>
<message><source>Finished: {job}</source><translation>Fertig: {job}</translation></message>
<message><source>Starts next</source><translation>Beginnt als Nächstes</translation></message>
<message><source>Stopped: {job}</source><translation>Gestoppt: {job}</translation></message>
<message><source>Waiting for the model to load</source><translation>Wartet auf das Laden des Modells</translation></message>
<message><source>Waiting for: {job}</source><translation>Wartet auf: {job}</translation></message>
<message><source>paused</source><translation>pausiert</translation></message>
<message><source>starting…</source><translation>beginnt …</translation></message>
<message><source>stopping</source><translation>stoppt</translation></message>
<message><source>stopping…</source><translation>stoppt …</translation></message>
<message><source>waiting for the model to load</source><translation>wartet auf das Laden des Modells</translation></message>
<message><source>waiting for: {job}</source><translation>wartet auf: {job}</translation></message>
<message><source>{count} left</source><translation>noch {count}</translation></message>
<message><source>{done} of {total}</source><translation>{done} von {total}</translation></message>
</context>
<context>
<name>SaveNotices</name>
<message><source>Folder for pictures that the library cannot store</source><translation>Ordner für Bilder, die die Bibliothek nicht speichern kann</translation></message>
<message><source>Save elsewhere…</source><translation>Woanders speichern …</translation></message>
<message><source>Saved elsewhere</source><translation>Woanders gespeichert</translation></message>
<message><source>The pictures are in {folder}.</source><translation>Die Bilder sind in {folder}.</translation></message>
<message><source>Try again</source><translation>Erneut versuchen</translation></message>
<message><source>{error} The picture is not lost yet.</source><translation>{error} Das Bild ist noch nicht verloren.</translation></message>
</context>
<context>
<name>SavedStepsRow</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>Die Maus entlangbewegen oder ← → benutzen, um zu sehen, wie das Bild entstand</translation></message>
<message><source>Saved steps</source><translation>Gespeicherte Schritte</translation></message>
</context>
<context>
<name>SavedStepsStrip</name>
<message numerus="yes"><source>%n of {total} steps saved</source><translation>
<numerusform>%n von {total} Schritten gespeichert</numerusform>
<numerusform>%n von {total} Schritten gespeichert</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) saved</source><translation>
<numerusform>%n Schritt gespeichert</numerusform>
<numerusform>%n Schritte gespeichert</numerusform>
</translation></message>
<message><source>Play</source><translation>Abspielen</translation></message>
<message><source>Play its steps</source><translation>Seine Schritte abspielen</translation></message>
<message><source>Scrub and branch on the Create page</source><translation>Auf der Seite „Erstellen“ durchsehen und verzweigen</translation></message>
</context>
<context>
<name>ScheduleChart</name>
<message><source>Scale of the data at each step</source><translation>Skalierung der Daten in jedem Schritt</translation></message>
<message><source>scale of the data, α / √(α² + σ²) · steps</source><translation>Skalierung der Daten, α / √(α² + σ²) · Schritte</translation></message>
</context>
<context>
<name>Search</name>
<message><source> or </source><translation> oder </translation></message>
<message><source>Branches</source><translation>Zweige</translation></message>
<message><source>Collection</source><translation>Sammlung</translation></message>
<message><source>Date</source><translation>Datum</translation></message>
<message><source>Edited elsewhere</source><translation>Anderswo bearbeitet</translation></message>
<message><source>Favourites</source><translation>Favoriten</translation></message>
<message><source>File</source><translation>Datei</translation></message>
<message><source>Imported</source><translation>Importiert</translation></message>
<message><source>In</source><translation>In</translation></message>
<message><source>Like</source><translation>Wie</translation></message>
<message><source>Made here</source><translation>Hier erzeugt</translation></message>
<message><source>Negative prompt</source><translation>Negativer Prompt</translation></message>
<message><source>Note</source><translation>Notiz</translation></message>
<message><source>OR must be between two words</source><translation>OR muss zwischen zwei Wörtern stehen</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Sampler</source><translation>Sampler</translation></message>
<message><source>Scheduler</source><translation>Scheduler</translation></message>
<message><source>Similar to</source><translation>Ähnlich wie</translation></message>
<message><source>Size</source><translation>Größe</translation></message>
<message><source>Stopped early</source><translation>Vorzeitig gestoppt</translation></message>
<message><source>Tag</source><translation>Schlagwort</translation></message>
<message><source>Tool</source><translation>Programm</translation></message>
<message><source>With a note</source><translation>Mit Notiz</translation></message>
<message><source>With settings</source><translation>Mit Einstellungen</translation></message>
<message><source>Without a tag</source><translation>Ohne Schlagwort</translation></message>
<message><source>Without settings</source><translation>Ohne Einstellungen</translation></message>
<message><source>not {term}</source><translation>nicht {term}</translation></message>
<message><source>only its first 60 words count</source><translation>nur die ersten 60 Wörter zählen</translation></message>
<message><source>the quotation mark of {text} is not closed</source><translation>das Anführungszeichen von {text} ist nicht geschlossen</translation></message>
<message><source>unknown field {field} (quote {text} to search for it as text)</source><translation>unbekanntes Feld {field} ({text} in Anführungszeichen sucht den Text)</translation></message>
<message><source>{count} more words are unclear</source><translation>{count} weitere Wörter sind unklar</translation></message>
<message><source>{text} has no letter or digit</source><translation>{text} enthält weder Buchstaben noch Ziffern</translation></message>
<message><source>{text} has no valid value for {field}</source><translation>{text} hat keinen gültigen Wert für {field}</translation></message>
<message><source>{text} has no value</source><translation>{text} hat keinen Wert</translation></message>
<message><source>{text} is neither a word nor a field (quote it to search for it as text)</source><translation>{text} ist weder ein Wort noch ein Feld (in Anführungszeichen wird es als Text gesucht)</translation></message>
</context>
<context>
<name>SearchBar</name>
<message><source>Do not search for similar pictures</source><translation>Nicht nach ähnlichen Bildern suchen</translation></message>
<message><source>Like: {name}</source><translation>Wie: {name}</translation></message>
<message><source>Newest</source><translation>Neueste</translation></message>
<message><source>Newest first</source><translation>Neueste zuerst</translation></message>
<message><source>Not understood: {terms}.</source><translation>Nicht verstanden: {terms}.</translation></message>
<message><source>Oldest</source><translation>Älteste</translation></message>
<message><source>Oldest first</source><translation>Älteste zuerst</translation></message>
<message><source>Order of the pictures</source><translation>Reihenfolge der Bilder</translation></message>
<message><source>Save it in the list at the left</source><translation>In der Liste links speichern</translation></message>
<message><source>Save search</source><translation>Suche speichern</translation></message>
<message><source>Search without {term}</source><translation>Ohne {term} suchen</translation></message>
<message><source>Size of the pictures; also Ctrl and the mouse wheel</source><translation>Größe der Bilder; auch Strg und Mausrad</translation></message>
<message><source>{found} · {problem}</source><translation>{found} · {problem}</translation></message>
<message><source>{pictures} · {time} ms</source><translation>{pictures} · {time} ms</translation></message>
<message><source>{size} px</source><translation>{size} px</translation></message>
</context>
<context>
<name>SearchField</name>
<message><source>Clear the search</source><translation>Suche leeren</translation></message>
<message><source>Search pictures</source><translation>Bilder suchen</translation></message>
<message><source>Search…</source><translation>Suchen …</translation></message>
<message><source>Words, "phrases", -without, is:favourite, seed:42, steps:&gt;20</source><translation>Wörter, "Wortfolgen", -ohne, is:favourite, seed:42, steps:&gt;20</translation></message>
</context>
<context>
<name>SeedField</name>
<message><source>Every run uses a new seed</source><translation>Jeder Lauf verwendet einen neuen Seed</translation></message>
<message><source>Keep this seed</source><translation>Diesen Seed behalten</translation></message>
<message><source>Locked: every run uses this seed</source><translation>Gesperrt: jeder Lauf verwendet diesen Seed</translation></message>
<message><source>Seed</source><translation>Seed</translation></message>
<message><source>The same seed and settings give the same picture</source><translation>Gleicher Seed und gleiche Einstellungen ergeben das gleiche Bild</translation></message>
</context>
<context>
<name>SelectionBar</name>
<message><source>Add them to a collection</source><translation>Zu einer Sammlung hinzufügen</translation></message>
<message><source>Add to collection ▾</source><translation>Zur Sammlung hinzufügen ▾</translation></message>
<message><source>Collection ▾</source><translation>Sammlung ▾</translation></message>
<message><source>New collection</source><translation>Neue Sammlung</translation></message>
<message><source>Remove from {collection}</source><translation>Aus {collection} entfernen</translation></message>
<message><source>Select none</source><translation>Nichts auswählen</translation></message>
<message><source>Selected pictures</source><translation>Ausgewählte Bilder</translation></message>
<message><source>{count} selected</source><translation>{count} ausgewählt</translation></message>
</context>
<context>
<name>SelectionController</name>
<message><source>Check of {title}</source><translation>Prüfung von {title}</translation></message>
<message><source>It does not reproduce: pixels differ by up to {difference} of 255.</source><translation>Es ist nicht reproduzierbar: Pixel weichen um bis zu {difference} von 255 ab.</translation></message>
<message><source>It reproduces exactly.</source><translation>Es ist genau reproduzierbar.</translation></message>
<message><source>It reproduces nearly: no pixel differs by more than {difference} of 255.</source><translation>Es ist fast reproduzierbar: kein Pixel weicht um mehr als {difference} von 255 ab.</translation></message>
<message><source>Its steps are saved</source><translation>Seine Schritte sind gespeichert</translation></message>
<message><source>Not in the gallery</source><translation>Nicht in der Galerie</translation></message>
<message><source>The picture cannot be generated again here</source><translation>Das Bild kann hier nicht neu generiert werden</translation></message>
<message><source>The picture that this one branches from was deleted or never saved.</source><translation>Das Bild, von dem dieses abzweigt, wurde gelöscht oder nie gespeichert.</translation></message>
<message><source>The picture that this one was edited from was deleted.</source><translation>Das Bild, aus dem dieses bearbeitet wurde, ist gelöscht.</translation></message>
<message><source>comparing…</source><translation>wird verglichen …</translation></message>
<message><source>exactly</source><translation>genau</translation></message>
<message><source>nearly</source><translation>fast</translation></message>
<message><source>no</source><translation>nein</translation></message>
<message><source>not here</source><translation>nicht hier</translation></message>
<message><source>not in the gallery</source><translation>nicht in der Galerie</translation></message>
<message><source>step {step} of {steps}</source><translation>Schritt {step} von {steps}</translation></message>
<message><source>stopped</source><translation>gestoppt</translation></message>
<message><source>waiting…</source><translation>wartet …</translation></message>
</context>
<context>
<name>SetController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n Bild</numerusform>
<numerusform>%n Bilder</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate continues.</source><translation>
<numerusform>%n Bild fehlt; Generieren setzt fort.</numerusform>
<numerusform>%n Bilder fehlen; Generieren setzt fort.</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate in Set continues.</source><translation>
<numerusform>%n Bild fehlt; Generieren in Serie setzt fort.</numerusform>
<numerusform>%n Bilder fehlen; Generieren in Serie setzt fort.</numerusform>
</translation></message>
<message><source>Another set is being generated. Stop it, then restore this one.</source><translation>Eine andere Serie wird generiert. Diese erst stoppen, dann die frühere wiederherstellen.</translation></message>
<message><source>Drawn with {temperature} instead of {value}, at which it would hardly change.</source><translation>Mit {temperature} gezeichnet, da es sich mit {value} kaum ändern würde.</translation></message>
<message><source>It is the collection “{name}”.</source><translation>Es ist die Sammlung „{name}“.</translation></message>
<message numerus="yes"><source>Its %n locked picture(s) stays(stay) there.</source><translation>
<numerusform>Ihr %n gesperrtes Bild bleibt dort.</numerusform>
<numerusform>Ihre %n gesperrten Bilder bleiben dort.</numerusform>
</translation></message>
<message><source>Its other pictures are kept.</source><translation>Die anderen Bilder bleiben.</translation></message>
<message><source>Made {pictures} again</source><translation>{pictures} neu generiert</translation></message>
<message><source>Removed {pictures}</source><translation>{pictures} entfernt</translation></message>
<message><source>Restore it</source><translation>Wiederherstellen</translation></message>
<message><source>Set “{name}” opened</source><translation>Serie „{name}“ geöffnet</translation></message>
<message numerus="yes"><source>Set: %n picture(s)</source><translation>
<numerusform>Serie: %n Bild</numerusform>
<numerusform>Serie: %n Bilder</numerusform>
</translation></message>
<message><source>Set: {thing}</source><translation>Serie: {thing}</translation></message>
<message><source>Stopped</source><translation>Gestoppt</translation></message>
<message><source>The list is empty</source><translation>Die Liste ist leer</translation></message>
<message><source>The set was changed</source><translation>Das Set wurde geändert</translation></message>
<message><source>The set was cleared</source><translation>Die Serie wurde geleert</translation></message>
<message><source>These pictures are locked</source><translation>Diese Bilder sind gesperrt</translation></message>
<message><source>Unlock them first.</source><translation>Heben Sie zuerst die Sperre auf.</translation></message>
<message><source>Write what the set shows, one thing per line.</source><translation>Schreiben, was die Serie zeigt, ein Motiv pro Zeile.</translation></message>
<message><source>connecting to the cluster…</source><translation>Verbindung zum Cluster …</translation></message>
<message><source>locked · {seed}</source><translation>gesperrt · {seed}</translation></message>
<message><source>not made yet</source><translation>noch nicht erstellt</translation></message>
<message><source>seed {seed}</source><translation>Seed {seed}</translation></message>
<message><source>starting…</source><translation>beginnt …</translation></message>
</context>
<context>
<name>SetView</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n Bild</numerusform>
<numerusform>%n Bilder</numerusform>
</translation></message>
<message><source>Name of the set</source><translation>Name der Serie</translation></message>
<message><source>None of its pictures is finished yet.</source><translation>Noch ist keines ihrer Bilder fertig.</translation></message>
<message><source>Select a single picture.</source><translation>Wählen Sie ein einzelnes Bild aus.</translation></message>
<message><source>Select the pictures to make again, or lock those to keep.</source><translation>Wählen Sie die Bilder aus, die neu entstehen sollen, oder sperren Sie die, die bleiben.</translation></message>
<message><source>The set is a collection of this name in the gallery</source><translation>Die Serie ist eine Sammlung dieses Namens in der Galerie</translation></message>
<message><source>Unlock</source><translation>Entsperren</translation></message>
<message><source>Write its things in the list, choose a style, and press Generate: one picture of each, drawn alike, kept together in the gallery.</source><translation>Die Motive in die Liste schreiben, einen Stil wählen und Generieren drücken: je ein Bild, gleich gezeichnet und in der Galerie beisammen.</translation></message>
<message><source>Your set will grow here</source><translation>Hier wächst die Serie</translation></message>
<message><source>{finished} of {pictures}</source><translation>{finished} von {pictures}</translation></message>
<message><source>{pictures} · in the gallery</source><translation>{pictures} · in der Galerie</translation></message>
</context>
<context>
<name>Setting</name>
<message><source>1, 2, 3</source><translation>1, 2, 3</translation></message>
<message><source>1-9 or 7, 42, 1207</source><translation>1-9 oder 7, 42, 1207</translation></message>
<message><source>2 (B = e^h − 1) for guided pictures, 1 (B = h) for unguided.</source><translation>2 (B = e^h − 1) für geführte Bilder, 1 (B = h) für ungeführte.</translation></message>
<message><source>2, 4, 6 or 1-7 (+1.5)</source><translation>2, 4, 6 oder 1-7 (+1.5)</translation></message>
<message><source>4, 8, 20 or 4-20 (+4)</source><translation>4, 8, 20 oder 4-20 (+4)</translation></message>
<message><source>Address of a Ray cluster: auto for the cluster of this computer, or HOST:PORT.</source><translation>Adresse eines Ray-Clusters: auto für den Cluster dieses Computers oder HOST:PORT.</translation></message>
<message><source>Aesthetic score</source><translation>Ästhetikwert</translation></message>
<message><source>Allows connections to huggingface.co, or to an address that you enter, while a model that you chose is downloaded.</source><translation>Erlaubt Verbindungen zu huggingface.co oder einer von Ihnen eingegebenen Adresse, während ein von Ihnen gewähltes Modell heruntergeladen wird.</translation></message>
<message><source>Analytic-DDIM</source><translation>Analytic-DDIM</translation></message>
<message><source>Analytic-DPM</source><translation>Analytic-DPM</translation></message>
<message><source>As it is</source><translation>Unverändert</translation></message>
<message><source>At 2 the last layer of the text encoder is left out, at 3 the last two …</source><translation>Bei 2 entfällt die letzte Schicht des Text-Encoders, bei 3 die letzten zwei …</translation></message>
<message><source>At temperatures of 0.25 and less it wants 60 steps or more.</source><translation>Bei Temperaturen bis 0,25 braucht es 60 Schritte oder mehr.</translation></message>
<message><source>At temperatures of 0.25 and less it wants a hundred steps or more.</source><translation>Bei Temperaturen bis 0,25 braucht es hundert Schritte oder mehr.</translation></message>
<message><source>Attention</source><translation>Attention</translation></message>
<message><source>Automatic</source><translation>Automatisch</translation></message>
<message><source>Automatic is full precision, which makes the same picture on every device; half is faster and slightly less exact</source><translation>Automatisch ist volle Genauigkeit und macht auf jedem Gerät dasselbe Bild; halbe ist schneller und etwas ungenauer</translation></message>
<message><source>Batch size</source><translation>Stapelgröße</translation></message>
<message><source>Below 100 % a run pauses between its steps, which leaves time for other programs.</source><translation>Unter 100 % pausiert ein Lauf zwischen seinen Schritten und lässt anderen Programmen Zeit.</translation></message>
<message><source>Beta</source><translation>Beta</translation></message>
<message><source>Beta 57</source><translation>Beta 57</translation></message>
<message><source>Beta of 0.1</source><translation>Beta aus 0.1</translation></message>
<message><source>Beta of σ</source><translation>Beta von σ</translation></message>
<message><source>Beta's shares of the noise in place of timesteps: half of the steps where it is very strong.</source><translation>Betas Anteile des Rauschens statt der Zeitschritte: die Hälfte der Schritte bei sehr starkem Rauschen.</translation></message>
<message><source>Beyond this the oldest steps are deleted; their pictures stay.</source><translation>Darüber hinaus werden die ältesten Schritte gelöscht; ihre Bilder bleiben.</translation></message>
<message><source>Beyond this, some steps are recomputed on view. A large picture has room for at least thirty.</source><translation>Darüber hinaus werden manche Schritte beim Ansehen neu berechnet. Ein großes Bild hat Platz für mindestens dreißig.</translation></message>
<message><source>Blur</source><translation>Unschärfe</translation></message>
<message><source>Both pictures of a step are side by side until the run ends.</source><translation>Beide Bilder eines Schritts stehen nebeneinander, bis der Lauf endet.</translation></message>
<message><source>Branch of</source><translation>Zweig von</translation></message>
<message><source>By noise</source><translation>Nach Rauschen</translation></message>
<message><source>By timesteps</source><translation>Nach Zeitschritten</translation></message>
<message><source>CPU limit</source><translation>CPU-Grenze</translation></message>
<message><source>Canvas colour</source><translation>Leinwandfarbe</translation></message>
<message><source>Checkerboard</source><translation>Schachbrett</translation></message>
<message><source>Churn</source><translation>Churn</translation></message>
<message><source>Churn above</source><translation>Churn über</translation></message>
<message><source>Churn below</source><translation>Churn unter</translation></message>
<message><source>Class</source><translation>Klasse</translation></message>
<message><source>Classic</source><translation>Klassisch</translation></message>
<message><source>Clip</source><translation>Clip</translation></message>
<message><source>Clip skip</source><translation>Clip Skip</translation></message>
<message><source>Cluster</source><translation>Cluster</translation></message>
<message><source>Cold</source><translation>Cold</translation></message>
<message><source>Cold, naive</source><translation>Cold, naiv</translation></message>
<message><source>Computes the deep layers of the network only in every n-th step and reuses their features in between: faster, and less exact. 1 computes them in every step.</source><translation>Berechnet die tiefen Schichten des Netzes nur in jedem n-ten Schritt und verwendet ihre Merkmale dazwischen wieder: schneller und weniger genau. 1 berechnet sie in jedem Schritt.</translation></message>
<message><source>Consecutive pictures that differ only in their seed, or look alike, are one tile.</source><translation>Aufeinanderfolgende Bilder, die sich nur im Seed unterscheiden oder ähnlich aussehen, sind eine Kachel.</translation></message>
<message><source>Correcting adds a little spread of its own: pictures are slightly more varied than the temperature asks.</source><translation>Die Korrektur streut selbst ein wenig: Bilder variieren etwas mehr, als die Temperatur verlangt.</translation></message>
<message><source>Corrector SNR</source><translation>Korrektor-SNR</translation></message>
<message><source>Curvature</source><translation>Krümmung</translation></message>
<message><source>DDIM</source><translation>DDIM</translation></message>
<message><source>DDIM with the little fresh noise that is best for this model, as measured of it.</source><translation>DDIM mit dem wenigen neuen Rauschen, das für dieses Modell gemessen am besten ist.</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM with as much noise in every step as the model itself predicts.</source><translation>DDPM mit so viel Rauschen in jedem Schritt, wie das Modell selbst vorhersagt.</translation></message>
<message><source>DDPM with more noise in every step: grainy below some hundred steps.</source><translation>DDPM mit mehr Rauschen in jedem Schritt: körnig unter einigen hundert Schritten.</translation></message>
<message><source>DDPM with the amount of noise that is best for this model, as measured of it: fewer steps than DDPM.</source><translation>DDPM mit der Rauschmenge, die für dieses Modell gemessen am besten ist: weniger Schritte als DDPM.</translation></message>
<message><source>DDPM's steps, each after a random correction at its place: for some hundred steps.</source><translation>Die Schritte von DDPM, jeder nach einer zufälligen Korrektur an seiner Stelle: für einige hundert Schritte.</translation></message>
<message><source>DDPM, large variance</source><translation>DDPM, große Varianz</translation></message>
<message><source>DDPM, learned variance</source><translation>DDPM, gelernte Varianz</translation></message>
<message><source>DEIS</source><translation>DEIS</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>DPM++ 2M SDE</source><translation>DPM++ 2M SDE</translation></message>
<message><source>DPM++ 2M with fresh noise at every step, which mends earlier errors; finer detail from 25 steps on.</source><translation>DPM++ 2M mit neuem Rauschen in jedem Schritt, das frühere Fehler behebt; feinere Details ab 25 Schritten.</translation></message>
<message><source>DPM++ 2S</source><translation>DPM++ 2S</translation></message>
<message><source>DPM++ 2S a</source><translation>DPM++ 2S a</translation></message>
<message><source>DPM++ 2S with fresh noise at every step (ancestral): pictures keep changing.</source><translation>DPM++ 2S mit neuem Rauschen in jedem Schritt (ancestral): Bilder ändern sich immer weiter.</translation></message>
<message><source>DPM++ 3M</source><translation>DPM++ 3M</translation></message>
<message><source>DPM++ 3M SDE</source><translation>DPM++ 3M SDE</translation></message>
<message><source>DPM++ 3M with fresh noise at every step; for 30 steps and more.</source><translation>DPM++ 3M mit neuem Rauschen in jedem Schritt; für 30 Schritte und mehr.</translation></message>
<message><source>DPM++ SDE</source><translation>DPM++ SDE</translation></message>
<message><source>DPM2</source><translation>DPM2</translation></message>
<message><source>DPM2 a</source><translation>DPM2 a</translation></message>
<message><source>DPM2 with fresh noise at every step (ancestral): two evaluations, pictures keep changing.</source><translation>DPM2 mit neuem Rauschen in jedem Schritt (ancestral): zwei Auswertungen, Bilder ändern sich immer weiter.</translation></message>
<message><source>Dark</source><translation>Dunkel</translation></message>
<message><source>Dark, light, or matching the system.</source><translation>Dunkel, hell oder wie das System.</translation></message>
<message><source>Deleted pictures to the trash on exit</source><translation>Gelöschte Bilder beim Beenden in den Papierkorb</translation></message>
<message><source>Device</source><translation>Gerät</translation></message>
<message><source>Distilled guidance</source><translation>Destillierte Guidance</translation></message>
<message><source>Download models</source><translation>Modelle herunterladen</translation></message>
<message><source>Draws the thing alone, as for a set: without a tile, and in the tone of its style</source><translation>Zeichnet das Ding allein, wie für ein Set: ohne Kachel und im Farbton seines Stils</translation></message>
<message><source>Dynamic threshold</source><translation>Dynamische Schwelle</translation></message>
<message><source>EDM stochastic</source><translation>EDM, stochastisch</translation></message>
<message><source>Each picture is saved as a file in this folder.</source><translation>Jedes Bild wird als Datei in diesem Ordner gespeichert.</translation></message>
<message><source>Each step jumps to a whole picture: temperature only pulls the jumps towards the average picture.</source><translation>Jeder Schritt springt zu einem ganzen Bild: Temperatur zieht die Sprünge nur zum mittleren Bild.</translation></message>
<message><source>Edges (Canny)</source><translation>Kanten (Canny)</translation></message>
<message><source>Enlarges the picture for the second pass</source><translation>Vergrößert das Bild für den zweiten Durchgang</translation></message>
<message><source>Error allowed in a step; smaller is slower and more exact.</source><translation>Erlaubter Fehler je Schritt; kleiner ist langsamer und genauer.</translation></message>
<message><source>Eta</source><translation>Eta</translation></message>
<message><source>Euler</source><translation>Euler</translation></message>
<message><source>Euler a</source><translation>Euler a</translation></message>
<message><source>Evaluations more a step that make the way back exact.</source><translation>Zusätzliche Auswertungen je Schritt, die den Rückweg exakt machen.</translation></message>
<message><source>Even in log-SNR: the same as exponential, but no step where the noise is above σ 164.</source><translation>Gleichmäßig in log-SNR: wie exponentiell, aber kein Schritt mit Rauschen über σ 164.</translation></message>
<message><source>Even steps along the straight paths of flow models. The same update as Euler and DDIM at eta 0.</source><translation>Gleiche Schritte auf den geraden Wegen von Flow-Modellen. Gleiche Regel wie Euler und DDIM mit Eta 0.</translation></message>
<message><source>Even timesteps from full noise that stop one step before the last, between timesteps too.</source><translation>Gleiche Zeitschritte ab vollem Rauschen, die einen Schritt vor dem letzten enden, auch zwischen Zeitschritten.</translation></message>
<message><source>Even timesteps that begin at full noise.</source><translation>Gleiche Zeitschritte, die bei vollem Rauschen beginnen.</translation></message>
<message><source>Even timesteps that end at the last one and never reach full noise, as in the DDIM paper.</source><translation>Gleiche Zeitschritte, die beim letzten enden und volles Rauschen nie erreichen, wie im DDIM-Artikel.</translation></message>
<message><source>Even timesteps with the first and the last.</source><translation>Gleiche Zeitschritte mit dem ersten und dem letzten.</translation></message>
<message><source>Every so many of the model's timesteps, from full noise down: ComfyUI's Simple.</source><translation>Jeder soundsovielte Zeitschritt des Modells, ab vollem Rauschen: Simple in ComfyUI.</translation></message>
<message><source>Every step removes the same share of the noise: even in log-SNR.</source><translation>Jeder Schritt entfernt den gleichen Anteil des Rauschens: gleichmäßig in log-SNR.</translation></message>
<message><source>Exponential</source><translation>Exponentiell</translation></message>
<message><source>Factors</source><translation>Faktoren</translation></message>
<message><source>Feature cache</source><translation>Merkmals-Cache</translation></message>
<message><source>Fewer steps at strong noise than exponential, fewer at the end than Karras.</source><translation>Weniger Schritte bei starkem Rauschen als exponentiell, weniger am Ende als Karras.</translation></message>
<message><source>File name</source><translation>Dateiname</translation></message>
<message><source>Finds the noise that leads to the picture instead of drawing it by the seed, so that the same prompt brings the picture back</source><translation>Findet das Rauschen, das zum Bild führt, statt es nach dem Seed zu ziehen, sodass derselbe Prompt das Bild wiederbringt</translation></message>
<message><source>First choices</source><translation>Erste Wahl</translation></message>
<message><source>Flow Euler</source><translation>Flow Euler</translation></message>
<message><source>Flow Heun</source><translation>Flow Heun</translation></message>
<message><source>Follows the exact way to a tolerance, with as many evaluations as that takes.</source><translation>Folgt dem genauen Weg bis auf eine Toleranz, mit so vielen Auswertungen wie nötig.</translation></message>
<message><source>For exactness, where a step may take twice as long.</source><translation>Für Genauigkeit, wo ein Schritt doppelt so lange dauern darf.</translation></message>
<message><source>For fine detail, with 30 steps or more.</source><translation>Für feine Einzelheiten, ab 30 Schritten.</translation></message>
<message><source>For finer detail, with 25 steps or more.</source><translation>Für feinere Einzelheiten, ab 25 Schritten.</translation></message>
<message><source>For latent consistency models: only the fifty timesteps that they were distilled on.</source><translation>Für Latent-Consistency-Modelle: nur die fünfzig Zeitschritte ihrer Destillation.</translation></message>
<message><source>For rich detail at few steps, in twice the time.</source><translation>Für reiche Einzelheiten in wenigen Schritten, in doppelter Zeit.</translation></message>
<message><source>For the finest quality, when time does not matter.</source><translation>Für höchste Güte, wenn die Zeit keine Rolle spielt.</translation></message>
<message><source>For the finest quality, with many steps.</source><translation>Für höchste Güte, mit vielen Schritten.</translation></message>
<message><source>For the plainest way, to compare others with.</source><translation>Für den schlichtesten Weg, um andere zu vergleichen.</translation></message>
<message><source>For variety with strong guidance.</source><translation>Für Vielfalt bei starker Guidance.</translation></message>
<message><source>For variety, where a step may take twice as long.</source><translation>Für Vielfalt, wo ein Schritt doppelt so lange dauern darf.</translation></message>
<message><source>For variety: each number of steps draws another picture.</source><translation>Für Vielfalt: Jede Schrittzahl zeichnet ein anderes Bild.</translation></message>
<message><source>Format</source><translation>Format</translation></message>
<message><source>Fresh noise at every step (ancestral): pictures keep changing. The same update as DDPM, Karras spacing.</source><translation>Neues Rauschen in jedem Schritt (ancestral): Bilder ändern sich immer weiter. Gleiche Regel wie DDPM, Karras-Abstände.</translation></message>
<message><source>Fresh noise at every step: 0 none, 1 as much as DDPM.</source><translation>Neues Rauschen in jedem Schritt: 0 keines, 1 so viel wie DDPM.</translation></message>
<message><source>Fresh noise over the whole run: 0 is Heun, 40 the paper's choice.</source><translation>Neues Rauschen über den ganzen Lauf: 0 ist Heun, 40 die Wahl des Artikels.</translation></message>
<message><source>Fresh noise, and a look at the middle of each step: two evaluations, rich detail at few steps.</source><translation>Neues Rauschen und ein Blick auf die Mitte jedes Schritts: zwei Auswertungen, viele Details bei wenigen Schritten.</translation></message>
<message><source>Full (32 bit)</source><translation>Voll (32 Bit)</translation></message>
<message><source>Grey</source><translation>Graustufen</translation></message>
<message><source>Guidance</source><translation>Guidance</translation></message>
<message><source>Guidance ends</source><translation>Guidance endet</translation></message>
<message><source>Guidance rescale</source><translation>Guidance-Skalierung</translation></message>
<message><source>Guidance starts</source><translation>Guidance beginnt</translation></message>
<message><source>Guidance · temp.</source><translation>Guidance · Temp.</translation></message>
<message><source>Half (bfloat16)</source><translation>Halb (bfloat16)</translation></message>
<message><source>Half (float16)</source><translation>Halb (float16)</translation></message>
<message><source>Heun</source><translation>Heun</translation></message>
<message><source>Heun in even steps, which suit the straight paths of flow models; for any model.</source><translation>Heun in gleichen Schritten, passend zu den geraden Wegen von Flow-Modellen; für jedes Modell.</translation></message>
<message><source>Heun that goes back to more noise twice near the end and comes down again, which mends earlier errors.</source><translation>Heun, der gegen Ende zweimal zu mehr Rauschen zurückgeht und wieder herunterkommt, was frühere Fehler behebt.</translation></message>
<message><source>Heun with fresh noise before each step, which mends earlier errors; for many steps and finest quality.</source><translation>Heun mit neuem Rauschen vor jedem Schritt, das frühere Fehler behebt; für viele Schritte und höchste Qualität.</translation></message>
<message><source>High order</source><translation>Hohe Ordnung</translation></message>
<message><source>Hints</source><translation>Vorgaben</translation></message>
<message><source>Hires fix</source><translation>Hires Fix</translation></message>
<message><source>How closely the picture follows the one to edit</source><translation>Wie eng das Bild dem folgt, das bearbeitet wird</translation></message>
<message><source>How each step goes from noise towards the picture</source><translation>Wie jeder Schritt vom Rauschen zum Bild geht</translation></message>
<message><source>How far the picture changes from the negative prompt towards the prompt.</source><translation>Wie weit sich das Bild vom negativen Prompt in Richtung des Prompts ändert.</translation></message>
<message><source>How freely the picture may vary: 1 is as the model was trained, lower gives more typical pictures, higher rarer ones.</source><translation>Wie frei das Bild variieren darf: 1 wie trainiert, niedriger ergibt typischere Bilder, höher seltenere.</translation></message>
<message><source>How many pictures are made together; auto lets the device decide</source><translation>Wie viele Bilder zusammen entstehen; Auto überlässt es dem Gerät</translation></message>
<message><source>How many times as wide and high the second pass makes the picture; 1 for none</source><translation>Wievielmal so breit und hoch der zweite Durchgang das Bild macht; 1 für keinen</translation></message>
<message><source>How many, each with its own seed</source><translation>Wie viele, jedes mit eigenem Seed</translation></message>
<message><source>How much noise is added before the steps of the second pass</source><translation>Wie viel Rauschen vor den Schritten des zweiten Durchgangs dazukommt</translation></message>
<message><source>How much noise is added to the picture before the steps begin: at 0 it hardly changes, at 1 nothing of it is left. Add noise shows what each value leaves</source><translation>Wie viel Rauschen vor den Schritten zum Bild kommt: bei 0 ändert es sich kaum, bei 1 bleibt nichts davon. „Rauschen hinzufügen“ zeigt, was jeder Wert übrig lässt</translation></message>
<message><source>How often to go back and come down again; 0 is Heun.</source><translation>Wie oft es zurückgeht und wieder herunterkommt; 0 ist Heun.</translation></message>
<message><source>How pleasing the picture is meant to be</source><translation>Wie gefällig das Bild sein soll</translation></message>
<message><source>How prompts are read: in plain words, brackets have no meaning</source><translation>Wie Prompts gelesen werden: bei einfachen Wörtern haben Klammern keine Bedeutung</translation></message>
<message><source>How strictly the picture follows the prompt</source><translation>Wie streng das Bild dem Prompt folgt</translation></message>
<message><source>How strictly the picture follows the prompt; the model takes this as an input</source><translation>Wie streng das Bild dem Prompt folgt; das Modell erhält dies als Eingabe</translation></message>
<message><source>Image guidance</source><translation>Bild-Guidance</translation></message>
<message><source>Inpaint</source><translation>Inpainting</translation></message>
<message><source>Inpaint area</source><translation>Inpaint-Bereich</translation></message>
<message><source>Instead of DDIM, with a little fresh noise.</source><translation>Statt DDIM, mit etwas frischem Rauschen.</translation></message>
<message><source>Instead of DDPM, for fewer steps.</source><translation>Statt DDPM, für weniger Schritte.</translation></message>
<message><source>Instead of DPM++ 2M, with few steps.</source><translation>Statt DPM++ 2M, mit wenigen Schritten.</translation></message>
<message><source>Instead of DPM++ 2M, with many steps.</source><translation>Statt DPM++ 2M, mit vielen Schritten.</translation></message>
<message><source>Instead of Heun, to compare.</source><translation>Statt Heun, zum Vergleich.</translation></message>
<message><source>Instead of UniPC, where guidance is weak or off.</source><translation>Statt UniPC, wo die Guidance schwach oder aus ist.</translation></message>
<message><source>Interface size</source><translation>Größe der Oberfläche</translation></message>
<message><source>Inverted</source><translation>Invertiert</translation></message>
<message><source>JPEG, smaller</source><translation>JPEG, kleiner</translation></message>
<message><source>KL-optimal</source><translation>KL-optimal</translation></message>
<message><source>Karras</source><translation>Karras</translation></message>
<message><source>Keep the machine awake</source><translation>Den Rechner wach halten</translation></message>
<message><source>Keep the steps of pictures</source><translation>Die Schritte der Bilder behalten</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>LCM, of 50 timesteps</source><translation>LCM, aus 50 Zeitschritten</translation></message>
<message><source>LMS</source><translation>LMS</translation></message>
<message><source>Langevin (NCSN)</source><translation>Langevin (NCSN)</translation></message>
<message><source>Langevin (NCSNv2)</source><translation>Langevin (NCSNv2)</translation></message>
<message><source>Langevin steps, and evaluations, at every noise level.</source><translation>Langevin-Schritte und Auswertungen je Rauschpegel.</translation></message>
<message><source>Language</source><translation>Sprache</translation></message>
<message><source>Largest value of the prediction, in standard deviations of the data; 0 is off.</source><translation>Größter Wert der Vorhersage, in Standardabweichungen der Daten; 0 ist aus.</translation></message>
<message><source>Last noise</source><translation>Letztes Rauschen</translation></message>
<message><source>Light</source><translation>Hell</translation></message>
<message><source>Like Beta, with more of its steps at the end.</source><translation>Wie Beta, mit mehr seiner Schritte am Ende.</translation></message>
<message><source>Like Uniform, leading, one timestep later: DDIM of ComfyUI and AUTOMATIC1111, and Stable Diffusion's own.</source><translation>Wie Uniform, vorn, einen Zeitschritt später: DDIM in ComfyUI und AUTOMATIC1111, und das von Stable Diffusion selbst.</translation></message>
<message><source>Like exponential, with larger steps at first and smaller ones where detail forms.</source><translation>Wie exponentiell, mit größeren Schritten am Anfang und kleineren, wo Details entstehen.</translation></message>
<message><source>Limit for models and images. A model that does not fit is read from the disk at each step, which is slower.</source><translation>Grenze für Modelle und Bilder. Ein Modell, das nicht hineinpasst, wird in jedem Schritt von der Platte gelesen, was langsamer ist.</translation></message>
<message><source>Lines</source><translation>Linien</translation></message>
<message><source>Live, grids, sets and variations use it if the model has one and its settings are the defaults.</source><translation>Live, Raster, Serien und Variationen nutzen sie, wenn das Modell eine hat und seine Einstellungen Standard sind.</translation></message>
<message><source>Log-SNR, clipped</source><translation>Log-SNR, begrenzt</translation></message>
<message><source>Looks ahead and corrects each step: two evaluations, much nearer to the exact way than Euler.</source><translation>Blickt voraus und korrigiert jeden Schritt: zwei Auswertungen, dem genauen Weg viel näher als Euler.</translation></message>
<message><source>Looks at the middle of each step first: two evaluations, about as exact as Heun.</source><translation>Blickt zuerst auf die Mitte jedes Schritts: zwei Auswertungen, etwa so genau wie Heun.</translation></message>
<message><source>Looks at the middle of each step, remembers nothing: two evaluations, steady where guidance is strong.</source><translation>Blickt auf die Mitte jedes Schritts, merkt sich nichts: zwei Auswertungen, ruhig bei starker Guidance.</translation></message>
<message><source>Many steps where the noise is low and detail forms; the best first choice.</source><translation>Viele Schritte, wo wenig Rauschen ist und Details entstehen; die beste erste Wahl.</translation></message>
<message><source>Masked area padding</source><translation>Rand um die Maske</translation></message>
<message><source>Match system</source><translation>Wie das System</translation></message>
<message><source>Measured</source><translation>Gemessen</translation></message>
<message><source>Memory</source><translation>Speicher</translation></message>
<message><source>Model</source><translation>Modell</translation></message>
<message><source>Model folders</source><translation>Modellordner</translation></message>
<message><source>Models in these folders and their subfolders can be used.</source><translation>Modelle in diesen Ordnern und ihren Unterordnern können verwendet werden.</translation></message>
<message><source>More steps take longer and follow the noise more closely</source><translation>Mehr Schritte dauern länger und folgen dem Rauschen genauer</translation></message>
<message><source>Negative prompt</source><translation>Negativer Prompt</translation></message>
<message><source>No fresh noise where less noise than this is left.</source><translation>Kein neues Rauschen, wo weniger Rauschen als dieses übrig ist.</translation></message>
<message><source>No fresh noise where more noise than this is left.</source><translation>Kein neues Rauschen, wo mehr Rauschen als dieses übrig ist.</translation></message>
<message><source>Noise</source><translation>Rauschen</translation></message>
<message><source>Noise scale</source><translation>Rauschskala</translation></message>
<message><source>Normal</source><translation>Normal</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, and that stays.</source><translation>Unterwegs wird nichts gezogen: Temperatur verbiegt nur die Restaurierungen, und das bleibt.</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, which is forgiven.</source><translation>Unterwegs wird nichts gezogen: Temperatur verbiegt nur die Restaurierungen, was verziehen wird.</translation></message>
<message><source>Notify when done</source><translation>Melden, wenn fertig</translation></message>
<message><source>Of a Langevin step, in units of the level's noise variance.</source><translation>Eines Langevin-Schritts, in Einheiten der Rauschvarianz des Pegels.</translation></message>
<message><source>One plain straight step after another. The same update as DDIM at eta 0, with Karras spacing.</source><translation>Ein einfacher gerader Schritt nach dem anderen. Gleiche Regel wie DDIM mit Eta 0, mit Karras-Abständen.</translation></message>
<message><source>One to eight steps with a model distilled for it: predicts the picture, adds fresh noise, predicts again.</source><translation>Ein bis acht Schritte mit einem dafür destillierten Modell: sagt das Bild vorher, gibt Rauschen dazu, sagt wieder vorher.</translation></message>
<message><source>Only masked</source><translation>Nur maskiert</translation></message>
<message><source>Only masked: the surroundings of the mask are generated at the full size of the model and put back, and the picture keeps its size and every pixel outside the mask</source><translation>Nur maskiert: Die Umgebung der Maske wird in der vollen Größe des Modells erzeugt und wieder eingesetzt; das Bild behält seine Größe und jedes Pixel außerhalb der Maske</translation></message>
<message><source>Optimal</source><translation>Optimal</translation></message>
<message><source>Other computers</source><translation>Andere Computer</translation></message>
<message><source>PLMS</source><translation>PLMS</translation></message>
<message><source>PLMS with three careful first steps of four evaluations each; made for even steps.</source><translation>PLMS mit drei sorgfältigen ersten Schritten zu je vier Auswertungen; für gleiche Schritte gemacht.</translation></message>
<message><source>PNDM</source><translation>PNDM</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>Pictures</source><translation>Bilder</translation></message>
<message><source>Pictures folder</source><translation>Bilderordner</translation></message>
<message><source>Pixels around the mask that the model sees if only the masked area is made</source><translation>Pixel um die Maske, die das Modell sieht, wenn nur der maskierte Bereich erzeugt wird</translation></message>
<message><source>Pixels by which tiles overlap, at most half a tile; their predictions are averaged there</source><translation>Pixel, um die sich Kacheln überlappen, höchstens eine halbe Kachel; dort werden ihre Vorhersagen gemittelt</translation></message>
<message><source>Plain icon</source><translation>Schlichtes Icon</translation></message>
<message><source>Plain words</source><translation>Einfache Wörter</translation></message>
<message><source>Polyexponential</source><translation>Polyexponentiell</translation></message>
<message><source>Precision</source><translation>Genauigkeit</translation></message>
<message><source>Prediction</source><translation>Vorhersage</translation></message>
<message><source>Predictions</source><translation>Vorhersagen</translation></message>
<message><source>Predictions: the network is evaluated once for each prompt. Attention: once for all prompts, each of which only its own region sees; about as fast as one prompt</source><translation>Vorhersagen: Das Netz wird für jeden Prompt einmal ausgewertet. Attention: einmal für alle Prompts, von denen jeden nur sein eigener Bereich sieht; etwa so schnell wie ein Prompt</translation></message>
<message><source>Predictor-corrector</source><translation>Prädiktor-Korrektor</translation></message>
<message><source>Predictor-corrector, ancestral</source><translation>Prädiktor-Korrektor, ancestral</translation></message>
<message><source>Predicts, then corrects with the next evaluation at no extra cost: good from 8 steps on.</source><translation>Sagt vorher und korrigiert mit der nächsten Auswertung ohne Mehrkosten: gut ab 8 Schritten.</translation></message>
<message><source>Processor threads that a run uses; automatic is one for each core.</source><translation>Prozessor-Threads eines Laufs; automatisch ist einer je Kern.</translation></message>
<message><source>Program on other computers</source><translation>Programm auf anderen Computern</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompt grammar</source><translation>Prompt-Grammatik</translation></message>
<message><source>Prompt of the start picture</source><translation>Prompt des Startbilds</translation></message>
<message><source>Prompt part</source><translation>Teil des Prompts</translation></message>
<message><source>Prompts</source><translation>Prompts</translation></message>
<message><source>Quadratic</source><translation>Quadratisch</translation></message>
<message><source>RK45</source><translation>RK45</translation></message>
<message><source>Reached by ssh, such as gpubox or user@tower/cuda:1, with commas between them; each can be chosen as a device.</source><translation>Über ssh erreicht, etwa gpubox oder user@tower/cuda:1, durch Kommas getrennt; jeder lässt sich als Gerät wählen.</translation></message>
<message><source>Records where and when each word of the prompt acted; takes slightly longer</source><translation>Zeichnet auf, wo und wann jedes Wort des Prompts wirkte; dauert etwas länger</translation></message>
<message><source>Refinements</source><translation>Verfeinerungen</translation></message>
<message><source>Refiner</source><translation>Refiner</translation></message>
<message><source>Refiner's share</source><translation>Anteil des Refiners</translation></message>
<message><source>Region mode</source><translation>Modus der Bereiche</translation></message>
<message><source>Regions</source><translation>Bereiche</translation></message>
<message><source>Remembers its last four directions: exact with many steps, rough with few.</source><translation>Merkt sich die letzten vier Richtungen: genau bei vielen Schritten, grob bei wenigen.</translation></message>
<message><source>Remembers its last four directions; made for even steps. What Stable Diffusion came with.</source><translation>Merkt sich die letzten vier Richtungen; für gleiche Schritte gemacht. Damit kam Stable Diffusion.</translation></message>
<message><source>Remembers its last prediction, for one evaluation a step. The best picture for the time.</source><translation>Merkt sich die letzte Vorhersage, bei einer Auswertung je Schritt. Das beste Bild für die Zeit.</translation></message>
<message><source>Remembers its last three directions, for one evaluation a step: exact from few steps on.</source><translation>Merkt sich die letzten drei Richtungen, bei einer Auswertung je Schritt: genau ab wenigen Schritten.</translation></message>
<message><source>Remembers its last two predictions: more exact than DPM++ 2M where the steps are fine.</source><translation>Merkt sich die letzten zwei Vorhersagen: genauer als DPM++ 2M, wo die Schritte fein sind.</translation></message>
<message><source>Restart</source><translation>Neustart</translation></message>
<message><source>Restart at</source><translation>Neustart bei</translation></message>
<message><source>Restart from</source><translation>Neustart ab</translation></message>
<message><source>Restarts</source><translation>Neustarts</translation></message>
<message><source>Restores, and degrades the restoration again: every error of the restoration stays.</source><translation>Restauriert und verschlechtert die Restaurierung wieder: jeder Fehler der Restaurierung bleibt.</translation></message>
<message><source>Room for steps</source><translation>Platz für Schritte</translation></message>
<message><source>Rules</source><translation>Regeln</translation></message>
<message><source>SGM Uniform</source><translation>SGM Uniform</translation></message>
<message><source>Scheduler</source><translation>Scheduler</translation></message>
<message><source>Scheduler at its best</source><translation>Scheduler mit besten Werten</translation></message>
<message><source>Scheduler's own</source><translation>Vom Scheduler</translation></message>
<message><source>Second pass</source><translation>Zweiter Durchgang</translation></message>
<message><source>Second pass, noise</source><translation>Zweiter Durchgang, Rauschen</translation></message>
<message><source>Second pass, steps</source><translation>Zweiter Durchgang, Schritte</translation></message>
<message><source>Seed</source><translation>Seed</translation></message>
<message><source>Share of a step's time for the preview; a smaller share makes runs faster.</source><translation>Anteil der Zeit eines Schritts für die Vorschau; ein kleinerer macht Läufe schneller.</translation></message>
<message><source>Share of each picture left unclipped, such as 0.995; 0 is off.</source><translation>Anteil jedes Bildes, der nicht begrenzt wird, etwa 0,995; 0 ist aus.</translation></message>
<message><source>Share of the last step's noise: 1 is the exact law.</source><translation>Anteil des Rauschens im letzten Schritt: 1 ist das genaue Gesetz.</translation></message>
<message><source>Share of the steps after which guidance ends.</source><translation>Anteil der Schritte, nach dem die Guidance endet.</translation></message>
<message><source>Share of the steps done before guidance begins.</source><translation>Anteil der Schritte, bevor die Guidance beginnt.</translation></message>
<message><source>Share of the steps, the last ones, that the refiner makes if one is chosen</source><translation>Anteil der Schritte, und zwar der letzten, die der Refiner ausführt, wenn einer gewählt ist</translation></message>
<message><source>Show noisy and predicted during a run</source><translation>Verrauscht und Vorhersage während eines Laufs</translation></message>
<message><source>Shown behind transparent pictures; it is not saved with them.</source><translation>Hinter transparenten Bildern zu sehen; wird nicht mit ihnen gespeichert.</translation></message>
<message><source>Shows a desktop notification if the window is in the background.</source><translation>Zeigt eine Benachrichtigung, wenn das Fenster im Hintergrund ist.</translation></message>
<message><source>Side in pixels of the overlapping tiles in which a larger picture is made, best the size of the model's own pictures; 0 makes it as a whole</source><translation>Seite der überlappenden Kacheln in Pixeln, in denen ein größeres Bild entsteht, am besten die Größe der eigenen Bilder des Modells; 0 erzeugt es als Ganzes</translation></message>
<message><source>Signal-to-noise ratio of a correction; 0 leaves it out.</source><translation>Signal-Rausch-Verhältnis einer Korrektur; 0 lässt sie weg.</translation></message>
<message><source>Simple</source><translation>Simple</translation></message>
<message><source>Size</source><translation>Größe</translation></message>
<message><source>Size of texts and buttons, from the next start on.</source><translation>Größe von Texten und Knöpfen, ab dem nächsten Start.</translation></message>
<message><source>Size of the fresh noise; a little over 1 keeps detail.</source><translation>Größe des neuen Rauschens; etwas über 1 erhält Details.</translation></message>
<message><source>Small noisy steps, each after a random correction at its place: for some hundred steps.</source><translation>Kleine verrauschte Schritte, jeder nach einer zufälligen Korrektur an seiner Stelle: für einige hundert Schritte.</translation></message>
<message><source>Small steps at the beginning, where the layout forms, and at the end, where detail does.</source><translation>Kleine Schritte am Anfang, wo der Aufbau entsteht, und am Ende, wo Details entstehen.</translation></message>
<message><source>Special</source><translation>Besondere</translation></message>
<message><source>Stack near-identical pictures in the gallery</source><translation>Fast gleiche Bilder in der Galerie stapeln</translation></message>
<message><source>Started from</source><translation>Begonnen mit</translation></message>
<message><source>Step cache per picture</source><translation>Schritt-Speicher je Bild</translation></message>
<message><source>Step size</source><translation>Schrittweite</translation></message>
<message><source>Step spacing</source><translation>Schrittabstände</translation></message>
<message><source>Steps</source><translation>Schritte</translation></message>
<message><source>Steps a level</source><translation>Schritte je Pegel</translation></message>
<message><source>Steps can be viewed, compared and branched from later.</source><translation>Schritte lassen sich später ansehen, vergleichen und als Ausgangspunkt nutzen.</translation></message>
<message><source>Steps of a whole run, of which the second pass makes the part given by its strength; 0: as the first pass</source><translation>Schritte eines ganzen Laufs, von denen der zweite Durchgang den Teil ausführt, den seine Stärke angibt; 0: wie im ersten Durchgang</translation></message>
<message><source>Steps · scheduler</source><translation>Schritte · Scheduler</translation></message>
<message><source>Stochastic</source><translation>Stochastisch</translation></message>
<message><source>Style</source><translation>Stil</translation></message>
<message><source>System language</source><translation>Systemsprache</translation></message>
<message><source>Takes back the glare that strong guidance brings.</source><translation>Nimmt das Grelle zurück, das starke Guidance bringt.</translation></message>
<message><source>Takes off what the degradation adds at each step: forgives a restoration that is wrong.</source><translation>Zieht ab, was die Verschlechterung in jedem Schritt hinzufügt: verzeiht eine falsche Restaurierung.</translation></message>
<message><source>Temperature</source><translation>Temperatur</translation></message>
<message><source>Template</source><translation>Vorlage</translation></message>
<message><source>Text difference</source><translation>Textunterschied</translation></message>
<message><source>The command that starts GDM Studio there, with its folder if needed.</source><translation>Der Befehl, der GDM Studio dort startet, bei Bedarf mit seinem Ordner.</translation></message>
<message><source>The first choice: the best picture for its time.</source><translation>Die erste Wahl: das beste Bild für seine Zeit.</translation></message>
<message><source>The format of new pictures, which contain their settings. PNG and WebP are lossless, JPEG has no transparency.</source><translation>Das Format neuer Bilder, die ihre Einstellungen enthalten. PNG und WebP sind verlustfrei, JPEG hat keine Transparenz.</translation></message>
<message><source>The language of the window, from the next start on.</source><translation>Die Sprache des Fensters, ab dem nächsten Start.</translation></message>
<message><source>The machine does not go to sleep while pictures are being made.</source><translation>Der Rechner schläft nicht ein, solange Bilder entstehen.</translation></message>
<message><source>The noise levels that bound this model's likelihood best. Not always the best images.</source><translation>Die Rauschpegel, die die Likelihood dieses Modells am besten begrenzen. Nicht immer die besten Bilder.</translation></message>
<message><source>The noise ratio from which it goes back.</source><translation>Das Rauschverhältnis, von dem es zurückgeht.</translation></message>
<message><source>The noise ratio it goes back to.</source><translation>Das Rauschverhältnis, zu dem es zurückgeht.</translation></message>
<message><source>The original sampler: fresh noise at every step, best with many. The same update as Euler a, even steps.</source><translation>Der ursprüngliche Sampler: neues Rauschen in jedem Schritt, am besten mit vielen. Gleiche Regel wie Euler a, gleiche Schritte.</translation></message>
<message><source>The prompt with its variants and wildcards</source><translation>Der Prompt mit seinen Varianten und Platzhaltern</translation></message>
<message><source>The steps add a little spread of their own: pictures are slightly more varied than the temperature asks.</source><translation>Die Schritte streuen selbst ein wenig: Bilder variieren etwas mehr, als die Temperatur verlangt.</translation></message>
<message><source>Theme</source><translation>Design</translation></message>
<message><source>Those that this window deleted; until then Undo restores them. Off: kept here for 30 days, as are pictures that other programs deleted or that cannot go to the trash.</source><translation>Die, die dieses Fenster gelöscht hat; bis dahin stellt Rückgängig sie wieder her. Aus: bleiben 30 Tage hier, ebenso Bilder, die andere Programme gelöscht haben oder die nicht in den Papierkorb können.</translation></message>
<message><source>Threads</source><translation>Threads</translation></message>
<message><source>Tile</source><translation>Kachel (Tile)</translation></message>
<message><source>Tile overlap</source><translation>Kachelüberlappung</translation></message>
<message><source>Time for previews</source><translation>Zeit für die Vorschau</translation></message>
<message><source>Timesteps that grow as squares, up to four fifths of full noise: small steps at the end.</source><translation>Zeitschritte, die quadratisch wachsen, bis vier Fünftel des vollen Rauschens: kleine Schritte am Ende.</translation></message>
<message><source>To match early pictures of Stable Diffusion.</source><translation>Passend zu frühen Bildern von Stable Diffusion.</translation></message>
<message><source>To match early pictures of diffusers.</source><translation>Passend zu frühen Bildern von diffusers.</translation></message>
<message><source>To match older pictures, with 30 steps or more.</source><translation>Passend zu älteren Bildern, ab 30 Schritten.</translation></message>
<message><source>To match pictures of older programs, or to choose the fresh noise.</source><translation>Passend zu Bildern älterer Programme, oder mit frischem Rauschen nach Wahl.</translation></message>
<message><source>To see the original method, with some hundred steps.</source><translation>Um die ursprüngliche Methode zu sehen, mit einigen hundert Schritten.</translation></message>
<message><source>To see the original's other choice of noise, with many steps.</source><translation>Für die andere Wahl des Rauschens im Original, mit vielen Schritten.</translation></message>
<message><source>To study annealed Langevin sampling; it is slow.</source><translation>Um Langevin-Ziehung mit Abkühlung zu studieren; sie ist langsam.</translation></message>
<message><source>To study random corrections after DDPM's steps.</source><translation>Um zufällige Korrekturen nach den Schritten von DDPM zu studieren.</translation></message>
<message><source>To study random corrections, with some hundred steps.</source><translation>Um zufällige Korrekturen zu studieren, mit einigen hundert Schritten.</translation></message>
<message><source>To study the improved Langevin sampling; it is slow.</source><translation>Um die verbesserte Langevin-Ziehung zu studieren; sie ist langsam.</translation></message>
<message><source>To the prediction, and back to a little less noise; eta adds fresh noise. At eta 0 the same as Euler.</source><translation>Zur Vorhersage und zurück zu etwas weniger Rauschen; Eta gibt neues Rauschen dazu. Mit Eta 0 wie Euler.</translation></message>
<message><source>Tolerance</source><translation>Toleranz</translation></message>
<message><source>Towards</source><translation>Richtung</translation></message>
<message><source>UniPC</source><translation>UniPC</translation></message>
<message><source>UniPC 3</source><translation>UniPC 3</translation></message>
<message><source>UniPC with one prediction more remembered; for light guidance or none.</source><translation>UniPC, das sich eine Vorhersage mehr merkt; für schwache oder keine Guidance.</translation></message>
<message><source>Uniform with both ends, between the model's timesteps too: AUTOMATIC1111's Uniform, ComfyUI's Normal.</source><translation>Uniform mit beiden Enden, auch zwischen den Zeitschritten des Modells: Uniform in AUTOMATIC1111, Normal in ComfyUI.</translation></message>
<message><source>Uniform, both ends</source><translation>Uniform, beide Enden</translation></message>
<message><source>Uniform, leading</source><translation>Uniform, vorn</translation></message>
<message><source>Uniform, leading from 1</source><translation>Uniform, vorn ab 1</translation></message>
<message><source>Uniform, trailing</source><translation>Uniform, hinten</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>Use the fast version for Live and grids</source><translation>Schnelle Version für Live und Raster</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Variant</source><translation>Variante</translation></message>
<message><source>Version of the rules: 17; 16 before pictures kept the fine lines of their drawings; 15 before “a dog chasing a ball” was drawn with its ball; 14 before “bicycles” was read as bicycles, and not as the sign that forbids them; 13 before all objects of a scene were drawn and stayed visible, and reference pictures of Qwen-Image-Edit had the sizes of diffusers; 12 before a part of a name such as “noodles” was read as “cup noodles”; 11 before all icons of a set were drawn in the way of its style; 10 before two words such as “swim suit” were read as one name; 9 before the built-in model placed things by relations such as “on”, and the LoRAs of a region acted there only; 8 before models without transparency kept that of the start picture; 7 before AND separated the parts of a prompt; 6 before compounds such as “golf club” were read as one name; 5 before Heun, Restart and similar samplers kept a prompt to the end of its last step; 4 before the built-in model had drawings in one colour; 3 before the second pass had steps of its own; 2 before guidance was rescaled as in diffusers, when inpainting models got the start picture again at each step and prompts were read in English only; 1 before the seed chose more than details</source><translation>Version der Regeln: 17; 16, bevor Bilder die feinen Linien ihrer Zeichnungen behielten; 15, bevor „a dog chasing a ball“ mit dem Ball gezeichnet wurde; 14, bevor „bicycles“ als Fahrräder statt als deren Verbotsschild gelesen wurde; 13, bevor alle Dinge einer Szene gezeichnet wurden und sichtbar blieben und Referenzbilder von Qwen-Image-Edit die Größen wie in diffusers bekamen; 12, bevor ein Teil eines Namens wie „noodles“ als „cup noodles“ gelesen wurde; 11, bevor alle Icons einer Serie in der Art seines Stils gezeichnet wurden; 10, bevor zwei Wörter wie „swim suit“ als ein Name gelesen wurden; 9, bevor das eingebaute Modell Dinge nach Beziehungen wie „on“ anordnete und die LoRAs eines Bereichs nur dort wirkten; 8, bevor Modelle ohne Transparenz die des Startbilds behielten; 7, bevor AND die Teile eines Prompts trennte; 6, bevor zusammengesetzte Namen wie „golf club“ als ein Name gelesen wurden; 5, bevor Heun, Restart und ähnliche Sampler einen Prompt bis zum Ende seines letzten Schritts behielten; 4, bevor das eingebaute Modell einfarbige Zeichnungen hatte; 3, bevor der zweite Durchgang eigene Schritte hatte; 2, bevor Guidance wie in diffusers skaliert wurde, als Inpainting-Modelle das Startbild in jedem Schritt neu bekamen und Prompts nur auf Englisch gelesen wurden; 1, bevor der Seed mehr als Details bestimmte</translation></message>
<message><source>Wanders about at every noise level (annealed Langevin): ten steps of a hundred evaluations each.</source><translation>Wandert auf jedem Rauschpegel umher (Annealed Langevin): zehn Schritte zu je hundert Auswertungen.</translation></message>
<message><source>Wanders less, at more noise levels: some two hundred steps of five evaluations each.</source><translation>Wandert weniger, auf mehr Rauschpegeln: rund zweihundert Schritte zu je fünf Auswertungen.</translation></message>
<message><source>Web UI (weights, LoRAs)</source><translation>Web-UI (Gewichte, LoRAs)</translation></message>
<message><source>WebP, lossless</source><translation>WebP, verlustfrei</translation></message>
<message><source>Weight of the second difference: 1 is third order, 0.5 as in other programs.</source><translation>Gewicht der zweiten Differenz: 1 ist dritte Ordnung, 0,5 wie in anderen Programmen.</translation></message>
<message><source>What GDM Studio 0.1 called Beta: quantiles from the first timestep to the last, between timesteps too.</source><translation>Was GDM Studio 0.1 Beta nannte: Quantile vom ersten Zeitschritt zum letzten, auch zwischen Zeitschritten.</translation></message>
<message><source>When a picture must be exact, whatever it takes.</source><translation>Wenn ein Bild genau sein muss, koste es, was es wolle.</translation></message>
<message><source>When few steps must do: good from 8 on.</source><translation>Wenn wenige Schritte reichen müssen: gut ab 8.</translation></message>
<message><source>Where pictures are made</source><translation>Wo Bilder entstehen</translation></message>
<message><source>Where pictures are made when the Create page says Automatic.</source><translation>Wo Bilder entstehen, wenn auf der Seite „Erstellen“ „Automatisch“ gewählt ist.</translation></message>
<message><source>Where strong guidance makes DPM++ 2M harsh.</source><translation>Wo starke Guidance DPM++ 2M hart macht.</translation></message>
<message><source>Which noise levels the steps visit</source><translation>Welche Rauschpegel die Schritte besuchen</translation></message>
<message><source>Whole picture</source><translation>Ganzes Bild</translation></message>
<message><source>With a noise scale over 1 pictures are slightly more varied than the temperature asks.</source><translation>Mit einer Rauschskala über 1 variieren Bilder etwas mehr, als die Temperatur verlangt.</translation></message>
<message><source>With flow models, for exactness in twice the time.</source><translation>Mit Flow-Modellen, für Genauigkeit in doppelter Zeit.</translation></message>
<message><source>With flow models, such as FLUX and SD 3.</source><translation>Mit Flow-Modellen wie FLUX und SD 3.</translation></message>
<message><source>With models distilled for one to eight steps.</source><translation>Mit Modellen, die für ein bis acht Schritte destilliert sind.</translation></message>
<message><source>With models of Cold Diffusion: the better way of the paper.</source><translation>Mit Modellen von Cold Diffusion: der bessere Weg des Artikels.</translation></message>
<message><source>With models of Cold Diffusion: the naive way, to compare.</source><translation>Mit Modellen von Cold Diffusion: der naive Weg, zum Vergleich.</translation></message>
<message><source>With models that predict their own variance.</source><translation>Mit Modellen, die ihre eigene Varianz vorhersagen.</translation></message>
<message><source>Words</source><translation>Wörter</translation></message>
<message><source>Words in braces are replaced by the picture's settings.</source><translation>Wörter in geschweiften Klammern werden durch die Einstellungen des Bildes ersetzt.</translation></message>
<message><source>branch</source><translation>Zweig</translation></message>
<message><source>class</source><translation>Klasse</translation></message>
<message><source>exact</source><translation>genau</translation></message>
<message><source>fast</source><translation>schnell</translation></message>
<message><source>feature cache</source><translation>Merkmals-Cache</translation></message>
<message><source>focused</source><translation>fokussiert</translation></message>
<message><source>model</source><translation>Modell</translation></message>
<message><source>negative prompt</source><translation>negativer Prompt</translation></message>
<message><source>negative prompts of regions</source><translation>negative Prompts von Bereichen</translation></message>
<message><source>no</source><translation>nein</translation></message>
<message><source>numbers beside the prompt</source><translation>Zahlen neben dem Prompt</translation></message>
<message><source>pictures to follow</source><translation>Bilder zum Folgen</translation></message>
<message><source>prompt grammar</source><translation>Prompt-Grammatik</translation></message>
<message><source>refiner</source><translation>Refiner</translation></message>
<message><source>region mode</source><translation>Modus der Bereiche</translation></message>
<message><source>regions</source><translation>Bereiche</translation></message>
<message><source>scheduler</source><translation>Scheduler</translation></message>
<message><source>size</source><translation>Größe</translation></message>
<message><source>spacing</source><translation>Abstände</translation></message>
<message><source>start picture</source><translation>Startbild</translation></message>
<message><source>tiles</source><translation>Kacheln</translation></message>
<message><source>upscaler</source><translation>Upscaler</translation></message>
<message><source>varied</source><translation>variiert</translation></message>
<message><source>yes</source><translation>ja</translation></message>
</context>
<context>
<name>Settings</name>
<message><source>All devices</source><translation>Alle Geräte</translation></message>
<message><source>Automatic</source><translation>Automatisch</translation></message>
<message><source>Cluster</source><translation>Cluster</translation></message>
<message><source>Quick version ({model}, {steps})</source><translation>Schnelle Fassung ({model}, {steps})</translation></message>
<message><source>Settings applied</source><translation>Einstellungen übernommen</translation></message>
<message><source>There is no model yet. Put a model's folder into the models folder (Models page), then start again.</source><translation>Es gibt noch kein Modell. Den Ordner eines Modells in den Modellordner legen (Seite Modelle), dann neu starten.</translation></message>
</context>
<context>
<name>SettingsPage</name>
<message numerus="yes"><source>%n thread(s)</source><translation>
<numerusform>%n Thread</numerusform>
<numerusform>%n Threads</numerusform>
</translation></message>
<message><source>A few letters of a setting</source><translation>Einige Buchstaben einer Einstellung</translation></message>
<message><source>About this computer</source><translation>Über diesen Computer</translation></message>
<message><source>Automatic</source><translation>Automatisch</translation></message>
<message><source>Delete old steps</source><translation>Alte Schritte löschen</translation></message>
<message><source>Delete the oldest steps beyond the limit</source><translation>Die ältesten Schritte über der Grenze löschen</translation></message>
<message><source>Fastest</source><translation>Schnellstes</translation></message>
<message><source>Generation</source><translation>Generierung</translation></message>
<message><source>Go to: {section}</source><translation>Gehe zu: {section}</translation></message>
<message><source>Models</source><translation>Modelle</translation></message>
<message><source>No setting found.</source><translation>Keine Einstellung gefunden.</translation></message>
<message><source>No steps saved yet.</source><translation>Noch keine Schritte gespeichert.</translation></message>
<message><source>Permissions</source><translation>Berechtigungen</translation></message>
<message><source>Pictures</source><translation>Bilder</translation></message>
<message><source>Search settings</source><translation>Einstellungen suchen</translation></message>
<message><source>Steps</source><translation>Schritte</translation></message>
<message><source>Window</source><translation>Fenster</translation></message>
<message><source>{size} GB</source><translation>{size} GB</translation></message>
<message><source>{size} MB</source><translation>{size} MB</translation></message>
</context>
<context>
<name>SettingsPresenter</name>
<message numerus="yes"><source>Deleted the steps of %n picture(s)</source><translation>
<numerusform>Schritte von %n Bild gelöscht</numerusform>
<numerusform>Schritte von %n Bildern gelöscht</numerusform>
</translation></message>
<message><source>Folder to search for models</source><translation>Ordner, in dem nach Modellen gesucht wird</translation></message>
<message><source>It has versions, devices and folders, and no pictures or prompts.</source><translation>Er enthält Versionen, Geräte und Ordner, keine Bilder oder Prompts.</translation></message>
<message><source>Report copied</source><translation>Bericht kopiert</translation></message>
<message><source>The pictures did not change.</source><translation>Die Bilder haben sich nicht geändert.</translation></message>
<message><source>There is space for all steps</source><translation>Es ist Platz für alle Schritte</translation></message>
<message><source>They may take {size}.</source><translation>Sie dürfen {size} belegen.</translation></message>
<message><source>They take {size} now.</source><translation>Sie belegen jetzt {size}.</translation></message>
</context>
<context>
<name>SettingsRestorer</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> und %n weitere</numerusform>
<numerusform> und %n weitere</numerusform>
</translation></message>
<message><source>Any style, temperature {temperature}, seed {seed}.</source><translation>Beliebiger Stil, Temperatur {temperature}, Seed {seed}.</translation></message>
<message><source>Changed for {model}: {changes}. The panel offers both.</source><translation>Für {model} geändert: {changes}. Das Panel bietet beides an.</translation></message>
<message><source>Generate continues it to its end.</source><translation>Generieren führt es zu Ende.</translation></message>
<message><source>Generate makes a similar picture; another program made this one.</source><translation>Generieren ergibt ein ähnliches Bild; dieses hat ein anderes Programm gemacht.</translation></message>
<message><source>Generate makes the same picture again.</source><translation>Generieren ergibt wieder dasselbe Bild.</translation></message>
<message><source>More original</source><translation>Eigenständiger</translation></message>
<message><source>Not used: {settings}.</source><translation>Nicht verwendet: {settings}.</translation></message>
<message><source>Pasted settings used</source><translation>Eingefügte Einstellungen übernommen</translation></message>
<message><source>Preset {name} applied</source><translation>Preset {name} angewendet</translation></message>
<message><source>Settings of {file} restored</source><translation>Einstellungen von {file} wiederhergestellt</translation></message>
<message><source>Starting from {file}</source><translation>Beginnt mit {file}</translation></message>
<message><source>The file has no settings; it is the start picture of the next run.</source><translation>Die Datei hat keine Einstellungen; sie ist das Startbild des nächsten Laufs.</translation></message>
<message><source>They change the paused run; + adds this picture to the queue.</source><translation>Sie ändern den pausierten Lauf; + stellt dieses Bild in die Warteschlange.</translation></message>
<message><source>What was read</source><translation>Was gelesen wurde</translation></message>
<message><source>{setting} {value} instead of {theirs}</source><translation>{setting} {value} statt {theirs}</translation></message>
</context>
<context>
<name>ShortcutsSheet</name>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Everywhere</source><translation>Überall</translation></message>
<message><source>{group}, on every page</source><translation>{group}, auf jeder Seite</translation></message>
<message><source>{group}, on the {page} page</source><translation>{group}, auf der Seite {page}</translation></message>
<message><source>{page} page</source><translation>Seite {page}</translation></message>
</context>
<context>
<name>SideBySide</name>
<message><source>A step</source><translation>Ein Schritt</translation></message>
<message><source>Is learned</source><translation>Wird gelernt</translation></message>
<message><source>Starts with</source><translation>Beginnt mit</translation></message>
<message><source>System</source><translation>System</translation></message>
<message><source>The systems side by side</source><translation>Die Systeme nebeneinander</translation></message>
</context>
<context>
<name>Sidebar</name>
<message><source>All pictures</source><translation>Alle Bilder</translation></message>
<message><source>Del removes its pictures from the gallery; the files stay</source><translation>Entf entfernt seine Bilder aus der Galerie; die Dateien bleiben</translation></message>
<message><source>F2 renames it · Del removes it</source><translation>F2 benennt um · Entf entfernt</translation></message>
<message><source>F2 renames it · Del removes it, its pictures stay</source><translation>F2 benennt um · Entf entfernt, die Bilder bleiben</translation></message>
<message><source>Favourites</source><translation>Favoriten</translation></message>
<message><source>Imported</source><translation>Importiert</translation></message>
<message><source>Name of the collection</source><translation>Name der Sammlung</translation></message>
<message><source>Name of the search</source><translation>Name der Suche</translation></message>
<message><source>Reading {seen} of {found}…</source><translation>Lese {seen} von {found} …</translation></message>
<message><source>Remove collection</source><translation>Sammlung entfernen</translation></message>
<message><source>Remove from gallery</source><translation>Aus der Galerie entfernen</translation></message>
<message><source>Remove saved search</source><translation>Gespeicherte Suche entfernen</translation></message>
<message><source>Today</source><translation>Heute</translation></message>
</context>
<context>
<name>SimilarImageLabel</name>
<message><source>Generate without a style, with a higher temperature and another seed</source><translation>Ohne Stil, mit höherer Temperatur und anderem Seed generieren</translation></message>
<message><source>Make it more original</source><translation>Eigenständiger machen</translation></message>
<message><source>Resembles “{drawing}” of {set} ({licence})</source><translation>Ähnelt „{drawing}“ aus {set} ({licence})</translation></message>
<message><source>Resembles “{drawing}” of {set}: credit needed ({licence})</source><translation>Ähnelt „{drawing}“ aus {set}: Nennung nötig ({licence})</translation></message>
<message><source>The model learned from this drawing.</source><translation>Das Modell hat aus dieser Zeichnung gelernt.</translation></message>
<message><source>{author} and contributors</source><translation>{author} und Mitwirkende</translation></message>
</context>
<context>
<name>SingleInstance</name>
<message><source>Another user's program answers in place of GDM Studio; close all its windows, then start again.</source><translation>Das Programm eines anderen Benutzers antwortet statt GDM Studio; alle seine Fenster schließen, dann neu starten.</translation></message>
<message><source>GDM Studio is open already, but does not answer; close it, or end its process, then start again.</source><translation>GDM Studio ist schon offen, antwortet aber nicht; schließen oder seinen Prozess beenden, dann neu starten.</translation></message>
<message><source>Pictures opened outside will not reach this window; restart GDM Studio to try again ({why}).</source><translation>Von außen geöffnete Bilder erreichen dieses Fenster nicht; GDM Studio neu starten, um es erneut zu versuchen ({why}).</translation></message>
<message><source>The open window cannot read the path of this picture; move the picture and try again.</source><translation>Das offene Fenster kann den Pfad dieses Bildes nicht lesen; das Bild verschieben und erneut versuchen.</translation></message>
<message><source>The path of this picture is longer than {limit} bytes; move the picture and try again.</source><translation>Der Pfad dieses Bildes ist länger als {limit} Bytes; das Bild verschieben und erneut versuchen.</translation></message>
<message><source>no private folder</source><translation>kein privater Ordner</translation></message>
</context>
<context>
<name>Sketch</name>
<message><source>A new sketch</source><translation>Eine neue Skizze</translation></message>
<message><source>Another colour…</source><translation>Andere Farbe …</translation></message>
<message><source>Black</source><translation>Schwarz</translation></message>
<message><source>Blue</source><translation>Blau</translation></message>
<message><source>Brown</source><translation>Braun</translation></message>
<message><source>Choose another model to sketch.</source><translation>Zum Skizzieren ein anderes Modell wählen.</translation></message>
<message><source>Colour of the brush</source><translation>Farbe des Pinsels</translation></message>
<message><source>Colours</source><translation>Farben</translation></message>
<message><source>Draw on the picture shown</source><translation>Auf das gezeigte Bild zeichnen</translation></message>
<message><source>Generate or choose one first.</source><translation>Zuerst eines generieren oder wählen.</translation></message>
<message><source>Green</source><translation>Grün</translation></message>
<message><source>Grey</source><translation>Grau</translation></message>
<message><source>It replaces the one before.</source><translation>Sie ersetzt die vorherige.</translation></message>
<message><source>Light blue</source><translation>Hellblau</translation></message>
<message><source>Orange</source><translation>Orange</translation></message>
<message><source>Pink</source><translation>Rosa</translation></message>
<message><source>Purple</source><translation>Violett</translation></message>
<message><source>Red</source><translation>Rot</translation></message>
<message><source>There is no picture yet</source><translation>Es gibt noch kein Bild</translation></message>
<message><source>Transparent paper</source><translation>Transparentes Papier</translation></message>
<message><source>White</source><translation>Weiß</translation></message>
<message><source>White paper</source><translation>Weißes Papier</translation></message>
<message><source>Yellow</source><translation>Gelb</translation></message>
</context>
<context>
<name>SketchBar</name>
<message><source>Brush size</source><translation>Pinselgröße</translation></message>
<message><source>Clear</source><translation>Leeren</translation></message>
<message><source>Draw</source><translation>Zeichnen</translation></message>
<message><source>Draw; the right button erases</source><translation>Zeichnen; die rechte Taste radiert</translation></message>
<message><source>Erase</source><translation>Radieren</translation></message>
<message><source>Fill</source><translation>Füllen</translation></message>
<message><source>Fill an area of one colour</source><translation>Eine Fläche von einer Farbe füllen</translation></message>
<message><source>Leave the sketch; it stays for the next time</source><translation>Die Skizze verlassen; sie bleibt für das nächste Mal</translation></message>
<message><source>Menu of the sketch</source><translation>Menü der Skizze</translation></message>
<message><source>Paper, clear, use as start picture</source><translation>Papier, Leeren, als Startbild verwenden</translation></message>
<message><source>Remove strokes</source><translation>Striche entfernen</translation></message>
<message><source>Size of the brush (the wheel over the sketch, or the keys [ and ])</source><translation>Größe des Pinsels (das Mausrad über der Skizze oder die Tasten [ und ])</translation></message>
<message><source>Start the next pictures from the sketch, and leave it</source><translation>Die nächsten Bilder mit der Skizze beginnen und sie verlassen</translation></message>
<message><source>Tool</source><translation>Werkzeug</translation></message>
<message><source>Undo the last stroke</source><translation>Den letzten Strich rückgängig machen</translation></message>
<message><source>Use as start</source><translation>Als Startbild</translation></message>
<message><source>Use as start picture</source><translation>Als Startbild verwenden</translation></message>
</context>
<context>
<name>SliderRow</name>
<message><source>Back to {number}</source><translation>Zurück zu {number}</translation></message>
<message><source>Reset {name}</source><translation>{name} zurücksetzen</translation></message>
<message><source>Use {number}</source><translation>{number} nehmen</translation></message>
<message><source>{name}: {value}</source><translation>{name}: {value}</translation></message>
</context>
<context>
<name>StartImage</name>
<message><source>About the start picture</source><translation>Zum Startbild</translation></message>
<message><source>Former start picture</source><translation>Früheres Startbild</translation></message>
<message><source>Looking for “{word}”</source><translation>Sucht „{word}“</translation></message>
<message><source>Mask</source><translation>Maske</translation></message>
<message><source>Mask removed</source><translation>Maske entfernt</translation></message>
<message><source>Paint what to redraw</source><translation>Malen, was neu gezeichnet wird</translation></message>
<message><source>Restore both</source><translation>Beide zurück</translation></message>
<message><source>Start from a picture</source><translation>Mit einem Bild beginnen</translation></message>
<message><source>Start picture</source><translation>Startbild</translation></message>
<message><source>Start picture removed</source><translation>Startbild entfernt</translation></message>
<message><source>The mask belonged to the former start picture</source><translation>Die Maske gehörte zum früheren Startbild</translation></message>
<message><source>The painted mask is not used</source><translation>Die gemalte Maske wird nicht verwendet</translation></message>
<message><source>The painted mask is used</source><translation>Die gemalte Maske wird verwendet</translation></message>
<message><source>The start picture has other proportions</source><translation>Das Startbild hat ein anderes Seitenverhältnis</translation></message>
<message><source>Use mask</source><translation>Maske verwenden</translation></message>
<message><source>{of} does not fill {width} × {height}, and gets transparent borders.</source><translation>{of} füllt {width} × {height} nicht aus und bekommt transparente Ränder.</translation></message>
</context>
<context>
<name>StartPicture</name>
<message><source>Inpaint</source><translation>Inpainting</translation></message>
<message><source>Paint around the picture, in a larger frame</source><translation>Rund um das Bild malen, in einem größeren Rahmen</translation></message>
<message><source>Paint the part to generate again</source><translation>Den Teil malen, der neu generiert wird</translation></message>
<message><source>Remove the mask; the whole picture may change</source><translation>Die Maske entfernen; das ganze Bild darf sich ändern</translation></message>
<message><source>Replaced by the sketch</source><translation>Durch die Skizze ersetzt</translation></message>
<message><source>Show the start picture</source><translation>Startbild zeigen</translation></message>
<message><source>Start from noise again</source><translation>Wieder mit Rauschen beginnen</translation></message>
<message><source>Start picture</source><translation>Startbild</translation></message>
</context>
<context>
<name>StatusPanel</name>
<message><source>Close</source><translation>Schließen</translation></message>
</context>
<context>
<name>StepNumbers</name>
<message><source>change by the step</source><translation>Änderung durch den Schritt</translation></message>
<message><source>data predicted in the previous step</source><translation>im vorigen Schritt vorhergesagte Daten</translation></message>
<message><source>data with noise</source><translation>Daten mit Rauschen</translation></message>
<message><source>factor of the fresh noise</source><translation>Faktor des neuen Rauschens</translation></message>
<message><source>fresh Gaussian noise</source><translation>neues Gaußsches Rauschen</translation></message>
<message><source>guidance: prediction with minus without condition</source><translation>Guidance: Vorhersage mit minus ohne Bedingung</translation></message>
<message><source>noise after it</source><translation>Rauschen danach</translation></message>
<message><source>noise before the step</source><translation>Rauschen vor dem Schritt</translation></message>
<message><source>noise predicted in the previous step</source><translation>im vorigen Schritt vorhergesagtes Rauschen</translation></message>
<message><source>predicted between both noise levels</source><translation>zwischen beiden Rauschpegeln vorhergesagt</translation></message>
<message><source>predicted data</source><translation>vorhergesagte Daten</translation></message>
<message><source>predicted noise</source><translation>vorhergesagtes Rauschen</translation></message>
<message><source>previous step in log(α/σ)</source><translation>voriger Schritt in log(α/σ)</translation></message>
<message><source>results of previous steps, by their name in the code</source><translation>Ergebnisse voriger Schritte, mit ihrem Namen im Code</translation></message>
<message><source>scale of the data after it</source><translation>Skalierung der Daten danach</translation></message>
<message><source>scale of the data before the step</source><translation>Skalierung der Daten vor dem Schritt</translation></message>
<message><source>step in log(α/σ)</source><translation>Schritt in log(α/σ)</translation></message>
<message><source>weight, computed from the noise levels</source><translation>Gewicht, berechnet aus den Rauschpegeln</translation></message>
</context>
<context>
<name>StepNumbersView</name>
<message><source>As a sum</source><translation>Als Summe</translation></message>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Code</source><translation>Code</translation></message>
<message><source>Code of this step</source><translation>Code dieses Schritts</translation></message>
<message><source>Copy</source><translation>Kopieren</translation></message>
<message><source>Copy the code of this step</source><translation>Den Code dieses Schritts kopieren</translation></message>
<message><source>Evaluate the network with and without the prompt</source><translation>Das Netz mit und ohne Prompt auswerten</translation></message>
<message><source>Evaluations of the denoiser in this step: {count}</source><translation>Auswertungen des Denoisers in diesem Schritt: {count}</translation></message>
<message><source>Formula</source><translation>Formel</translation></message>
<message><source>Measure guidance</source><translation>Guidance messen</translation></message>
<message><source>Measuring…</source><translation>Messe …</translation></message>
<message><source>Noise levels</source><translation>Rauschpegel</translation></message>
<message><source>Root mean squares</source><translation>Quadratische Mittel</translation></message>
<message><source>Step {step} of {steps}, in numbers</source><translation>Schritt {step} von {steps} in Zahlen</translation></message>
<message><source>The coefficients of this step depend on its data. The code runs the sampler itself.</source><translation>Die Koeffizienten dieses Schritts hängen von seinen Daten ab. Der Code lässt den Sampler selbst laufen.</translation></message>
<message><source>This step, in numbers</source><translation>Dieser Schritt in Zahlen</translation></message>
<message><source>With its numbers</source><translation>Mit seinen Zahlen</translation></message>
</context>
<context>
<name>Stepper</name>
<message><source>{name}: fewer</source><translation>{name}: weniger</translation></message>
<message><source>{name}: more</source><translation>{name}: mehr</translation></message>
</context>
<context>
<name>Steps</name>
<message><source>Final</source><translation>Endbild</translation></message>
<message><source>Generate it again</source><translation>Neu generieren</translation></message>
<message><source>Generate it again to record it. No copy is saved.</source><translation>Das Bild neu generieren, um sie aufzuzeichnen. Es wird nicht noch einmal gespeichert.</translation></message>
<message><source>Only a rough preview of step {number} is available; choose another step.</source><translation>Von Schritt {number} gibt es nur eine grobe Vorschau; einen anderen Schritt wählen.</translation></message>
<message><source>Paste it into any program.</source><translation>In ein beliebiges Programm einfügen.</translation></message>
<message><source>Step {number}</source><translation>Schritt {number}</translation></message>
<message><source>Step {number} copied</source><translation>Schritt {number} kopiert</translation></message>
<message><source>Step {number} of {steps}</source><translation>Schritt {number} von {steps}</translation></message>
<message><source>Step {number} saved</source><translation>Schritt {number} gespeichert</translation></message>
<message><source>The branch shares this step with its parent. Open the parent for it.</source><translation>Diesen Schritt teilt der Zweig mit seinem Ursprungsbild. Dafür das Ursprungsbild öffnen.</translation></message>
<message><source>The effect of each word can be shown once the picture is finished.</source><translation>Die Wirkung der einzelnen Wörter lässt sich zeigen, sobald das Bild fertig ist.</translation></message>
<message><source>The effect of its words was not recorded</source><translation>Die Wirkung der Wörter wurde nicht aufgezeichnet</translation></message>
<message><source>The picture predicted at this step is in the gallery.</source><translation>Das bei diesem Schritt vorhergesagte Bild ist in der Galerie.</translation></message>
<message><source>These steps add noise, so no picture can branch off them.</source><translation>Diese Schritte fügen Rauschen hinzu; davon zweigt kein Bild ab.</translation></message>
<message><source>This is the last step. Choose an earlier one.</source><translation>Das ist der letzte Schritt. Einen früheren wählen.</translation></message>
<message><source>Wait until the picture is finished.</source><translation>Warten, bis das Bild fertig ist.</translation></message>
</context>
<context>
<name>Strip</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>Die Maus entlangbewegen oder ← → benutzen, um zu sehen, wie das Bild entstand</translation></message>
<message><source>No steps yet</source><translation>Noch keine Schritte</translation></message>
<message><source>Step {number} of {steps}</source><translation>Schritt {number} von {steps}</translation></message>
<message><source>Steps of the picture</source><translation>Schritte des Bildes</translation></message>
<message><source>rough preview</source><translation>grobe Vorschau</translation></message>
<message><source>{milliseconds} ms</source><translation>{milliseconds} ms</translation></message>
</context>
<context>
<name>StylePicker</name>
<message><source>How the picture is drawn</source><translation>Wie das Bild gezeichnet ist</translation></message>
<message><source>Styles</source><translation>Stile</translation></message>
</context>
<context>
<name>System</name>
<message><source>A VAE and the score of its latents, together by one bound.</source><translation>Ein VAE und der Score seiner Latents, gemeinsam durch eine Schranke.</translation></message>
<message><source>A VAE first; then the noise in x_t, given the VAE's picture.</source><translation>Zuerst ein VAE; dann das Rauschen in x_t, bei gegebenem Bild des VAE.</translation></message>
<message><source>A VAE whose latents need not follow N(0, I): a score model learns their distribution.</source><translation>Ein VAE, dessen Latents nicht N(0, I) folgen müssen: ein Score-Modell lernt ihre Verteilung.</translation></message>
<message><source>A VAE's picture is noised up to T′ and denoised by DDPM, which removes the VAE's blur with the noise.</source><translation>Das Bild eines VAE wird bis T′ verrauscht und von DDPM entrauscht, das mit dem Rauschen die Unschärfe des VAE entfernt.</translation></message>
<message><source>A VAE's picture, to which noise is added.</source><translation>Das Bild eines VAE, zu dem Rauschen kommt.</translation></message>
<message><source>A caption guides a small picture by the difference that it makes; a second network enlarges it.</source><translation>Eine Beschreibung führt ein kleines Bild durch den Unterschied, den sie macht; ein zweites Netz vergrößert es.</translation></message>
<message><source>A fair coin toss for every bit.</source><translation>Ein fairer Münzwurf für jedes Bit.</translation></message>
<message><source>A few latent tokens read from the patches, compute, and write back; the next step reuses them.</source><translation>Wenige latente Tokens lesen aus den Patches, rechnen und schreiben zurück; der nächste Schritt verwendet sie wieder.</translation></message>
<message><source>A few numbers z, N(0, I).</source><translation>Wenige Zahlen z, N(0, I).</translation></message>
<message><source>A first network draws the meaning of the picture, an embedding; others draw the picture from it.</source><translation>Ein erstes Netz zeichnet die Bedeutung des Bildes, ein Embedding; andere zeichnen daraus das Bild.</translation></message>
<message><source>A fully degraded picture, e.g. blurred or masked, without noise. For a new picture, a random flat colour.</source><translation>Ein völlig verschlechtertes Bild, z. B. unscharf oder maskiert, ohne Rauschen. Für ein neues Bild eine zufällige einheitliche Farbe.</translation></message>
<message><source>A generator learns to deceive a discriminator that distinguishes its pictures from real ones.</source><translation>Ein Generator lernt, einen Diskriminator zu täuschen, der seine Bilder von echten unterscheidet.</translation></message>
<message><source>A long step along the ODE as DPM-Solver's, then a correction of it; no fresh noise.</source><translation>Ein langer Schritt entlang der ODE wie bei DPM-Solver, danach seine Korrektur; kein neues Rauschen.</translation></message>
<message><source>A long step along the ODE, with the slope of the last two predictions; no fresh noise.</source><translation>Ein langer Schritt entlang der ODE, mit der Steigung der letzten zwei Vorhersagen; kein neues Rauschen.</translation></message>
<message><source>A network learns the direction of higher data density at many noise levels; Langevin steps follow it.</source><translation>Ein Netz lernt auf vielen Rauschpegeln die Richtung höherer Datendichte; Langevin-Schritte folgen ihr.</translation></message>
<message><source>A network learns to take back one of a thousand small steps of noise.</source><translation>Ein Netz lernt, einen von tausend kleinen Rauschschritten rückgängig zu machen.</translation></message>
<message><source>A network learns which way pictures are denser, at many sizes of noise; Langevin steps follow it.</source><translation>Ein Netz lernt bei vielen Rauschstärken, in welcher Richtung die Bilder dichter liegen; Langevin-Schritte folgen ihr.</translation></message>
<message><source>A network that jumps from any point of a path to its end, distilled from EDM: one step per picture.</source><translation>Ein Netz, das von jedem Punkt eines Wegs an dessen Ende springt, aus EDM destilliert: ein Schritt je Bild.</translation></message>
<message><source>A network whose class is sometimes dropped: here DDPM's, for a tenth of its pictures.</source><translation>Ein Netz, dessen Klasse manchmal entfällt: hier das von DDPM, bei einem Zehntel seiner Bilder.</translation></message>
<message><source>A picture is noised in a thousand small steps, and a network learns to reverse one step.</source><translation>Ein Bild wird in tausend kleinen Schritten verrauscht, und ein Netz lernt, einen Schritt umzukehren.</translation></message>
<message><source>A picture is noised step by step, and the reversal is learned by the bound on its likelihood.</source><translation>Ein Bild wird Schritt für Schritt verrauscht, und die Umkehrung wird durch die Schranke seiner Likelihood gelernt.</translation></message>
<message><source>A picture noised up to T′, generated by a GAN.</source><translation>Ein bis T′ verrauschtes Bild, von einem GAN generiert.</translation></message>
<message><source>A single step: noise goes through all layers.</source><translation>Ein einziger Schritt: das Rauschen durchläuft alle Schichten.</translation></message>
<message><source>A single step: the generator maps z to a picture.</source><translation>Ein einziger Schritt: der Generator bildet z auf ein Bild ab.</translation></message>
<message><source>A single step: z is decoded.</source><translation>Ein einziger Schritt: z wird dekodiert.</translation></message>
<message><source>A step along the velocity, without fresh noise.</source><translation>Ein Schritt entlang der Geschwindigkeit, ohne neues Rauschen.</translation></message>
<message><source>A step in latent space with two evaluations, with and without the text; decoded at the end.</source><translation>Ein Schritt im latenten Raum mit zwei Auswertungen, mit und ohne Text; am Ende dekodiert.</translation></message>
<message><source>A text encoder that never saw a picture conditions a small one, which two networks enlarge.</source><translation>Ein Text-Encoder, der nie ein Bild sah, bedingt ein kleines, das zwei Netze vergrößern.</translation></message>
<message><source>A transformer in which time, class and patches are all tokens, with a U-Net's skips between its halves.</source><translation>Ein Transformer, in dem Zeit, Klasse und Patches Tokens sind, mit den Skips eines U-Nets zwischen seinen Hälften.</translation></message>
<message><source>A transformer over patches replaces the U-Net; time and class scale, shift and gate each of its layers.</source><translation>Ein Transformer über Patches ersetzt das U-Net; Zeit und Klasse skalieren, verschieben und steuern jede seiner Schichten.</translation></message>
<message><source>An autoencoder compresses a picture to an eighth of its numbers, and DDPM runs in this latent space.</source><translation>Ein Autoencoder komprimiert ein Bild auf ein Achtel seiner Zahlen, und DDPM läuft in diesem latenten Raum.</translation></message>
<message><source>An autoencoder first; then the noise in its latents, given the text.</source><translation>Zuerst ein Autoencoder; dann das Rauschen in seinen Latents, bei gegebenem Text.</translation></message>
<message><source>An autoencoder first; then the noise in its latents.</source><translation>Zuerst ein Autoencoder; dann das Rauschen in seinen Latents.</translation></message>
<message><source>An invertible map, by the exact likelihood.</source><translation>Eine umkehrbare Abbildung, durch die exakte Likelihood.</translation></message>
<message><source>An invertible network maps noise to data, so that the likelihood is exact; shown with points in the plane.</source><translation>Ein umkehrbares Netz bildet Rauschen auf Daten ab, sodass die Likelihood exakt ist; gezeigt mit Punkten in der Ebene.</translation></message>
<message><source>As DDPM's, for the difference between the picture and the VAE's.</source><translation>Wie bei DDPM, für die Differenz zwischen dem Bild und dem des VAE.</translation></message>
<message><source>As DDPM's, in latent space; the final latents are decoded into a picture.</source><translation>Wie bei DDPM, im latenten Raum; die letzten Latents werden zu einem Bild dekodiert.</translation></message>
<message><source>As DDPM's, moved along the gradient of the classifier's log p(class | x).</source><translation>Wie bei DDPM, verschoben entlang dem Gradienten von log p(class | x) des Klassifikators.</translation></message>
<message><source>As DDPM's, with fresh noise of the optimal variance, which has a closed form.</source><translation>Wie bei DDPM, mit neuem Rauschen der optimalen Varianz, die eine geschlossene Form hat.</translation></message>
<message><source>As DDPM's, with fresh noise of the predicted variance.</source><translation>Wie bei DDPM, mit neuem Rauschen der vorhergesagten Varianz.</translation></message>
<message><source>As DDPM's, with two evaluations: x̂_0 is moved away from the prediction without class.</source><translation>Wie bei DDPM, mit zwei Auswertungen: x̂_0 wird von der Vorhersage ohne Klasse weggeschoben.</translation></message>
<message><source>As DDPM's; its final latents initialise those of the next step.</source><translation>Wie bei DDPM; seine letzten Latents sind der Anfang für die des nächsten Schritts.</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a centred gamma distribution.</source><translation>Wie bei DDPM; das neue Rauschen wird aus einer zentrierten Gammaverteilung gezogen.</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a mixture of two Gaussians.</source><translation>Wie bei DDPM; das neue Rauschen wird aus einer Mischung zweier Gauß-Verteilungen gezogen.</translation></message>
<message><source>As DDPM's; the network sees the VAE's picture at every step.</source><translation>Wie bei DDPM; das Netz sieht in jedem Schritt das Bild des VAE.</translation></message>
<message><source>As DDPM's; the noisiest steps are left out.</source><translation>Wie bei DDPM; die am stärksten verrauschten Schritte entfallen.</translation></message>
<message><source>As DDPM's; the timesteps are chosen as a shortest path.</source><translation>Wie bei DDPM; die Zeitschritte werden als kürzester Weg gewählt.</translation></message>
<message><source>As GLIDE's, with predictions scaled into range; then larger pictures.</source><translation>Wie bei GLIDE, mit in den Wertebereich skalierten Vorhersagen; dann größere Bilder.</translation></message>
<message><source>As many numbers as the data have, N(0, I).</source><translation>So viele Zahlen, wie die Daten haben, N(0, I).</translation></message>
<message><source>Bits are flipped until they are random, and a network learns to flip them back.</source><translation>Bits werden umgedreht, bis sie zufällig sind, und ein Netz lernt, sie zurückzudrehen.</translation></message>
<message><source>Both directions: the drift of the forward process, and the score for the backward process.</source><translation>Beide Richtungen: die Drift des Vorwärtsprozesses und der Score für den Rückwärtsprozess.</translation></message>
<message><source>DDIM adapts its schedule to the data.</source><translation>DDIM passt seinen Zeitplan an die Daten an.</translation></message>
<message><source>DDIM's step with a combination of the last four predicted noises; no fresh noise.</source><translation>Der Schritt von DDIM mit einer Kombination der letzten vier Rauschvorhersagen; kein neues Rauschen.</translation></message>
<message><source>DDIM's steps with a better estimate of the noise, from the predictions of the last four steps.</source><translation>Die Schritte von DDIM mit einer besseren Schätzung des Rauschens, aus den Vorhersagen der letzten vier Schritte.</translation></message>
<message><source>DDPM in continuous time: one network for noisy steps back, an ODE, and exact likelihoods.</source><translation>DDPM in stetiger Zeit: ein Netz für verrauschte Rückschritte, eine ODE und genaue Likelihoods.</translation></message>
<message><source>DDPM that also sees a VAE's blurred picture: a few numbers determine the content.</source><translation>DDPM, das auch das unscharfe Bild eines VAE sieht: wenige Zahlen bestimmen den Inhalt.</translation></message>
<message><source>DDPM with noise from a Gaussian mixture: rare large jumps among small ones.</source><translation>DDPM mit Rauschen aus einer Gauß-Mischung: seltene große Sprünge unter kleinen.</translation></message>
<message><source>DDPM with noise from a gamma distribution, skewed to one side.</source><translation>DDPM mit Rauschen aus einer Gammaverteilung, nach einer Seite schief.</translation></message>
<message><source>DiffuseVAE with noise centred on the VAE's picture.</source><translation>DiffuseVAE mit Rauschen um das Bild des VAE.</translation></message>
<message><source>Diffusion models of sound, text and 3-D are missing here.</source><translation>Diffusionsmodelle für Klang, Text und 3D fehlen hier.</translation></message>
<message><source>Draws every bit again, with the probability predicted by the network.</source><translation>Zieht jedes Bit neu, mit der vom Netz vorhergesagten Wahrscheinlichkeit.</translation></message>
<message><source>Draws x_{t−1} from a Gaussian around the mean predicted by the network.</source><translation>Zieht x_{t−1} aus einer Gauß-Verteilung um den vom Netz vorhergesagten Mittelwert.</translation></message>
<message><source>Embeddings of pictures and captions; the clean embedding; then the noise in a picture, given it.</source><translation>Embeddings von Bildern und Beschreibungen; das saubere Embedding; dann das Rauschen in einem Bild, bei gegebenem Embedding.</translation></message>
<message><source>Encodes pictures as a few numbers and decodes them: tends to cover the data, but to blur it.</source><translation>Kodiert Bilder als wenige Zahlen und dekodiert sie: deckt die Daten meist ab, macht sie aber unscharf.</translation></message>
<message><source>Every step is corrected by the prediction at its end, which the next step needs anyway.</source><translation>Jeder Schritt wird durch die Vorhersage an seinem Ende korrigiert, die der nächste Schritt ohnehin braucht.</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖², t ≤ T′, and a GAN's between q(x_T′) and G(z)</source><translation>E‖ε − ε_θ(x_t, t)‖², t ≤ T′, und der eines GAN zwischen q(x_T′) und G(z)</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖₁, ε from the noise distribution at unit variance</source><translation>E‖ε − ε_θ(x_t, t)‖₁, ε aus der Rauschverteilung mit Varianz eins</translation></message>
<message><source>Follows an ODE that removes the noise of the latents; the final latents are decoded into a picture.</source><translation>Folgt einer ODE, die das Rauschen der Latents entfernt; die letzten Latents werden zu einem Bild dekodiert.</translation></message>
<message><source>Follows the ODE by Heun's method: a step, a second evaluation at its end, and the mean of both.</source><translation>Folgt der ODE nach dem Verfahren von Heun: ein Schritt, eine zweite Auswertung an seinem Ende und das Mittel aus beiden.</translation></message>
<message><source>Follows the reverse SDE with score-based corrections at each noise level, or an ODE that adds no noise.</source><translation>Folgt der Rückwärts-SDE mit Score-Korrekturen auf jedem Rauschpegel, oder einer ODE, die kein Rauschen hinzufügt.</translation></message>
<message><source>Four long steps; in each a generator samples a picture that explains x, where Gaussian steps use the mean.</source><translation>Vier lange Schritte; in jedem zieht ein Generator ein Bild, das x erklärt, wo Gauß-Schritte den Mittelwert nehmen.</translation></message>
<message><source>Fréchet distance above that of real pictures, over that of DDPM in pixels, after equal training</source><translation>Fréchet-Abstand über dem echter Bilder, geteilt durch den von DDPM in Pixeln, nach gleichem Training</translation></message>
<message><source>Gaussian noise around a VAE's blurred picture.</source><translation>Gaußsches Rauschen um das unscharfe Bild eines VAE.</translation></message>
<message><source>Gaussian noise in latent space, with a 48th of the picture's numbers.</source><translation>Gaußsches Rauschen im latenten Raum, mit 1/48 der Zahlen des Bildes.</translation></message>
<message><source>Gaussian noise in latent space, with an eighth of the picture's numbers.</source><translation>Gaußsches Rauschen im latenten Raum, mit einem Achtel der Zahlen des Bildes.</translation></message>
<message><source>Gaussian noise in latent space.</source><translation>Gaußsches Rauschen im latenten Raum.</translation></message>
<message><source>Gaussian noise of 64 numbers, an embedding; then of pictures of three sizes.</source><translation>Gaußsches Rauschen aus 64 Zahlen, ein Embedding; dann von Bildern in drei Größen.</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256, and of 1024 × 1024.</source><translation>Gaußsches Rauschen von 64 × 64 Pixeln; dann von 256 × 256 und von 1024 × 1024.</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256.</source><translation>Gaußsches Rauschen von 64 × 64 Pixeln; dann von 256 × 256.</translation></message>
<message><source>Gaussian noise of the largest σ, which hides the picture.</source><translation>Gaußsches Rauschen mit dem größten σ, das das Bild verdeckt.</translation></message>
<message><source>Gaussian noise, N(0, I), and a VAE's blurred picture.</source><translation>Gaußsches Rauschen, N(0, I), und das unscharfe Bild eines VAE.</translation></message>
<message><source>Gaussian noise, N(0, I), at time 1.</source><translation>Gaußsches Rauschen, N(0, I), zur Zeit 1.</translation></message>
<message><source>Gaussian noise, N(0, I).</source><translation>Gaußsches Rauschen, N(0, I).</translation></message>
<message><source>Gaussian points in the plane.</source><translation>Gauß-verteilte Punkte in der Ebene.</translation></message>
<message><source>It does not: its timesteps are fixed by hand in advance. The variances of Analytic-DPM and the timesteps of a DP trajectory do adapt: they are measured on data.</source><translation>Nein: seine Zeitschritte werden vorab von Hand festgelegt. Die Varianzen von Analytic-DPM und die Zeitschritte einer DP-Trajektorie passen sich an: sie werden an Daten gemessen.</translation></message>
<message><source>It has no weights here.</source><translation>Es hat hier keine Gewichte.</translation></message>
<message><source>It is not: it predicts the tokens of an image one after another, like a language model.</source><translation>Nein: es sagt die Tokens eines Bildes nacheinander vorher, wie ein Sprachmodell.</translation></message>
<message><source>Its weights draw pictures.</source><translation>Seine Gewichte zeichnen Bilder.</translation></message>
<message><source>Its weights move points of the plane; it has none for pictures.</source><translation>Seine Gewichte bewegen Punkte der Ebene; für Bilder hat es keine.</translation></message>
<message><source>Large pictures need more noise because neighbouring pixels are redundant: the schedule is shifted by size.</source><translation>Große Bilder brauchen mehr Rauschen, weil benachbarte Pixel redundant sind: der Zeitplan wird nach Größe verschoben.</translation></message>
<message><source>Latent diffusion of large pictures that follow a text. Its weights come from a file of your own.</source><translation>Latente Diffusion großer Bilder, die einem Text folgen. Die Gewichte kommen aus einer eigenen Datei.</translation></message>
<message><source>Long steps without fresh noise: DDPM's network generates pictures in a tenth of the time.</source><translation>Lange Schritte ohne neues Rauschen: das Netz von DDPM generiert Bilder in einem Zehntel der Zeit.</translation></message>
<message><source>NCSN in continuous time: the picture is not scaled, and growing noise hides it.</source><translation>NCSN in stetiger Zeit: das Bild wird nicht skaliert, und wachsendes Rauschen verdeckt es.</translation></message>
<message><source>NeRF and the models it guides are diffusion models.</source><translation>NeRF und die Modelle, die es anleitet, sind Diffusionsmodelle.</translation></message>
<message><source>Noise as large as the distance between pictures, which hides the picture.</source><translation>Rauschen so groß wie der Abstand zwischen Bildern, das das Bild verdeckt.</translation></message>
<message><source>Noise drawn from a centred gamma distribution.</source><translation>Rauschen aus einer zentrierten Gammaverteilung.</translation></message>
<message><source>Noise drawn from a mixture of two Gaussians.</source><translation>Rauschen aus einer Mischung zweier Gauß-Verteilungen.</translation></message>
<message><source>Noise fifty times as large as the picture's values, which hides the picture.</source><translation>Rauschen, fünfzigmal so groß wie die Werte des Bildes, das das Bild verdeckt.</translation></message>
<message><source>Nothing: it uses DDPM's network.</source><translation>Nichts: es verwendet das Netz von DDPM.</translation></message>
<message><source>Nothing: it uses Imagen's networks.</source><translation>Nichts: Es verwendet Imagens Netze.</translation></message>
<message><source>Nothing: one number per noise level is measured with DDPM's network.</source><translation>Nichts: eine Zahl je Rauschpegel wird mit dem Netz von DDPM gemessen.</translation></message>
<message><source>Nothing: the cost of each step in the bound is measured with DDPM's network.</source><translation>Nichts: die Kosten jedes Schritts in der Schranke werden mit dem Netz von DDPM gemessen.</translation></message>
<message><source>One network draws a small picture; others enlarge it, after noise is added to it.</source><translation>Ein Netz zeichnet ein kleines Bild; andere vergrößern es, nachdem Rauschen hinzugefügt wurde.</translation></message>
<message><source>One network predicts with and without the class, and the difference is amplified.</source><translation>Ein Netz sagt mit und ohne Klasse vorher, und der Unterschied wird verstärkt.</translation></message>
<message><source>One of a few backward steps, against the learned drift and along the learned score, with fresh noise.</source><translation>Einer von wenigen Rückwärtsschritten, gegen die gelernte Drift und entlang dem gelernten Score, mit neuem Rauschen.</translation></message>
<message><source>One of four long steps: samples a picture that explains x_t, then x_{t−1} from the posterior given both.</source><translation>Einer von vier langen Schritten: zieht ein Bild, das x_t erklärt, dann x_{t−1} aus der Posterior-Verteilung zu beiden.</translation></message>
<message><source>PGAN (progressive GAN) and BigGAN are diffusion models.</source><translation>PGAN (progressives GAN) und BigGAN sind Diffusionsmodelle.</translation></message>
<message><source>Packs pictures into a few numbers and unpacks them: covers the data, and blurs it.</source><translation>Packt Bilder in wenige Zahlen und entpackt sie: deckt die Daten ab, macht sie aber unscharf.</translation></message>
<message><source>Parti is a diffusion model.</source><translation>Parti ist ein Diffusionsmodell.</translation></message>
<message><source>Pictures and noise are joined by straight lines, and a network learns the velocity along them.</source><translation>Bilder und Rauschen werden durch gerade Linien verbunden, und ein Netz lernt die Geschwindigkeit auf ihnen.</translation></message>
<message><source>Pictures are degraded without noise, and a network learns to restore them from any severity.</source><translation>Bilder werden ohne Rauschen verschlechtert, und ein Netz lernt, sie aus jeder Stärke zu restaurieren.</translation></message>
<message><source>Predicts the picture; if steps remain, adds less noise and predicts again.</source><translation>Sagt das Bild vorher; wenn Schritte übrig sind, fügt es weniger Rauschen hinzu und sagt wieder vorher.</translation></message>
<message><source>Reduces the noise in x_t and adds none, in long steps; the initial noise determines the picture.</source><translation>Verringert das Rauschen in x_t und fügt keines hinzu, in langen Schritten; das anfängliche Rauschen bestimmt das Bild.</translation></message>
<message><source>Removes one of a thousand parts of the noise, and adds a little fresh noise of a fixed variance.</source><translation>Entfernt einen von tausend Teilen des Rauschens und fügt ein wenig neues mit fester Varianz hinzu.</translation></message>
<message><source>Restores the picture, and replaces its degradation at this severity by the next lower one.</source><translation>Restauriert das Bild und ersetzt seine Verschlechterung dieser Stärke durch die nächstschwächere.</translation></message>
<message><source>Several Langevin steps at one noise level, along the score with fresh noise; then the next lower level.</source><translation>Mehrere Langevin-Schritte auf einem Rauschpegel, entlang dem Score mit neuem Rauschen; dann der nächstniedrigere Pegel.</translation></message>
<message><source>Steps of 64 pixels with and without the caption; then steps of 256 pixels.</source><translation>Schritte mit 64 Pixeln, mit und ohne Beschreibung; dann Schritte mit 256 Pixeln.</translation></message>
<message><source>Steps of the small picture; then of larger ones, given the noised smaller one.</source><translation>Schritte des kleinen Bildes; dann der größeren, bei gegebenem verrauschtem kleinerem Bild.</translation></message>
<message><source>Steps of two embeddings, of which the better is kept; then steps of 64, 256 and 1024 pixels.</source><translation>Schritte zweier Embeddings, von denen das bessere bleibt; dann Schritte mit 64, 256 und 1024 Pixeln.</translation></message>
<message><source>Text by itself; then the noise, given text or a noisy smaller picture.</source><translation>Text für sich allein; dann das Rauschen, bei gegebenem Text oder verrauschtem kleinerem Bild.</translation></message>
<message><source>The ODE's known part is solved exactly, so that ten to twenty evaluations of the network suffice.</source><translation>Der bekannte Teil der ODE wird exakt gelöst, sodass zehn bis zwanzig Auswertungen des Netzes genügen.</translation></message>
<message><source>The chain is cut short: a GAN generates the noisy picture it starts from.</source><translation>Die Kette wird abgekürzt: ein GAN generiert das verrauschte Bild, mit dem sie beginnt.</translation></message>
<message><source>The clean picture, by a network whose inputs and outputs are scaled to unit variance.</source><translation>Das saubere Bild, durch ein Netz, dessen Ein- und Ausgaben auf Varianz eins skaliert sind.</translation></message>
<message><source>The forward process is learned too, so that fewer backward steps are needed; shown with points in the plane.</source><translation>Auch der Vorwärtsprozess wird gelernt, sodass weniger Rückwärtsschritte nötig sind; gezeigt mit Punkten in der Ebene.</translation></message>
<message><source>The gradient of a classifier of noisy pictures guides a denoiser, even one without classes.</source><translation>Der Gradient eines Klassifikators verrauschter Bilder führt einen Entrauscher, auch einen ohne Klassen.</translation></message>
<message><source>The network also predicts the variance of each backward step, learned from the variational bound.</source><translation>Das Netz sagt auch die Varianz jedes Rückwärtsschritts vorher, gelernt aus der Variationsschranke.</translation></message>
<message><source>The noise in x_t below T′, and the GAN.</source><translation>Das Rauschen in x_t unterhalb von T′, und das GAN.</translation></message>
<message><source>The noise in x_t below T′; the VAE is not changed.</source><translation>Das Rauschen in x_t unterhalb von T′; das VAE bleibt unverändert.</translation></message>
<message><source>The noise in x_t, and the variance of a backward step, between β̃_t and β_t.</source><translation>Das Rauschen in x_t und die Varianz eines Rückwärtsschritts, zwischen β̃_t und β_t.</translation></message>
<message><source>The noise in x_t, by the absolute error.</source><translation>Das Rauschen in x_t, nach dem absoluten Fehler.</translation></message>
<message><source>The noise in x_t, weighted as in the bound on the likelihood: low noise counts most.</source><translation>Das Rauschen in x_t, gewichtet wie in der Schranke der Likelihood: wenig Rauschen zählt am meisten.</translation></message>
<message><source>The noise in x_t, with equal weight for every noise level.</source><translation>Das Rauschen in x_t, mit gleichem Gewicht für jeden Rauschpegel.</translation></message>
<message><source>The noise, given a caption, by two networks, and the encoding of captions.</source><translation>Das Rauschen, bei gegebener Beschreibung, durch zwei Netze, und die Kodierung von Beschreibungen.</translation></message>
<message><source>The optimal timesteps for the likelihood bound, by dynamic programming; not always the best pictures.</source><translation>Die optimalen Zeitschritte für die Likelihood-Schranke, durch dynamische Programmierung; nicht immer die besten Bilder.</translation></message>
<message><source>The optimal variance of every backward step for the likelihood bound, in closed form.</source><translation>Die optimale Varianz jedes Rückwärtsschritts für die Likelihood-Schranke, in geschlossener Form.</translation></message>
<message><source>The original bits given x_t, by the whole bound on the likelihood.</source><translation>Die ursprünglichen Bits zu x_t, durch die ganze Schranke der Likelihood.</translation></message>
<message><source>The parts of a diffusion model are separated: training levels, scaling of the network, sampler and its steps.</source><translation>Die Teile eines Diffusionsmodells werden getrennt: Trainingspegel, Skalierung des Netzes, Sampler und seine Schritte.</translation></message>
<message><source>The score of the data at each of many noise levels.</source><translation>Der Score der Daten auf jedem von vielen Rauschpegeln.</translation></message>
<message><source>The score, the direction of higher data density, at every time.</source><translation>Der Score, die Richtung höherer Datendichte, zu jeder Zeit.</translation></message>
<message><source>The velocity ε − x_0, the mean over all lines through a point.</source><translation>Die Geschwindigkeit ε − x_0, das Mittel über alle Linien durch einen Punkt.</translation></message>
<message><source>They are not: a NeRF is a three-dimensional scene fitted to views of it. A diffusion model may score these views, but is not changed by that.</source><translation>Nein: ein NeRF ist eine dreidimensionale Szene, an Ansichten angepasst. Ein Diffusionsmodell kann diese Ansichten bewerten, wird dadurch aber nicht geändert.</translation></message>
<message><source>They are not: they are GANs, which generate an image in a single pass.</source><translation>Nein: es sind GANs, die ein Bild in einem einzigen Durchgang generieren.</translation></message>
<message><source>They are out of scope: this program generates images.</source><translation>Sie gehören nicht hierher: dieses Programm generiert Bilder.</translation></message>
<message><source>To classify a picture at any noise level; DDPM's network is not changed.</source><translation>Ein Bild auf jedem Rauschpegel zu klassifizieren; das Netz von DDPM bleibt unverändert.</translation></message>
<message><source>To encode a picture as z and to decode it, by the bound on the likelihood.</source><translation>Ein Bild als z zu kodieren und zu dekodieren, durch die Schranke der Likelihood.</translation></message>
<message><source>To generate pictures that a discriminator, which is trained too, cannot distinguish from real ones.</source><translation>Bilder zu generieren, die ein ebenfalls trainierter Diskriminator nicht von echten unterscheiden kann.</translation></message>
<message><source>To predict the same picture from all points of a path.</source><translation>Von allen Punkten eines Wegs dasselbe Bild vorherzusagen.</translation></message>
<message><source>To restore the picture from any severity.</source><translation>Das Bild aus jeder Stärke zu restaurieren.</translation></message>
<message><source>To sample a picture that explains x_t, so that a discriminator cannot tell the steps from real ones.</source><translation>Ein Bild zu ziehen, das x_t erklärt, sodass ein Diskriminator die Schritte nicht von echten unterscheiden kann.</translation></message>
<message><source>VP's drift with at most its noise: designed for likelihoods.</source><translation>Die Drift von VP mit höchstens seinem Rauschen: für Likelihoods entworfen.</translation></message>
<message><source>a VAE's bound; then E‖ε − ε_θ(x_t, x̂, t)‖²</source><translation>die Schranke eines VAE; dann E‖ε − ε_θ(x_t, x̂, t)‖²</translation></message>
<message><source>a minute</source><translation>einer Minute</translation></message>
<message><source>bits per heartbeat sequence above the true entropy, log2 5</source><translation>Bits je Herzschlagfolge über der wahren Entropie, log2 5</translation></message>
<message><source>bound in nats per point at 8 steps minus that of DDPM’s fixed drift, after equal training</source><translation>Schranke in Nats je Punkt bei 8 Schritten minus die der festen Drift von DDPM, nach gleichem Training</translation></message>
<message><source>bound of held-out points in bits per coordinate minus the best one of three fixed variances</source><translation>Schranke zurückgehaltener Punkte in Bits je Koordinate minus die beste aus drei festen Varianzen</translation></message>
<message><source>bound of held-out points in nats at 10, 25 and 50 steps minus that of the better fixed variance</source><translation>Schranke zurückgehaltener Punkte in Nats bei 10, 25 und 50 Schritten minus die der besseren festen Varianz</translation></message>
<message><source>bound of held-out points in nats at 5, 10 and 25 steps minus that of even or quadratic steps</source><translation>Schranke zurückgehaltener Punkte in Nats bei 5, 10 und 25 Schritten minus die gleicher oder quadratischer Schritte</translation></message>
<message><source>bound of held-out points in nats over 100 even steps minus that of DDPM, after equal training</source><translation>Schranke zurückgehaltener Punkte in Nats über 100 gleiche Schritte minus die von DDPM, nach gleichem Training</translation></message>
<message><source>bound or −log p above the entropy of the true distribution, in nats</source><translation>Schranke oder −log p über der Entropie der wahren Verteilung, in Nats</translation></message>
<message><source>deviation within the modes over the true one</source><translation>Abweichung innerhalb der Modi im Verhältnis zur wahren</translation></message>
<message><source>difference of pictures of one prompt over that of different prompts</source><translation>Unterschied der Bilder eines Prompts im Verhältnis zu dem verschiedener Prompts</translation></message>
<message><source>distance of the points of the ODE from those of the SDE, minus that of two samples</source><translation>Abstand der Punkte der ODE von denen der SDE, minus den zweier Stichproben</translation></message>
<message><source>error in 40 steps over that of DDIM with as many evaluations of the network</source><translation>Fehler in 40 Schritten im Verhältnis zu dem von DDIM mit ebenso vielen Auswertungen des Netzes</translation></message>
<message><source>error of a run’s random numbers beside independent ones from N(0, 1)</source><translation>Fehler der Zufallszahlen eines Laufs gegenüber unabhängigen aus N(0, 1)</translation></message>
<message><source>error of a step back beside q(x_{t−1} | x_t, x_0), over its deviation</source><translation>Fehler eines Schritts zurück neben q(x_{t−1} | x_t, x_0), im Verhältnis zu dessen Abweichung</translation></message>
<message><source>error of blurred held-out pictures restored by algorithm 2 over that by algorithm 1, at 20 steps</source><translation>Fehler unscharfer zurückgehaltener Bilder, restauriert mit Algorithmus 2, geteilt durch den mit Algorithmus 1, bei 20 Schritten</translation></message>
<message><source>error of pictures restored from their latents over that from as many pixels of a smaller picture</source><translation>Fehler der Bilder, aus ihren Latents wiederhergestellt, geteilt durch den aus ebenso vielen Pixeln eines kleineren Bildes</translation></message>
<message><source>error of points by Heun’s method over that by Euler’s, at 35 evaluations of the network each</source><translation>Fehler der Punkte mit dem Verfahren von Heun, geteilt durch den mit dem von Euler, bei je 35 Auswertungen des Netzes</translation></message>
<message><source>error of points encoded as noise and decoded, over their deviation, at 100 steps</source><translation>Fehler von Punkten, als Rauschen kodiert und dekodiert, geteilt durch ihre Abweichung, bei 100 Schritten</translation></message>
<message><source>error of points in 10 steps over that of DDIM with as many evaluations of the network</source><translation>Fehler der Punkte in 10 Schritten, geteilt durch den von DDIM mit ebenso vielen Auswertungen des Netzes</translation></message>
<message><source>error of points in 10 steps over that of DPM-Solver++ of the same order</source><translation>Fehler der Punkte in 10 Schritten, geteilt durch den von DPM-Solver++ derselben Ordnung</translation></message>
<message><source>error of single steps from the exact path over that of DDIM’s steps</source><translation>Fehler einzelner Schritte vom exakten Weg aus im Verhältnis zu dem der Schritte von DDIM</translation></message>
<message><source>error of the modes’ shares</source><translation>Fehler der Anteile der Modi</translation></message>
<message><source>error of the noise’s third and fourth moments</source><translation>Fehler des dritten und vierten Moments des Rauschens</translation></message>
<message><source>error of the shares of 25 modes of points</source><translation>Fehler der Anteile von 25 Modi der Punkte</translation></message>
<message><source>error of the shares of two far modes, of weights 0.2 and 0.8</source><translation>Fehler der Anteile zweier entfernter Modi mit den Gewichten 0,2 und 0,8</translation></message>
<message><source>error of the start’s coefficients √ᾱ_T′ and √(1 − ᾱ_T′)</source><translation>Fehler der Koeffizienten √ᾱ_T′ und √(1 − ᾱ_T′) des Anfangs</translation></message>
<message><source>error of v over that without gates initialised to zero, after equal training</source><translation>Fehler von v geteilt durch den ohne mit null initialisierte Gates, nach gleichem Training</translation></message>
<message><source>error of v over that without latents of the previous step, after equal training</source><translation>Fehler von v geteilt durch den ohne Latents des vorigen Schritts, nach gleichem Training</translation></message>
<message><source>error of v over that without long skips, after equal training</source><translation>Fehler von v geteilt durch den ohne lange Skips, nach gleichem Training</translation></message>
<message><source>error of v over that without the shift, after equal training</source><translation>Fehler von v geteilt durch den ohne die Verschiebung, nach gleichem Training</translation></message>
<message><source>excess distance of points at 8 even steps over that of DDPM’s network by DDIM, after equal training</source><translation>Überschüssiger Abstand der Punkte bei 8 gleichen Schritten, geteilt durch den des Netzes von DDPM mit DDIM, nach gleichem Training</translation></message>
<message><source>excess distance of points in 10 steps over that from a Gaussian start of the same moments</source><translation>Überschüssiger Abstand der Punkte in 10 Schritten, geteilt durch den mit einem Gauß-Anfang derselben Momente</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM in 10 steps</source><translation>Überschüssiger Abstand der Punkte in 10 Schritten, geteilt durch den von DDPM in 10 Schritten</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM with the better fixed variance</source><translation>Überschüssiger Abstand der Punkte in 10 Schritten, geteilt durch den von DDPM mit der besseren festen Varianz</translation></message>
<message><source>excess distance of points with corrector minus that without, at equal evaluations</source><translation>Überschüssiger Abstand der Punkte mit Korrektor minus den ohne, bei gleich vielen Auswertungen</translation></message>
<message><source>gap in detail between enlarged generated and real pictures, over that without noise in them</source><translation>Abstand der Details zwischen vergrößerten erzeugten und echten Bildern, geteilt durch den ohne Rauschen darin</translation></message>
<message><source>how well latents that it draws are told apart from encoded ones (AUC; 0.5 is not at all)</source><translation>wie gut sich gezogene Latents von kodierten unterscheiden lassen (AUC; 0,5 heißt gar nicht)</translation></message>
<message><source>its weights are not shipped</source><translation>seine Gewichte liegen nicht bei</translation></message>
<message><source>largest distance of the states x_t from their exact distribution, over its deviation</source><translation>größter Abstand der Zustände x_t von ihrer exakten Verteilung im Verhältnis zu deren Abweichung</translation></message>
<message><source>largest prediction x̂_0 where clipping is needed, over the end of its range</source><translation>größte Vorhersage x̂_0, wo Clipping nötig ist, im Verhältnis zum Ende ihres Bereichs</translation></message>
<message><source>mean error of x̂_0 beside the exact prediction, over that of the exact one beside x_0</source><translation>mittlerer Fehler von x̂_0 gegenüber der exakten Vorhersage im Verhältnis zu deren Fehler gegenüber x_0</translation></message>
<message><source>mean over σ_i of σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²</source><translation>Mittel über σ_i von σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²</translation></message>
<message><source>none of its own: DDPM's network</source><translation>keine eigene: das Netz von DDPM</translation></message>
<message><source>none of its own: DDPM's, with the class sometimes dropped</source><translation>keine eigene: die von DDPM, wobei die Klasse manchmal entfällt</translation></message>
<message><source>none of its own: the minimum of DDPM's bound over paths of K steps</source><translation>keine eigene: das Minimum der Schranke von DDPM über Wege aus K Schritten</translation></message>
<message><source>none of its own: Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d of DDPM's network, measured once</source><translation>keine eigene: Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d des Netzes von DDPM, einmal gemessen</translation></message>
<message><source>not measured yet</source><translation>noch nicht gemessen</translation></message>
<message><source>not trained yet</source><translation>noch nicht trainiert</translation></message>
<message><source>order of convergence to the exact path, with exact predictions</source><translation>Konvergenzordnung gegen den exakten Weg bei exakten Vorhersagen</translation></message>
<message><source>share of drawn sequences that occur in the data</source><translation>Anteil der gezogenen Folgen, die in den Daten vorkommen</translation></message>
<message><source>share of fully saturated pixels at guidance 10, over that with clipping, at the same classes</source><translation>Anteil voll gesättigter Pixel bei Guidance 10, geteilt durch den mit Clipping, bei gleichen Klassen</translation></message>
<message><source>share of pictures of the right thing by the prior, minus that with the caption’s own embedding</source><translation>Anteil der Bilder des richtigen Motivs durch den Prior, minus den mit dem Embedding der Beschreibung selbst</translation></message>
<message><source>share of pictures of the right thing, minus the best such share by CLIP guidance</source><translation>Anteil der Bilder des richtigen Motivs, minus den besten solchen Anteil mit CLIP-Guidance</translation></message>
<message><source>share of points at one of 25 modes in 4 steps minus that of exact Gaussian steps</source><translation>Anteil der Punkte an einem von 25 Modi in 4 Schritten minus den genauer Gauß-Schritte</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE</source><translation>Anteil der Punkte an einem von 25 Modi minus den des VAE</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE it starts from</source><translation>Anteil der Punkte an einem von 25 Modi minus den des VAE, mit dem es beginnt</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, at 100 steps</source><translation>Anteil der Punkte an einem von 25 Modi minus den Fehler der Anteile, bei 100 Schritten</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, over EDM’s, in 2 steps</source><translation>Anteil der Punkte an einem von 25 Modi minus den Fehler der Anteile der Modi, geteilt durch den von EDM, in 2 Schritten</translation></message>
<message><source>share of points at the most frequent mode among those of one z, with different noise</source><translation>Anteil der Punkte am häufigsten Modus unter denen eines z, mit verschiedenem Rauschen</translation></message>
<message><source>share of points that lie in their class, of three that overlap, minus that without guidance</source><translation>Anteil der Punkte, die in ihrer Klasse liegen, von drei sich überlappenden, minus den ohne Guidance</translation></message>
<message><source>share of prompts whose better embedding is chosen</source><translation>Anteil der Prompts, deren bessere Einbettung gewählt wird</translation></message>
<message><source>share of the values of x̂_0 at the end of the range</source><translation>Anteil der Werte von x̂_0 am Ende des Bereichs</translation></message>
<message><source>the claim holds</source><translation>die Behauptung gilt</translation></message>
<message><source>the claim is missed</source><translation>die Behauptung ist verfehlt</translation></message>
<message><source>undecided: it holds for the mean, but not for all seeds</source><translation>unentschieden: Sie gilt für den Mittelwert, aber nicht für alle Seeds</translation></message>
<message><source>v, by a U-Net with a transformer in the middle.</source><translation>v, durch ein U-Net mit einem Transformer in der Mitte.</translation></message>
<message><source>v, by a network that reuses its latents of the previous step.</source><translation>v, durch ein Netz, das seine Latents des vorigen Schritts wiederverwendet.</translation></message>
<message><source>v, by a transformer whose blocks start as the identity.</source><translation>v, durch einen Transformer, dessen Blöcke als Identität beginnen.</translation></message>
<message><source>v, by a transformer with skips from its first half to its second.</source><translation>v, durch einen Transformer mit Skips von seiner ersten Hälfte zur zweiten.</translation></message>
<message><source>{low} to {high}</source><translation>{low} bis {high}</translation></message>
<message><source>{minutes} minutes</source><translation>{minutes} Minuten</translation></message>
<message><source>{value} ({low} to {high})</source><translation>{value} ({low} bis {high})</translation></message>
<message><source>−log p of held-out points in nats above that of the true distribution</source><translation>−log p zurückgehaltener Punkte in Nats über dem der wahren Verteilung</translation></message>
<message><source>−log p of held-out points in nats minus that by VP’s network, after equal training</source><translation>−log p zurückgehaltener Punkte in Nats minus das durch das Netz von VP, nach gleichem Training</translation></message>
<message><source>−the variational bound, one term per sample</source><translation>−die Variationsschranke, ein Term je Stichprobe</translation></message>
</context>
<context>
<name>Table</name>
<message><source>Same</source><translation>Gleich</translation></message>
</context>
<context>
<name>TagEntry</name>
<message><source>Add</source><translation>Hinzufügen</translation></message>
<message><source>Add the tag</source><translation>Das Schlagwort hinzufügen</translation></message>
<message><source>Tag</source><translation>Schlagwort</translation></message>
<message><source>Tag for these pictures: Enter adds it, Esc closes</source><translation>Schlagwort für diese Bilder: Enter fügt es hinzu, Esc schließt</translation></message>
</context>
<context>
<name>Tags</name>
<message><source>Remove {tag}</source><translation>{tag} entfernen</translation></message>
</context>
<context>
<name>ThingList</name>
<message><source> · the first {maximum} count</source><translation> · die ersten {maximum} zählen</translation></message>
<message numerus="yes"><source>%n thing(s)</source><translation>
<numerusform>%n Motiv</numerusform>
<numerusform>%n Motive</numerusform>
</translation></message>
<message><source>Back to single pictures</source><translation>Zurück zu einzelnen Bildern</translation></message>
<message><source>One thing per line</source><translation>Ein Motiv pro Zeile</translation></message>
<message><source>The text is too long for a list</source><translation>Der Text ist für eine Liste zu lang</translation></message>
<message><source>Things of the set</source><translation>Motive der Serie</translation></message>
<message><source>What the set shows, one thing per line</source><translation>Was die Serie zeigt, ein Motiv pro Zeile</translation></message>
<message><source>fox
owl
mushroom

One thing per line, or with commas</source><translation>Fuchs
Eule
Pilz

Ein Motiv pro Zeile oder mit Kommas</translation></message>
</context>
<context>
<name>TilePopup</name>
<message><source>Nothing has this name</source><translation>Nichts hat diesen Namen</translation></message>
<message><source>Search {names}</source><translation>{names} suchen</translation></message>
<message><source>Type to search. The arrow keys move, Enter chooses</source><translation>Tippen, um zu suchen. Die Pfeiltasten bewegen, Enter wählt</translation></message>
</context>
<context>
<name>Tools</name>
<message><source>Copy one in any program; the next pictures then start from it.</source><translation>In einem beliebigen Programm eines kopieren; die nächsten Bilder beginnen dann damit.</translation></message>
<message><source>No picture to paste</source><translation>Kein Bild zum Einfügen</translation></message>
</context>
<context>
<name>TopBar</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>%n Bild zu generieren</numerusform>
<numerusform>%n Bilder zu generieren</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread error(s)</source><translation>
<numerusform>%n ungelesener Fehler</numerusform>
<numerusform>%n ungelesene Fehler</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread notice(s)</source><translation>
<numerusform>%n ungelesener Hinweis</numerusform>
<numerusform>%n ungelesene Hinweise</numerusform>
</translation></message>
<message><source>Device in use · {state}</source><translation>Verwendetes Gerät · {state}</translation></message>
<message><source>Memory in use by this window: {size}</source><translation>Von diesem Fenster belegter Speicher: {size}</translation></message>
<message><source>Nothing in the queue</source><translation>Nichts in der Warteschlange</translation></message>
<message><source>Queue</source><translation>Warteschlange</translation></message>
<message><source>Queue {count}</source><translation>Warteschlange {count}</translation></message>
<message><source>not available</source><translation>nicht verfügbar</translation></message>
<message><source>preparing</source><translation>bereitet vor</translation></message>
<message><source>ready</source><translation>bereit</translation></message>
<message><source>running</source><translation>läuft</translation></message>
<message><source>the queue is paused</source><translation>die Warteschlange ist pausiert</translation></message>
</context>
<context>
<name>TrainControls</name>
<message><source>Add the result of the latest test pictures to the models</source><translation>Das Ergebnis der neuesten Testbilder zu den Modellen hinzufügen</translation></message>
<message><source>Change a model, or train a system of the literature</source><translation>Ein Modell ändern oder ein System aus der Literatur trainieren</translation></message>
<message><source>Choose folder…</source><translation>Ordner wählen …</translation></message>
<message><source>Choose the pictures to learn from</source><translation>Die Bilder wählen, aus denen gelernt wird</translation></message>
<message><source>Continue after closing</source><translation>Nach Schließen fortsetzen</translation></message>
<message><source>Discard</source><translation>Verwerfen</translation></message>
<message><source>Drawn again and again with the same noise, separated by semicolons</source><translation>Immer wieder mit demselben Rauschen gezeichnet, durch Semikolons getrennt</translation></message>
<message><source>Higher ranks can learn more details, and copy sooner</source><translation>Höhere Ränge können mehr Details lernen und kopieren früher</translation></message>
<message><source>How often a picture is looked at, in total</source><translation>Wie oft insgesamt ein Bild angesehen wird</translation></message>
<message><source>Larger pictures take more time and memory</source><translation>Größere Bilder brauchen mehr Zeit und Speicher</translation></message>
<message><source>Learning rate</source><translation>Lernrate</translation></message>
<message><source>Method</source><translation>Methode</translation></message>
<message><source>Model</source><translation>Modell</translation></message>
<message><source>Name</source><translation>Name</translation></message>
<message><source>Network</source><translation>Netz</translation></message>
<message><source>No folder yet</source><translation>Noch kein Ordner</translation></message>
<message><source>Open an earlier run, or begin another one</source><translation>Einen früheren Lauf öffnen oder einen neuen beginnen</translation></message>
<message><source>Pause</source><translation>Pausieren</translation></message>
<message><source>Picture size</source><translation>Bildgröße</translation></message>
<message><source>Rank</source><translation>Rang</translation></message>
<message><source>Run</source><translation>Lauf</translation></message>
<message><source>Samples</source><translation>Gesehene Bilder</translation></message>
<message><source>Save and free the memory; start it again later</source><translation>Sichern und den Arbeitsspeicher freigeben; später wieder starten</translation></message>
<message><source>Size of the changes of each step. If the loss jumps, lower it.</source><translation>Größe der Änderungen in jedem Schritt. Springt der Verlust, kleiner wählen.</translation></message>
<message><source>Start</source><translation>Starten</translation></message>
<message><source>Stop, and delete this run</source><translation>Stoppen und diesen Lauf löschen</translation></message>
<message><source>Test prompts</source><translation>Test-Prompts</translation></message>
<message><source>The model that is changed</source><translation>Das Modell, das geändert wird</translation></message>
<message><source>The network that removes the noise</source><translation>Das Netz, das das Rauschen entfernt</translation></message>
<message><source>Train</source><translation>Trainieren</translation></message>
<message><source>Train in the background</source><translation>Im Hintergrund trainieren</translation></message>
<message><source>Train on when the window is closed. Open the run here to see it again.</source><translation>Weiter trainieren, wenn das Fenster geschlossen ist. Den Lauf hier öffnen, um ihn wiederzusehen.</translation></message>
<message><source>Training settings</source><translation>Einstellungen des Trainings</translation></message>
<message><source>Use it in Create</source><translation>In Erstellen verwenden</translation></message>
<message><source>fox; house; red car</source><translation>Fuchs; Haus; rotes Auto</translation></message>
<message><source>{size} × {size} pixels</source><translation>{size} × {size} Pixel</translation></message>
</context>
<context>
<name>TrainPage</name>
<message numerus="yes"><source>%n minute(s) left</source><translation>
<numerusform>noch %n Minute</numerusform>
<numerusform>noch %n Minuten</numerusform>
</translation></message>
<message numerus="yes"><source>%n test picture(s) is(are) almost the same as yours.</source><translation>
<numerusform>%n Testbild gleicht fast einem eigenen Bild.</numerusform>
<numerusform>%n Testbilder gleichen fast eigenen Bildern.</numerusform>
</translation></message>
<message><source>A small file that adds a style or a thing to a model</source><translation>Eine kleine Datei, die einem Modell einen Stil oder ein Motiv hinzufügt</translation></message>
<message><source>Added as {name}</source><translation>Hinzugefügt als {name}</translation></message>
<message><source>Another model is called {title} and is kept.</source><translation>Ein anderes Modell heißt {title} und bleibt erhalten.</translation></message>
<message><source>Before the training</source><translation>Vor dem Training</translation></message>
<message><source>Better than {run}; the difference is significant.</source><translation>Besser als {run}; der Unterschied ist signifikant.</translation></message>
<message><source>Caption</source><translation>Beschreibung</translation></message>
<message><source>Captions cut after {limit} characters: {count}; the first is {first}.</source><translation>Beschreibungen, die nach {limit} Zeichen abgeschnitten werden: {count}; die erste ist {first}.</translation></message>
<message><source>Change a model</source><translation>Modell ändern</translation></message>
<message><source>Check the captions. Later, you ask for pictures in the same words.</source><translation>Die Beschreibungen prüfen. Später entstehen Bilder aus denselben Worten.</translation></message>
<message><source>Choose the pictures to learn from</source><translation>Die Bilder wählen, aus denen gelernt wird</translation></message>
<message><source>Class</source><translation>Klasse</translation></message>
<message><source>Compare with</source><translation>Vergleichen mit</translation></message>
<message><source>Continue</source><translation>Fortsetzen</translation></message>
<message><source>Copies among the test pictures are only found with {count} pictures or more.</source><translation>Kopien unter den Testbildern lassen sich erst ab {count} Bildern erkennen.</translation></message>
<message><source>Done</source><translation>Fertig</translation></message>
<message><source>Double-click to change the caption</source><translation>Doppelklicken, um die Beschreibung zu ändern</translation></message>
<message><source>Earlier runs</source><translation>Frühere Läufe</translation></message>
<message><source>Fine-tuning</source><translation>Feinabstimmung</translation></message>
<message><source>From scratch</source><translation>Von Grund auf</translation></message>
<message><source>It continues without the window.</source><translation>Es läuft ohne das Fenster weiter.</translation></message>
<message><source>It was paused when the window closed.</source><translation>Es wurde beim Schließen des Fensters pausiert.</translation></message>
<message><source>LoRA</source><translation>LoRA</translation></message>
<message><source>New run</source><translation>Neuer Lauf</translation></message>
<message><source>No comparison</source><translation>Kein Vergleich</translation></message>
<message><source>No significant difference from {run}.</source><translation>Kein signifikanter Unterschied zu {run}.</translation></message>
<message><source>Paused. Resume continues it.</source><translation>Pausiert. Fortsetzen führt das Training weiter.</translation></message>
<message><source>Pausing…</source><translation>Wird pausiert …</translation></message>
<message><source>Picture</source><translation>Bild</translation></message>
<message><source>Pictures added, removed or changed since the last checkpoint: {count}. Training goes on with them.</source><translation>Bilder, die seit dem letzten Speicherpunkt dazukamen, fehlen oder anders sind: {count}. Das Training geht mit ihnen weiter.</translation></message>
<message><source>Pictures and captions</source><translation>Bilder und Beschreibungen</translation></message>
<message><source>Pictures in subfolders, which are left out: {count}; the first subfolder is {first}.</source><translation>Bilder in Unterordnern, die ausgelassen werden: {count}; der erste Unterordner ist {first}.</translation></message>
<message><source>Pictures that cannot be read and are left out: {count}; the first is {first}.</source><translation>Bilder, die nicht gelesen werden können und ausgelassen werden: {count}; das erste ist {first}.</translation></message>
<message><source>Pictures with the same caption, or in the same folder, form a class.</source><translation>Bilder mit gleicher Beschreibung oder im selben Ordner bilden eine Klasse.</translation></message>
<message><source>Preparing…</source><translation>Wird vorbereitet …</translation></message>
<message><source>Saving…</source><translation>Wird gespeichert …</translation></message>
<message><source>Show the errors of an earlier run at the same noise beside this one</source><translation>Die Fehler eines früheren Laufs bei gleichem Rauschen neben diesem zeigen</translation></message>
<message><source>Some hundreds of one kind are a good start.</source><translation>Einige Hundert von einer Art sind ein guter Anfang.</translation></message>
<message><source>Ten or more pictures give a diagnosis.</source><translation>Ab zehn Bildern gibt es eine Diagnose.</translation></message>
<message><source>Test pictures</source><translation>Testbilder</translation></message>
<message><source>The first test pictures and the diagnosis follow in a few minutes.</source><translation>Die ersten Testbilder und die Diagnose folgen in wenigen Minuten.</translation></message>
<message><source>The process ended unexpectedly. Start it again; at most a minute is lost.</source><translation>Der Prozess endete unerwartet. Erneut starten; höchstens eine Minute geht verloren.</translation></message>
<message><source>The run was deleted.</source><translation>Der Lauf wurde gelöscht.</translation></message>
<message><source>The run was restored.</source><translation>Der Lauf wurde wiederhergestellt.</translation></message>
<message><source>Training</source><translation>Training läuft</translation></message>
<message><source>Training has stopped</source><translation>Das Training wurde gestoppt</translation></message>
<message><source>Training is finished.</source><translation>Das Training ist fertig.</translation></message>
<message><source>Training {name}</source><translation>Training {name}</translation></message>
<message><source>Training {name} is paused</source><translation>Training {name} ist pausiert</translation></message>
<message><source>Trains the whole network: another model that can change more</source><translation>Trainiert das ganze Netz: ein weiteres Modell, das mehr ändern kann</translation></message>
<message><source>Twenty of one style, or of one thing, are a good start.</source><translation>Zwanzig in einem Stil oder von einem Motiv sind ein guter Anfang.</translation></message>
<message><source>Worse than {run}; the difference is significant.</source><translation>Schlechter als {run}; der Unterschied ist signifikant.</translation></message>
<message><source>You get a LoRA: a small file that adds this style or thing to any prompt.</source><translation>Das Ergebnis ist ein LoRA: eine kleine Datei, die jedem Prompt diesen Stil oder dieses Motiv hinzufügt.</translation></message>
<message><source>You get a copy of the model that draws more like your pictures.</source><translation>Das Ergebnis ist eine Kopie des Modells, deren Bilder den eigenen ähnlicher sind.</translation></message>
<message><source>You get a small model that draws nothing but pictures like yours.</source><translation>Das Ergebnis ist ein kleines Modell, das nur Bilder wie die eigenen zeichnet.</translation></message>
<message><source>less than a minute left</source><translation>noch weniger als eine Minute</translation></message>
<message><source>{done} of {count} pictures encoded</source><translation>{done} von {count} Bildern kodiert</translation></message>
<message><source>{run} has no errors of the same pictures, so it cannot be compared.</source><translation>{run} hat keine Fehler zu denselben Bildern und lässt sich daher nicht vergleichen.</translation></message>
<message><source>{seen} of {samples} samples</source><translation>{seen} von {samples} Bildern gesehen</translation></message>
<message><source>{speed} per second</source><translation>{speed} pro Sekunde</translation></message>
</context>
<context>
<name>TrashView</name>
<message><source>Click a picture to restore it.</source><translation>Ein Klick auf ein Bild stellt es wieder her.</translation></message>
<message><source>Deleted pictures move to the system's trash after 30 days.</source><translation>Gelöschte Bilder kommen nach 30 Tagen in den Papierkorb des Systems.</translation></message>
<message><source>Pictures of imported folders are only hidden; their files stay.</source><translation>Bilder importierter Ordner sind nur ausgeblendet; ihre Dateien bleiben.</translation></message>
<message><source>Recently deleted</source><translation>Kürzlich gelöscht</translation></message>
<message><source>Restore</source><translation>Wiederherstellen</translation></message>
<message><source>Restore {pictures}</source><translation>{pictures} wiederherstellen</translation></message>
<message><source>There are no deleted pictures.</source><translation>Es gibt keine gelöschten Bilder.</translation></message>
<message><source>What this window deleted moves to the system's trash when it closes, the rest after 30 days.</source><translation>Was dieses Fenster gelöscht hat, kommt beim Schließen in den Papierkorb des Systems, alles andere nach 30 Tagen.</translation></message>
</context>
<context>
<name>VariationsController</name>
<message><source>A variation</source><translation>Eine Variation</translation></message>
<message><source>Back to the variations</source><translation>Zurück zu den Variationen</translation></message>
<message><source>Click one to explore from it, the centre to use it</source><translation>Eine anklicken, um von dort zu erkunden; die Mitte, um sie zu verwenden</translation></message>
<message><source>The centre</source><translation>Die Mitte</translation></message>
<message><source>There is no model called {model}; its variations cannot be made here.</source><translation>Es gibt kein Modell namens {model}; seine Variationen können hier nicht entstehen.</translation></message>
<message><source>seed {seed}</source><translation>Seed {seed}</translation></message>
</context>
<context>
<name>VariationsView</name>
<message><source>Back to step {number} of the path</source><translation>Zurück zu Schritt {number} des Wegs</translation></message>
<message><source>Back to the start</source><translation>Zurück zum Anfang</translation></message>
<message><source>Compare with the centre</source><translation>Mit der Mitte vergleichen</translation></message>
<message><source>Current centre</source><translation>Jetzige Mitte</translation></message>
<message><source>Distance</source><translation>Abstand</translation></message>
<message><source>Distance from the centre's noise: 0 is the same noise, 1 is entirely different noise</source><translation>Abstand vom Rauschen der Mitte: 0 ist dasselbe Rauschen, 1 ein ganz anderes</translation></message>
<message><source>Explore from it</source><translation>Von hier erkunden</translation></message>
<message><source>Fast</source><translation>Schnell</translation></message>
<message><source>Pictures between them</source><translation>Bilder dazwischen</translation></message>
<message><source>Start</source><translation>Anfang</translation></message>
<message><source>Step {number} of the path</source><translation>Schritt {number} des Wegs</translation></message>
<message><source>Use the fast variant of the model</source><translation>Die schnelle Variante des Modells verwenden</translation></message>
<message><source>Variations</source><translation>Variationen</translation></message>
<message><source>far</source><translation>weit</translation></message>
<message><source>near</source><translation>nah</translation></message>
</context>
<context>
<name>ViewModes</name>
<message><source>Both</source><translation>Beide</translation></message>
<message><source>Difference</source><translation>Differenz</translation></message>
<message><source>Noise</source><translation>Rauschen</translation></message>
<message><source>Noisy</source><translation>Verrauscht</translation></message>
<message><source>Predicted</source><translation>Vorhersage</translation></message>
<message><source>The change of the predicted picture in this step; grey where it is unchanged</source><translation>Die Änderung des vorhergesagten Bildes in diesem Schritt; grau, wo nichts sich ändert</translation></message>
<message><source>The clean picture that the model predicts so far</source><translation>Das saubere Bild, das das Modell bisher vorhersagt</translation></message>
<message><source>The noisy picture at this step</source><translation>Das verrauschte Bild bei diesem Schritt</translation></message>
<message><source>The noisy picture beside the predicted one</source><translation>Das verrauschte Bild neben dem vorhergesagten</translation></message>
<message><source>The predicted noise: the noisy picture without the predicted one</source><translation>Das vorhergesagte Rauschen: das verrauschte Bild ohne das vorhergesagte</translation></message>
</context>
<context>
<name>Viewer</name>
<message><source>The first step has no earlier one to compare with</source><translation>Der erste Schritt hat keinen früheren zum Vergleichen</translation></message>
<message><source>The noise of this step was not drawn</source><translation>Das Rauschen dieses Schritts wurde nicht gezeichnet</translation></message>
<message><source>This step left the predicted picture unchanged</source><translation>Dieser Schritt hat das vorhergesagte Bild nicht verändert</translation></message>
<message><source>seed {seed}</source><translation>Seed {seed}</translation></message>
<message><source>to its noise</source><translation>zu seinem Rauschen</translation></message>
</context>
<context>
<name>Welcome</name>
<message><source>Add a model file; it is used where it is, and nothing is copied</source><translation>Eine Modelldatei hinzufügen; sie wird an ihrem Platz benutzt, nichts wird kopiert</translation></message>
<message><source>Draws pictures from a prompt.</source><translation>Zeichnet Bilder nach einem Prompt.</translation></message>
<message><source>Draws pictures without a prompt.</source><translation>Zeichnet Bilder ohne Prompt.</translation></message>
<message><source>Draws things and small scenes as icons, from words in English and twelve other languages.</source><translation>Zeichnet Dinge und kleine Szenen als Icons, nach Wörtern in Englisch und zwölf weiteren Sprachen.</translation></message>
<message><source>Use your own checkpoint…</source><translation>Eigenen Checkpoint verwenden …</translation></message>
</context>
<context>
<name>Window</name>
<message><source>Your pictures will appear here.

They are saved in {folder}.</source><translation>Hier erscheinen die Bilder.

Sie werden in {folder} gespeichert.</translation></message>
<message><source>{name} was added to the prompt</source><translation>{name} zum Prompt hinzugefügt</translation></message>
<message><source>{name} was not added to the prompt</source><translation>{name} nicht zum Prompt hinzugefügt</translation></message>
</context>
<context>
<name>WordRow</name>
<message><source>Acted most at step {number} of {count} recorded steps</source><translation>Wirkte am meisten bei Schritt {number} von {count} aufgezeichneten Schritten</translation></message>
</context>
<context>
<name>WordsView</name>
<message><source>All steps</source><translation>Alle Schritte</translation></message>
<message><source>Close</source><translation>Schließen</translation></message>
<message><source>Point at a word to see where it acted, or at a place to see its words.</source><translation>Auf ein Wort zeigen, um zu sehen, wo es wirkte, oder auf eine Stelle, um ihre Wörter zu sehen.</translation></message>
<message><source>Step</source><translation>Schritt</translation></message>
<message><source>Step {number}</source><translation>Schritt {number}</translation></message>
<message><source>The effect of each word</source><translation>Die Wirkung jedes Worts</translation></message>
<message><source>Words of the prompt</source><translation>Wörter des Prompts</translation></message>
<message><source>Words that acted here: {words}</source><translation>Hier wirkten: {words}</translation></message>
<message><source>“{word}” acted where the picture is not faded, most at step {step}.</source><translation>„{word}“ wirkte dort, wo das Bild nicht verblasst ist, am stärksten bei Schritt {step}.</translation></message>
</context>
<context>
<name>_CanvasArea</name>
<message><source>Divider between the pictures</source><translation>Trennlinie zwischen den Bildern</translation></message>
<message><source>Noisy picture</source><translation>Verrauschtes Bild</translation></message>
<message><source>Sketch</source><translation>Skizze</translation></message>
</context>
<context>
<name>_Cell</name>
<message><source>Restore it</source><translation>Wiederherstellen</translation></message>
<message><source>Restore {picture}</source><translation>{picture} wiederherstellen</translation></message>
</context>
<context>
<name>_Crash</name>
<message numerus="yes"><source>GDM Studio crashed %n time(s) while making “{title}”.</source><translation>
<numerusform>GDM Studio ist beim Generieren von „{title}“ %n-mal abgestürzt.</numerusform>
<numerusform>GDM Studio ist beim Generieren von „{title}“ %n-mal abgestürzt.</numerusform>
</translation></message>
<message><source>Remove</source><translation>Entfernen</translation></message>
<message><source>Remove it and resume the queue</source><translation>Entfernen und die Warteschlange fortsetzen</translation></message>
<message><source>Resume it and the queue</source><translation>Es und die Warteschlange fortsetzen</translation></message>
<message><source>The queue is paused: try it again or remove it.</source><translation>Die Warteschlange ist pausiert: erneut versuchen oder entfernen.</translation></message>
<message><source>Try again</source><translation>Erneut versuchen</translation></message>
</context>
<context>
<name>_Divider</name>
<message><source>Arrow keys move it</source><translation>Pfeiltasten verschieben sie</translation></message>
<message><source>Drag to resize; double-click for the default size</source><translation>Ziehen ändert die Breite; Doppelklick stellt sie zurück</translation></message>
</context>
<context>
<name>_Empty</name>
<message><source>Compare pictures</source><translation>Bilder vergleichen</translation></message>
<message><source>Open the gallery</source><translation>Galerie öffnen</translation></message>
<message><source>Select pictures there</source><translation>Dort Bilder auswählen</translation></message>
<message><source>They share zoom and position; a table shows their settings.</source><translation>Sie teilen Zoom und Position; eine Tabelle zeigt ihre Einstellungen.</translation></message>
</context>
<context>
<name>_Field</name>
<message><source>A few letters of an action, a scheduler, a style or a model</source><translation>Einige Buchstaben einer Aktion, eines Schedulers, Stils oder Modells</translation></message>
<message><source>What would you like to do?</source><translation>Was soll getan werden?</translation></message>
</context>
<context>
<name>_List</name>
<message><source>Actions</source><translation>Aktionen</translation></message>
</context>
<context>
<name>_Name</name>
<message><source>{setting} differs</source><translation>{setting} ist verschieden</translation></message>
</context>
<context>
<name>_Picture</name>
<message><source>Preview</source><translation>Vorschau</translation></message>
</context>
<context>
<name>_PlaceView</name>
<message><source>Places of the gallery</source><translation>Orte der Galerie</translation></message>
<message><source>Rename</source><translation>Umbenennen</translation></message>
</context>
<context>
<name>_PresetRow</name>
<message><source>Delete {name}</source><translation>{name} löschen</translation></message>
<message><source>New name</source><translation>Neuer Name</translation></message>
<message><source>Rename {name}</source><translation>{name} umbenennen</translation></message>
</context>
<context>
<name>_Row</name>
<message><source>in use</source><translation>in Gebrauch</translation></message>
<message><source>recent</source><translation>zuletzt</translation></message>
</context>
<context>
<name>_Strip</name>
<message><source>Above: x at a step. Below: the prediction of the network</source><translation>Oben: x bei einem Schritt. Unten: die Vorhersage des Netzes</translation></message>
<message><source>Denoising of a picture: x above, the prediction of the network below</source><translation>Entrauschen eines Bildes: oben x, unten die Vorhersage des Netzes</translation></message>
</context>
<context>
<name>_Table</name>
<message><source>Models</source><translation>Modelle</translation></message>
</context>
<context>
<name>card_view</name>
<message numerus="yes"><source>%n noise level(s)</source><translation>
<numerusform>%n Rauschpegel</numerusform>
<numerusform>%n Rauschpegel</numerusform>
</translation></message>
<message><source>A picture, in matrix products</source><translation>Ein Bild, in Matrixprodukten</translation></message>
<message><source>Author</source><translation>Urheber</translation></message>
<message><source>Blurry areas, neither flat nor an edge</source><translation>Unscharfe Flächen, weder glatt noch Kante</translation></message>
<message><source>Colours as requested</source><translation>Farben wie verlangt</translation></message>
<message><source>Colours new to a subject</source><translation>Für ein Motiv neue Farben</translation></message>
<message><source>Colours new to a subject, subject recognised</source><translation>Für ein Motiv neue Farben, Motiv erkannt</translation></message>
<message><source>Decoder, colours</source><translation>Decoder, Farben</translation></message>
<message><source>Decoder, its worst style</source><translation>Decoder, sein schwächster Stil</translation></message>
<message><source>Decoder, transparency</source><translation>Decoder, Transparenz</translation></message>
<message><source>Family</source><translation>Familie</translation></message>
<message><source>File</source><translation>Datei</translation></message>
<message><source>Fréchet distance, against training</source><translation>Fréchet-Abstand zum Training</translation></message>
<message><source>Hash, {name}</source><translation>Hash, {name}</translation></message>
<message><source>Its file does not say. See the licence on the web page of the model.</source><translation>Steht nicht in der Datei. Siehe die Lizenz auf der Webseite des Modells.</translation></message>
<message><source>Kernel distance</source><translation>Kernel-Abstand</translation></message>
<message><source>Kind</source><translation>Art</translation></message>
<message><source>Latents</source><translation>Latents</translation></message>
<message><source>Licence</source><translation>Lizenz</translation></message>
<message><source>Made for</source><translation>Gemacht für</translation></message>
<message><source>Memory</source><translation>Speicher</translation></message>
<message><source>Named by someone new</source><translation>Von jemand Neuem benannt</translation></message>
<message><source>Named by someone new, second list</source><translation>Von jemand Neuem benannt, zweite Liste</translation></message>
<message><source>No: its licence, {licence}, does not allow that.</source><translation>Nein: seine Lizenz, {licence}, erlaubt es nicht.</translation></message>
<message><source>No: some of its training data may not be used commercially. See below.</source><translation>Nein: einige seiner Trainingsdaten dürfen nicht kommerziell genutzt werden. Siehe unten.</translation></message>
<message><source>Other file's {part}</source><translation>Aus anderer Datei: {part}</translation></message>
<message><source>Parameters</source><translation>Parameter</translation></message>
<message><source>Pictures</source><translation>Bilder</translation></message>
<message><source>Pictures a second on a GPU</source><translation>Bilder pro Sekunde auf einer Grafikkarte</translation></message>
<message><source>Pictures seen before that</source><translation>Davor gesehene Bilder</translation></message>
<message><source>Pictures seen in training</source><translation>Im Training gesehene Bilder</translation></message>
<message><source>Pixel error on training pictures, × 1e-3</source><translation>Pixelfehler bei Trainingsbildern, × 1e-3</translation></message>
<message><source>Predicts</source><translation>Sagt vorher</translation></message>
<message><source>Recognised from its prompt, against drawings</source><translation>Am Prompt erkannt, gegen Zeichnungen</translation></message>
<message><source>Recognised from its prompt, against its teacher</source><translation>Am Prompt erkannt, gegen den Lehrer</translation></message>
<message><source>Recognised from its prompt, without a style</source><translation>Am Prompt erkannt, ohne Stil</translation></message>
<message><source>Repeats among prompts without a style</source><translation>Wiederholungen bei Prompts ohne Stil</translation></message>
<message><source>Repeats among subjects in a new style</source><translation>Wiederholungen bei Motiven in neuem Stil</translation></message>
<message><source>Repeats of training pictures</source><translation>Wiederholungen von Trainingsbildern</translation></message>
<message><source>Repeats of training pictures, by features</source><translation>Wiederholungen von Trainingsbildern, nach Merkmalen</translation></message>
<message><source>Repeats of training pictures, by pixels</source><translation>Wiederholungen von Trainingsbildern, nach Pixeln</translation></message>
<message><source>Score norms</source><translation>Score-Normen</translation></message>
<message><source>Size</source><translation>Größe</translation></message>
<message><source>Started from the weights of</source><translation>Begonnen mit den Gewichten von</translation></message>
<message><source>Style recognised, against drawings</source><translation>Stil erkannt, gegen Zeichnungen</translation></message>
<message><source>That depends on its licence: {licence}.</source><translation>Das hängt von seiner Lizenz ab: {licence}.</translation></message>
<message><source>Time</source><translation>Zeit</translation></message>
<message><source>Varies with temperature</source><translation>Variiert mit der Temperatur</translation></message>
<message><source>Words not in its training</source><translation>Wörter, die im Training fehlen</translation></message>
<message><source>Yes, according to its web page: {licence}.</source><translation>Ja, laut seiner Webseite: {licence}.</translation></message>
<message><source>Yes, except for the uses that its licence excludes: see {licence}.</source><translation>Ja, außer für die Zwecke, die seine Lizenz ausschließt: siehe {licence}.</translation></message>
<message><source>Yes, with credit if a picture is close to its sources: {authors}.</source><translation>Ja, mit Quellenangabe, wenn ein Bild seinen Quellen nahekommt: {authors}.</translation></message>
<message><source>Yes. Its sources only require that their licences stay with the model.</source><translation>Ja. Seine Quellen verlangen nur, dass ihre Lizenzen beim Modell bleiben.</translation></message>
<message><source>about {size}</source><translation>etwa {size}</translation></message>
<message><source>about {time}, {steps} steps</source><translation>etwa {time}, {steps} Schritte</translation></message>
<message><source>about {time}, {steps} steps, as before</source><translation>etwa {time}, {steps} Schritte, wie zuvor</translation></message>
<message><source>{limit} can be used, and it needs at least {least}. Choose a smaller size.</source><translation>{limit} sind nutzbar, nötig sind mindestens {least}. Eine kleinere Größe wählen.</translation></message>
<message><source>{limit} can be used, so its weights are read from the disk at each step.</source><translation>{limit} sind nutzbar, daher werden seine Gewichte in jedem Schritt von der Platte gelesen.</translation></message>
<message><source>{size} GB</source><translation>{size} GB</translation></message>
<message><source>{size} × {size}, opaque</source><translation>{size} × {size}, deckend</translation></message>
<message><source>{size} × {size}, transparent</source><translation>{size} × {size}, transparent</translation></message>
<message><source>{title} by {author}</source><translation>{title} von {author}</translation></message>
</context>
<context>
<name>compare_facts</name>
<message><source>, transparent</source><translation>, transparent</translation></message>
<message><source>a picture</source><translation>ein Bild</translation></message>
<message><source>none</source><translation>keines</translation></message>
<message><source>step {step} of {seed}</source><translation>Schritt {step} von {seed}</translation></message>
<message><source>{made} of {steps}</source><translation>{made} von {steps}</translation></message>
<message><source>{target}, seed {seed}</source><translation>{target}, Seed {seed}</translation></message>
</context>
<context>
<name>dates</name>
<message><source>MMMM</source><translation>MMMM</translation></message>
<message><source>MMMM yyyy</source><translation>MMMM yyyy</translation></message>
<message><source>d MMM</source><translation>d. MMM</translation></message>
<message><source>d MMM yyyy</source><translation>d. MMM yyyy</translation></message>
<message><source>dddd, d MMMM</source><translation>dddd, d. MMMM</translation></message>
<message><source>dddd, d MMMM yyyy</source><translation>dddd, d. MMMM yyyy</translation></message>
<message><source>dddd, dd MMMM yyyy, HH:mm:ss</source><translation>dddd, d. MMMM yyyy, HH:mm:ss</translation></message>
</context>
<context>
<name>days</name>
<message><source>Today</source><translation>Heute</translation></message>
<message><source>Yesterday</source><translation>Gestern</translation></message>
</context>
<context>
<name>facts</name>
<message><source>Edited</source><translation>Bearbeitet</translation></message>
<message><source>Made with</source><translation>Erstellt mit</translation></message>
<message><source>Model</source><translation>Modell</translation></message>
<message><source>Requested by</source><translation>Angefordert von</translation></message>
<message><source>Settings</source><translation>Einstellungen</translation></message>
<message><source>Size</source><translation>Größe</translation></message>
<message><source>Stopped at step</source><translation>Gestoppt bei Schritt</translation></message>
<message><source>Style</source><translation>Stil</translation></message>
<message><source>Target seed</source><translation>Ziel-Seed</translation></message>
<message><source>a picture</source><translation>ein Bild</translation></message>
<message><source>in another program</source><translation>in einem anderen Programm</translation></message>
<message><source>just now</source><translation>gerade eben</translation></message>
<message><source>none in its file</source><translation>keine in der Datei</translation></message>
<message><source>with a mask</source><translation>mit Maske</translation></message>
<message><source>yesterday</source><translation>gestern</translation></message>
<message><source>{minutes} min ago</source><translation>vor {minutes} min</translation></message>
<message><source>{share} of seed {seed}</source><translation>{share} von Seed {seed}</translation></message>
</context>
<context>
<name>gallery</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n Bild</numerusform>
<numerusform>%n Bilder</numerusform>
</translation></message>
</context>
<context>
<name>picture_files</name>
<message><source>Pictures ({suffixes})</source><translation>Bilder ({suffixes})</translation></message>
</context>
<context>
<name>progress</name>
<message><source>paused</source><translation>pausiert</translation></message>
<message><source>starting…</source><translation>beginnt …</translation></message>
<message><source>{images} of {count} done</source><translation>{images} von {count} fertig</translation></message>
<message><source>{seconds} s</source><translation>{seconds} s</translation></message>
<message><source>{step} of {steps}</source><translation>{step} von {steps}</translation></message>
<message><source>{time} left</source><translation>noch {time}</translation></message>
</context>
<context>
<name>steps</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n Schritt</numerusform>
<numerusform>%n Schritte</numerusform>
</translation></message>
</context>
<context>
<name>system_trash</name>
<message><source>{file} cannot be moved to the trash; delete it yourself, or restore it.</source><translation>{file} kann nicht in den Papierkorb verschoben werden; selbst löschen oder wiederherstellen.</translation></message>
</context>
</TS>
