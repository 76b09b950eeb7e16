<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en_GB">
<context>
<name>About</name>
<message numerus="yes"><source>%n note(s)</source><translation>
<numerusform>%n remarque</numerusform>
<numerusform>%n remarques</numerusform>
</translation></message>
<message><source>Checking…</source><translation>Vérification…</translation></message>
<message><source>Copy report</source><translation>Copier le rapport</translation></message>
<message><source>Copy the report as text</source><translation>Copier le rapport en texte</translation></message>
<message><source>Everything is fine</source><translation>Tout va bien</translation></message>
<message><source>Licences</source><translation>Licences</translation></message>
<message><source>Show the licences of the program and its parts</source><translation>Afficher les licences du programme et de ses composants</translation></message>
<message><source>fine</source><translation>correct</translation></message>
<message><source>worth a look</source><translation>à vérifier</translation></message>
<message><source>wrong</source><translation>erreur</translation></message>
</context>
<context>
<name>Action</name>
<message><source>About this computer</source><translation>À propos de cet ordinateur</translation></message>
<message><source>Actual size</source><translation>Taille réelle</translation></message>
<message><source>Add a copy with the next seeds</source><translation>Ajouter une copie, graines suivantes</translation></message>
<message><source>Add a folder of models…</source><translation>Ajouter un dossier de modèles…</translation></message>
<message><source>Add a picture whose lines, depth or pose the next pictures follow</source><translation>Ajouter une image dont les prochaines suivent les lignes, la profondeur ou la pose</translation></message>
<message><source>Add a tag</source><translation>Ajouter un tag</translation></message>
<message><source>Add folder…</source><translation>Ajouter un dossier…</translation></message>
<message><source>Add model files…</source><translation>Ajouter des fichiers de modèles…</translation></message>
<message><source>Add noise</source><translation>Bruiter</translation></message>
<message><source>Add noise to the picture</source><translation>Ajouter du bruit à l'image</translation></message>
<message><source>Add noise to the picture, or recover its noise</source><translation>Ajouter du bruit à l'image, ou retrouver son bruit</translation></message>
<message><source>Add picture files</source><translation>Ajouter des images</translation></message>
<message><source>Add to a collection</source><translation>Ajouter à une collection</translation></message>
<message><source>Add to the queue</source><translation>Mettre en file</translation></message>
<message><source>Add…</source><translation>Ajouter…</translation></message>
<message><source>Another seed</source><translation>Autre graine</translation></message>
<message><source>Axes</source><translation>Axes</translation></message>
<message><source>Back to the model's defaults</source><translation>Revenir aux valeurs du modèle</translation></message>
<message><source>Branch from here</source><translation>Créer une branche ici</translation></message>
<message><source>Bring back the prompt before this one</source><translation>Rappeler le prompt précédent</translation></message>
<message><source>Canvas colour…</source><translation>Couleur de toile…</translation></message>
<message><source>Change…</source><translation>Modifier…</translation></message>
<message><source>Choose files…</source><translation>Choisir des fichiers…</translation></message>
<message><source>Choose the colour behind transparent pictures</source><translation>Choisir la couleur derrière les images transparentes</translation></message>
<message><source>Choose the two settings of the grid</source><translation>Choisir les deux réglages de la grille</translation></message>
<message><source>Clear</source><translation>Vider</translation></message>
<message><source>Clear the queue</source><translation>Vider la file</translation></message>
<message><source>Code that generates the same pictures with this program</source><translation>Code qui génère les mêmes images avec ce programme</translation></message>
<message><source>Collection…</source><translation>Collection…</translation></message>
<message><source>Compare</source><translation>Comparer</translation></message>
<message><source>Compare picture files</source><translation>Comparer des fichiers d'image</translation></message>
<message><source>Compare picture files…</source><translation>Comparer des fichiers…</translation></message>
<message><source>Compare pictures side by side</source><translation>Comparer des images côte à côte</translation></message>
<message><source>Compare schedulers with the same seed</source><translation>Comparer les planificateurs avec la même graine</translation></message>
<message><source>Compare schedulers…</source><translation>Comparer les planificateurs…</translation></message>
<message><source>Compare something else</source><translation>Comparer autre chose</translation></message>
<message><source>Compare the systems of the literature</source><translation>Comparer les méthodes de la littérature</translation></message>
<message><source>Compare this step with the last one</source><translation>Comparer cette étape avec la dernière</translation></message>
<message><source>Compare with final</source><translation>Comparer à l'image finale</translation></message>
<message><source>Continue with changes</source><translation>Continuer avec modifs</translation></message>
<message><source>Copy</source><translation>Copier</translation></message>
<message><source>Copy credit</source><translation>Copier crédits</translation></message>
<message><source>Copy path</source><translation>Copier le chemin</translation></message>
<message><source>Copy the credit for the training drawings</source><translation>Copier les crédits des dessins d'entraînement</translation></message>
<message><source>Copy the path of the picture's file</source><translation>Copier le chemin du fichier de l'image</translation></message>
<message><source>Copy the picture for other programs</source><translation>Copier l'image pour d'autres programmes</translation></message>
<message><source>Copy this step as shown</source><translation>Copier l'étape affichée</translation></message>
<message><source>Create</source><translation>Créer</translation></message>
<message><source>Dark theme</source><translation>Thème sombre</translation></message>
<message><source>Delete</source><translation>Supprimer</translation></message>
<message><source>Delete and show the next picture; Ctrl+Z brings it back</source><translation>Supprimer et afficher l'image suivante ; Ctrl+Z annule la suppression</translation></message>
<message><source>Delete; Ctrl+Z brings it back</source><translation>Supprimer ; Ctrl+Z annule la suppression</translation></message>
<message><source>Desktop theme</source><translation>Thème du système</translation></message>
<message><source>Detail…</source><translation>Affiner un détail…</translation></message>
<message><source>Does it reproduce?</source><translation>Est-ce reproductible ?</translation></message>
<message><source>Download a model with all its parts, or resume a download</source><translation>Télécharger un modèle avec toutes ses parties, ou reprendre un téléchargement</translation></message>
<message><source>Draw on it</source><translation>Dessiner dessus</translation></message>
<message><source>Draw on the picture, which each stroke generates again</source><translation>Dessiner sur l'image, que chaque trait régénère</translation></message>
<message><source>Draw, and the picture follows each stroke</source><translation>Dessiner ; l'image suit chaque trait</translation></message>
<message><source>Duplicate</source><translation>Dupliquer</translation></message>
<message><source>Earlier prompt</source><translation>Prompt précédent</translation></message>
<message><source>Edit</source><translation>Modifier</translation></message>
<message><source>Edit a folder…</source><translation>Modifier un dossier…</translation></message>
<message><source>Edit all pictures of a folder from one prompt, or upscale them</source><translation>Modifier toutes les images d’un dossier avec un prompt, ou les agrandir</translation></message>
<message><source>Edit its settings; Generate puts it back</source><translation>Modifier ses réglages ; Générer la remet en file</translation></message>
<message><source>Edit picture</source><translation>Modifier l'image</translation></message>
<message><source>Effect of each word</source><translation>Effet de chaque mot</translation></message>
<message><source>Enlarge and refine…</source><translation>Agrandir et affiner…</translation></message>
<message><source>Examples</source><translation>Exemples</translation></message>
<message><source>Explore pictures near this one</source><translation>Explorer les images proches de celle-ci</translation></message>
<message><source>Export set…</source><translation>Exporter série…</translation></message>
<message><source>Export the animation…</source><translation>Exporter l'animation…</translation></message>
<message><source>Export…</source><translation>Exporter…</translation></message>
<message><source>Extend</source><translation>Étendre</translation></message>
<message><source>Extend the picture in a larger frame</source><translation>Étendre l'image dans un cadre plus grand</translation></message>
<message><source>Family</source><translation>Famille</translation></message>
<message><source>Family tree</source><translation>Généalogie</translation></message>
<message><source>Fast</source><translation>Rapide</translation></message>
<message><source>Favourite</source><translation>Favori</translation></message>
<message><source>Find any action by name</source><translation>Trouver une action par son nom</translation></message>
<message><source>Find similar</source><translation>Trouver similaires</translation></message>
<message><source>First step</source><translation>Première étape</translation></message>
<message><source>Fit</source><translation>Ajuster</translation></message>
<message><source>Fit the picture in the window</source><translation>Ajuster l'image à la fenêtre</translation></message>
<message><source>Fit the pictures in their places</source><translation>Ajuster les images à leurs emplacements</translation></message>
<message><source>Fix</source><translation>Corriger</translation></message>
<message><source>Follow a picture…</source><translation>Suivre une image…</translation></message>
<message><source>Free memory</source><translation>Libérer la mémoire</translation></message>
<message><source>Gallery</source><translation>Galerie</translation></message>
<message><source>Generate</source><translation>Générer</translation></message>
<message><source>Generate it again from its file and compare</source><translation>La régénérer à partir de son fichier et comparer</translation></message>
<message><source>Generate what a word describes again at full size, such as a face</source><translation>Régénère en pleine taille ce qu'un mot décrit, par exemple un visage</translation></message>
<message><source>Get a model…</source><translation>Obtenir un modèle…</translation></message>
<message><source>Give back all memory of the models, also on the GPU</source><translation>Rendre toute la mémoire des modèles, aussi sur le GPU</translation></message>
<message><source>Go to</source><translation>Aller à</translation></message>
<message><source>Grid over two settings…</source><translation>Grille de deux réglages…</translation></message>
<message><source>Here</source><translation>Ici</translation></message>
<message><source>Hide or show the side panels; Tab works after a click on the canvas</source><translation>Masquer ou afficher les volets latéraux ; Tab fonctionne après un clic sur la toile</translation></message>
<message><source>Keep</source><translation>Garder</translation></message>
<message><source>Keep as picture</source><translation>Garder comme image</translation></message>
<message><source>Keep or delete pictures one by one: the selected ones, or all that are listed</source><translation>Garder ou supprimer les images une par une : les sélectionnées, ou toutes celles de la liste</translation></message>
<message><source>Keep the selected while others are made again</source><translation>Garder la sélection quand d’autres sont refaites</translation></message>
<message><source>Keyboard shortcuts</source><translation>Raccourcis clavier</translation></message>
<message><source>Larger brush</source><translation>Pinceau plus grand</translation></message>
<message><source>Larger pictures</source><translation>Images plus grandes</translation></message>
<message><source>Learn</source><translation>Apprendre</translation></message>
<message><source>Leave the branch</source><translation>Quitter la branche</translation></message>
<message><source>Leave the branch; pictures start from noise again</source><translation>Quitter la branche ; les images repartent du bruit</translation></message>
<message><source>Light theme</source><translation>Thème clair</translation></message>
<message><source>Live</source><translation>Direct</translation></message>
<message><source>Lock</source><translation>Verrouiller</translation></message>
<message><source>Make a set of pictures in one style from a list</source><translation>Créer une série d'images dans un même style à partir d'une liste</translation></message>
<message><source>Make all waiting pictures on the cluster of the settings</source><translation>Générer toutes les images en attente sur le cluster des réglages</translation></message>
<message><source>Make similar pictures</source><translation>Créer des images similaires</translation></message>
<message><source>Make the picture</source><translation>Créer l'image</translation></message>
<message><source>Make the remaining steps</source><translation>Calculer les étapes restantes</translation></message>
<message><source>Make the remaining steps with {changes}</source><translation>Calculer les étapes restantes avec {changes}</translation></message>
<message><source>Make the selected again, or all that are not locked</source><translation>Refaire la sélection, ou toutes celles qui ne sont pas verrouillées</translation></message>
<message><source>Mark as a favourite and show the next picture</source><translation>Marquer comme favorite et afficher l'image suivante</translation></message>
<message><source>Mark the focused picture, or that in the centre, as a favourite</source><translation>Marquer l'image sélectionnée, ou celle du centre, comme favorite</translation></message>
<message><source>Mark the picture shown as a favourite</source><translation>Marquer l'image affichée comme favorite</translation></message>
<message><source>Mask</source><translation>Masque</translation></message>
<message><source>Models</source><translation>Modèles</translation></message>
<message><source>Move the keyboard focus to the picture, the list, the top bar and back</source><translation>Déplacer le focus du clavier vers l'image, la liste, la barre du haut, puis revenir</translation></message>
<message><source>New set</source><translation>Nouvelle série</translation></message>
<message><source>Newest step</source><translation>Dernière étape</translation></message>
<message><source>Next</source><translation>Suivante</translation></message>
<message><source>Next part of the page</source><translation>Partie suivante de la page</translation></message>
<message><source>Next step</source><translation>Étape suivante</translation></message>
<message><source>Next view</source><translation>Vue suivante</translation></message>
<message><source>Noise</source><translation>Bruit</translation></message>
<message><source>One file with the pictures and their settings, without links</source><translation>Un seul fichier avec les images et leurs réglages, sans liens</translation></message>
<message><source>Open as set</source><translation>Ouvrir comme série</translation></message>
<message><source>Open folder</source><translation>Ouvrir dossier</translation></message>
<message><source>Open its folder</source><translation>Ouvrir son dossier</translation></message>
<message><source>Open or close the queue</source><translation>Ouvrir ou fermer la file d'attente</translation></message>
<message><source>Open or close the stack</source><translation>Ouvrir ou fermer la pile</translation></message>
<message><source>Paint the part to regenerate</source><translation>Peindre la partie à régénérer</translation></message>
<message><source>Paste a picture</source><translation>Coller une image</translation></message>
<message><source>Pause</source><translation>Pause</translation></message>
<message><source>Pause or resume</source><translation>Pause ou reprise</translation></message>
<message><source>Pause or resume the queue</source><translation>Pause ou reprise de la file</translation></message>
<message><source>Pause or resume this one</source><translation>Pause ou reprise de celle-ci</translation></message>
<message><source>Pictures between two seeds or prompts</source><translation>Images entre deux graines ou prompts</translation></message>
<message><source>Play the steps</source><translation>Lire les étapes</translation></message>
<message><source>Present the steps</source><translation>Présenter les étapes</translation></message>
<message><source>Preset</source><translation>Préréglage</translation></message>
<message><source>Presets…</source><translation>Préréglages…</translation></message>
<message><source>Previous part of the page</source><translation>Partie précédente de la page</translation></message>
<message><source>Previous step</source><translation>Étape précédente</translation></message>
<message><source>Previous view</source><translation>Vue précédente</translation></message>
<message><source>Queue</source><translation>File d'attente</translation></message>
<message><source>Quit</source><translation>Quitter</translation></message>
<message><source>Recover noise</source><translation>Retrouver le bruit</translation></message>
<message><source>Recover the noise that leads to this picture, for other words in the same layout</source><translation>Retrouver le bruit qui mène à cette image, pour d'autres mots dans la même composition</translation></message>
<message><source>Redo</source><translation>Rétablir</translation></message>
<message><source>Reject</source><translation>Rejeter</translation></message>
<message><source>Remove</source><translation>Retirer</translation></message>
<message><source>Remove all waiting pictures; Undo brings them back</source><translation>Retirer toutes les images en attente ; Annuler les rétablit</translation></message>
<message><source>Remove from favourites</source><translation>Retirer des favoris</translation></message>
<message><source>Remove it from the queue</source><translation>Retirer de la file d'attente</translation></message>
<message><source>Remove the selected from the set</source><translation>Retirer la sélection de la série</translation></message>
<message><source>Repeat</source><translation>Répéter</translation></message>
<message><source>Repeat what was undone</source><translation>Rétablir ce qui a été annulé</translation></message>
<message><source>Repeat with the next seeds until stopped</source><translation>Répéter avec les graines suivantes jusqu'à l'arrêt</translation></message>
<message><source>Resume</source><translation>Reprendre</translation></message>
<message><source>Reverse the order</source><translation>Inverser l'ordre</translation></message>
<message><source>Review</source><translation>Passer en revue</translation></message>
<message><source>Run the queue on a cluster</source><translation>Lancer la file sur un cluster</translation></message>
<message><source>Save</source><translation>Enregistrer</translation></message>
<message><source>Save animation…</source><translation>Enregistrer l'animation…</translation></message>
<message><source>Save as WebP, GIF or MP4</source><translation>Enregistrer en WebP, GIF ou MP4</translation></message>
<message><source>Save as picture</source><translation>Enregistrer l'image</translation></message>
<message><source>Save larger, as SVG or as icons</source><translation>Enregistrer en plus grand, en SVG ou en icônes</translation></message>
<message><source>Save the comparison as a notebook</source><translation>Enregistrer la comparaison en notebook</translation></message>
<message><source>Save the comparison as a web page</source><translation>Enregistrer la comparaison en page web</translation></message>
<message><source>Save the comparison as one labelled picture</source><translation>Enregistrer la comparaison en une seule image légendée</translation></message>
<message><source>Save the picture as it is now</source><translation>Enregistrer l'image dans son état actuel</translation></message>
<message><source>Save the prediction of this step in the gallery</source><translation>Enregistrer la prédiction de cette étape dans la galerie</translation></message>
<message><source>Save the settings under a name, or use saved ones</source><translation>Enregistrer les réglages sous un nom, ou en utiliser d'enregistrés</translation></message>
<message><source>Save the sheet as one labelled picture</source><translation>Enregistrer la planche en une seule image légendée</translation></message>
<message><source>Save the steps as an animation</source><translation>Enregistrer les étapes en animation</translation></message>
<message><source>Search actions</source><translation>Chercher une action</translation></message>
<message><source>Search field</source><translation>Champ de recherche</translation></message>
<message><source>Set</source><translation>Série</translation></message>
<message><source>Setting</source><translation>Réglage</translation></message>
<message><source>Settings</source><translation>Réglages</translation></message>
<message><source>Show all pictures of this stack, or only the newest</source><translation>Afficher toutes les images de cette pile, ou seulement la plus récente</translation></message>
<message><source>Show eight others at this distance</source><translation>En afficher huit autres à cette distance</translation></message>
<message><source>Show example prompts</source><translation>Afficher des exemples</translation></message>
<message><source>Show file settings</source><translation>Voir les réglages lus</translation></message>
<message><source>Show its branches and its parents</source><translation>Afficher ses branches et ses parents</translation></message>
<message><source>Show near-identical pictures that follow each other as one</source><translation>Afficher en une seule les images quasi identiques qui se suivent</translation></message>
<message><source>Show pictures like this one, by their prompts and their looks</source><translation>Afficher les images proches de celle-ci, par leurs prompts et leur aspect</translation></message>
<message><source>Show the formula of this step, its noise levels and its code</source><translation>Afficher la formule de cette étape, ses niveaux de bruit et son code</translation></message>
<message><source>Show the grid</source><translation>Afficher la grille</translation></message>
<message><source>Show the next picture</source><translation>Afficher l'image suivante</translation></message>
<message><source>Show the noisy and the predicted picture in full screen</source><translation>Afficher l'image bruitée et l'image prédite en plein écran</translation></message>
<message><source>Show the pictures of a folder without copying them</source><translation>Afficher les images d’un dossier sans les copier</translation></message>
<message><source>Show this set in the gallery</source><translation>Afficher cette série dans la galerie</translation></message>
<message><source>Show which of its settings are used, ignored or unknown</source><translation>Indiquer lesquels de ses réglages sont utilisés, ignorés ou inconnus</translation></message>
<message><source>Shuffle</source><translation>Mélanger</translation></message>
<message><source>Side panels</source><translation>Volets latéraux</translation></message>
<message><source>Sketch</source><translation>Croquis</translation></message>
<message><source>Smaller brush</source><translation>Pinceau plus petit</translation></message>
<message><source>Smaller pictures</source><translation>Images plus petites</translation></message>
<message><source>Stacks</source><translation>Piles</translation></message>
<message><source>Start from a picture…</source><translation>Partir d'une image…</translation></message>
<message><source>Start from the picture on the clipboard</source><translation>Partir de l'image du presse-papiers</translation></message>
<message><source>Start from the picture, repaint a part or a detail of it, or extend it</source><translation>Partir de l'image, en repeindre une partie ou un détail, ou l'étendre</translation></message>
<message><source>Start from this</source><translation>Partir de celle-ci</translation></message>
<message><source>Start the next pictures from this one</source><translation>Faire partir les prochaines images de celle-ci</translation></message>
<message><source>Start the next pictures from this step</source><translation>Faire partir les prochaines images de cette étape</translation></message>
<message><source>Start with an empty sheet; this set stays in the gallery</source><translation>Commencer avec une planche vide ; cette série reste dans la galerie</translation></message>
<message><source>Steps</source><translation>Étapes</translation></message>
<message><source>Stop</source><translation>Arrêter</translation></message>
<message><source>Stop all running jobs</source><translation>Arrêter toutes les tâches</translation></message>
<message><source>Stop playing</source><translation>Arrêter la lecture</translation></message>
<message><source>Stop what is running after this step</source><translation>Arrêter la génération après cette étape</translation></message>
<message><source>Swap</source><translation>Permuter</translation></message>
<message><source>Tag</source><translation>Taguer</translation></message>
<message><source>Teach a model from your own pictures</source><translation>Entraîner un modèle sur ses propres images</translation></message>
<message><source>This step, in numbers</source><translation>Cette étape en chiffres</translation></message>
<message><source>Toggle full screen</source><translation>Plein écran</translation></message>
<message><source>Train</source><translation>Entraîner</translation></message>
<message><source>Try again</source><translation>Réessayer</translation></message>
<message><source>Try again with settings that work</source><translation>Réessayer avec des réglages qui fonctionnent</translation></message>
<message><source>Undo</source><translation>Annuler</translation></message>
<message><source>Undo the last action</source><translation>Annuler la dernière action</translation></message>
<message><source>Update the picture as you change the prompt and sliders</source><translation>Actualiser l'image à mesure que le prompt et les curseurs changent</translation></message>
<message><source>Upscale the picture, and let the model refine it in tiles</source><translation>Agrandir l'image, puis la faire affiner par le modèle, tuile par tuile</translation></message>
<message><source>Use</source><translation>Utiliser</translation></message>
<message><source>Use a faster version of this model with few steps</source><translation>Utiliser une version plus rapide de ce modèle, en peu d'étapes</translation></message>
<message><source>Use all settings of this picture</source><translation>Utiliser tous les réglages de cette image</translation></message>
<message><source>Use model files where they are, without copying them</source><translation>Utiliser des fichiers de modèles là où ils sont, sans les copier</translation></message>
<message><source>Use settings</source><translation>Appliquer</translation></message>
<message><source>Use the models of another program without copying them</source><translation>Utiliser les modèles d'un autre programme sans les copier</translation></message>
<message><source>Use the settings of the picture shown</source><translation>Reprendre les réglages de l'image affichée</translation></message>
<message><source>Vary</source><translation>Varier</translation></message>
<message><source>Vary the picture</source><translation>Varier l'image</translation></message>
<message><source>Watch samplers on points in the plane</source><translation>Observer les échantillonneurs sur des points du plan</translation></message>
<message><source>Write a folder with its icons for an app or a website</source><translation>Écrire un dossier d’icônes pour une application ou un site web</translation></message>
<message><source>Write something else for the selected in the list</source><translation>Écrire autre chose dans la liste pour la sélection</translation></message>
<message><source>adetailer segment face hands fix restore refine inpaint</source><translation>visage mains réparer affiner adetailer segment face hands fix restore refine inpaint</translation></message>
<message><source>again repeat</source><translation>refaire répéter</translation></message>
<message><source>album folder group set</source><translation>album dossier groupe ensemble album folder group set</translation></message>
<message><source>animate preview animation timelapse stop</source><translation>animer aperçu animation accéléré arrêter animate preview animation timelapse stop</translation></message>
<message><source>at once parallel vram memory together</source><translation>à la fois parallèle vram mémoire ensemble at once parallel vram memory together</translation></message>
<message><source>attention maps cross-attention heatmap daam tokens words</source><translation>cartes d'attention attention croisée carte thermique daam tokens mots attention maps cross-attention heatmap daam tokens words</translation></message>
<message><source>background ground checkerboard transparency dark light</source><translation>fond arrière-plan damier transparence sombre clair background ground checkerboard transparency dark light</translation></message>
<message><source>batch count batch size images amount how many number</source><translation>nombre de lots taille de lot images quantité combien nombre batch count batch size images amount how many number</translation></message>
<message><source>batch directory process inpaint upscale many</source><translation>batch lot répertoire plusieurs inpaint upscale</translation></message>
<message><source>browser images outputs history</source><translation>navigateur images sorties historique browser images outputs history</translation></message>
<message><source>cancel abort interrupt</source><translation>annuler abandonner interrompre cancel abort interrupt</translation></message>
<message><source>cancel all empty</source><translation>tout annuler vider cancel all empty</translation></message>
<message><source>cfg rescale</source><translation>rééchelonnage cfg cfg rescale</translation></message>
<message><source>cfg scale classifier free guidance scale strictness adherence</source><translation>échelle cfg guidance sans classificateur fidélité rigueur cfg scale classifier free guidance scale strictness adherence</translation></message>
<message><source>checkpoint ckpt weights safetensors unet</source><translation>point de contrôle poids checkpoint ckpt weights safetensors unet</translation></message>
<message><source>checkpoints ckpt lora weights safetensors load install</source><translation>points de contrôle poids charger installer checkpoints ckpt lora weights safetensors load install</translation></message>
<message><source>clear empty</source><translation>vider vide nouveau</translation></message>
<message><source>clip stop at last layers</source><translation>saut de clip dernières couches clip stop at last layers</translation></message>
<message><source>clipboard</source><translation>presse-papiers clipboard</translation></message>
<message><source>clipboard file name location folder</source><translation>presse-papiers fichier nom emplacement dossier clipboard file name location folder</translation></message>
<message><source>command palette commands</source><translation>palette de commandes commandes command palette commands</translation></message>
<message><source>controlnet control net t2i adapter canny depth pose scribble reference ip-adapter lines image prompt style</source><translation>controlnet t2i adapter scribble contrôle canny profondeur depth pose référence ip-adapter lignes image prompt style</translation></message>
<message><source>creativity variety diversity</source><translation>créativité variété diversité creativity variety diversity</translation></message>
<message><source>cull culling sort rate pick reject slideshow</source><translation>tri trier noter choisir rejeter éliminer diaporama cull culling sort rate pick reject slideshow</translation></message>
<message><source>day mode appearance</source><translation>mode jour claire apparence day mode appearance</translation></message>
<message><source>doctor system info diagnostics health version report gpu memory</source><translation>diagnostic système infos santé version rapport gpu mémoire doctor system info diagnostics health version report gpu memory</translation></message>
<message><source>download hugging face hub url internet flux sdxl install</source><translation>télécharger hugging face hub url internet flux sdxl installer</translation></message>
<message><source>exclude avoid unwanted without uncond</source><translation>exclure éviter indésirable sans exclude avoid unwanted without uncond</translation></message>
<message><source>exit close</source><translation>quitter fermer exit close</translation></message>
<message><source>export</source><translation>exporter export</translation></message>
<message><source>export html take home</source><translation>exporter html emporter export html take home</translation></message>
<message><source>export ipynb jupyter python take home</source><translation>exporter ipynb jupyter python emporter export ipynb jupyter python take home</translation></message>
<message><source>film gif mp4 video webp movie</source><translation>film gif mp4 vidéo webp film gif mp4 video webp movie</translation></message>
<message><source>find filter</source><translation>trouver filtrer rechercher find filter</translation></message>
<message><source>fixed noise number</source><translation>bruit fixe nombre fixed noise number</translation></message>
<message><source>fork</source><translation>bifurcation fourche fork</translation></message>
<message><source>formula alpha sigma eta code python norms mathematics</source><translation>formule alpha sigma eta code python normes mathématiques formula alpha sigma eta code python norms mathematics</translation></message>
<message><source>fp16 fp32 bf16 half float dtype</source><translation>fp16 fp32 bf16 demi-précision flottant type half float dtype</translation></message>
<message><source>fullscreen maximise maximize window</source><translation>plein écran agrandir fenêtre fullscreen maximise maximize window</translation></message>
<message><source>gpu cuda cpu mps hardware</source><translation>gpu cuda cpu mps matériel carte graphique hardware</translation></message>
<message><source>group collapse expand unstack</source><translation>groupe réduire déplier dépiler group collapse expand unstack</translation></message>
<message><source>group duplicates collapse expand series burst</source><translation>groupe doublons réduire déplier série rafale group duplicates collapse expand series burst</translation></message>
<message><source>help hotkeys keys manual documentation</source><translation>aide raccourcis touches manuel documentation help hotkeys keys manual documentation</translation></message>
<message><source>hires fix denoising strength</source><translation>force de débruitage haute résolution hires fix denoising strength</translation></message>
<message><source>hires fix upscale by</source><translation>agrandissement haute résolution hires fix upscale by</translation></message>
<message><source>history last previous recall</source><translation>historique dernier précédent rappeler</translation></message>
<message><source>ideas inspiration templates sample</source><translation>idées inspiration modèles exemple ideas inspiration templates sample</translation></message>
<message><source>img2img clipboard image</source><translation>presse-papiers img2img clipboard image</translation></message>
<message><source>img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</source><translation>image vers image charger importer image initiale masque croquis retouche img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</translation></message>
<message><source>img2img image to image i2i init send to</source><translation>image vers image envoyer vers img2img image to image i2i init send to</translation></message>
<message><source>import browse open images output directory path</source><translation>importer parcourir ouvrir images sortie répertoire chemin import browse open images output directory path</translation></message>
<message><source>import comfyui a1111 forge directory path checkpoints loras</source><translation>importer comfyui a1111 forge répertoire chemin checkpoints loras</translation></message>
<message><source>import load install open checkpoints lora vae safetensors gguf</source><translation>importer charger installer ouvrir checkpoints lora vae safetensors gguf</translation></message>
<message><source>inpaint inpainting brush edit part retouch</source><translation>pinceau retouche modifier une partie inpaint inpainting brush edit part retouch</translation></message>
<message><source>interpolate interpolation morph blend travel slerp</source><translation>interpoler interpolation morphing fondu trajet interpolate interpolation morph blend travel slerp</translation></message>
<message><source>interrupt cancel abort skip</source><translation>interrompre annuler abandonner passer interrupt cancel abort skip</translation></message>
<message><source>invert inversion ddim reverse</source><translation>inverser inversion ddim retour invert inversion ddim reverse</translation></message>
<message><source>jobs list enqueue pending history</source><translation>tâches liste en attente historique jobs list enqueue pending history</translation></message>
<message><source>lab plane toy points score course lesson</source><translation>laboratoire plan jouet points score cours leçon lab plane toy points score course lesson</translation></message>
<message><source>label keyword</source><translation>étiquette mot-clé label keyword</translation></message>
<message><source>like this related duplicates alike meaning semantic</source><translation>comme celle-ci proches doublons semblables sens sémantique like this related duplicates alike meaning semantic</translation></message>
<message><source>look preset artist lora</source><translation>apparence préréglage artiste lora look preset artist lora</translation></message>
<message><source>lora finetune fine-tune dreambooth own style dataset</source><translation>lora affinage réglage fin dreambooth style personnel jeu de données lora finetune fine-tune dreambooth own style dataset</translation></message>
<message><source>metadata png info pnginfo parameters exif workflow read</source><translation>métadonnées png info paramètres exif lire metadata png info pnginfo parameters exif workflow read</translation></message>
<message><source>night mode appearance</source><translation>mode nuit foncé apparence night mode appearance</translation></message>
<message><source>noising forward diffuse denoise</source><translation>bruitage direct diffuser débruiter noising forward diffuse denoise</translation></message>
<message><source>outpaint outpainting uncrop expand canvas</source><translation>outpainting agrandir prolonger cadre toile outpaint outpainting uncrop expand canvas</translation></message>
<message><source>paint painting canvas scribble doodle live realtime</source><translation>peindre peinture toile gribouiller temps réel</translation></message>
<message><source>pane panel switch cycle focus region</source><translation>volet panneau changer focus zone</translation></message>
<message><source>parents children history tree lineage</source><translation>parents enfants historique arbre filiation parents children history tree lineage</translation></message>
<message><source>positive text description caption variants dynamic wildcards</source><translation>positif texte description légende variantes jokers dynamiques positive text description caption variants dynamic wildcards</translation></message>
<message><source>preferences options configuration config</source><translation>préférences options configuration paramètres preferences options configuration config</translation></message>
<message><source>presentation fullscreen slideshow lecture teach beamer projector</source><translation>présentation plein écran diaporama cours projecteur presentation fullscreen slideshow lecture teach beamer projector</translation></message>
<message><source>prompts from file series icons batches</source><translation>prompts depuis un fichier séries icônes lots prompts from file series icons batches</translation></message>
<message><source>random randomize randomise dice roll reroll</source><translation>aléatoire hasard dé relancer random randomize randomise dice roll reroll</translation></message>
<message><source>ray nodes machines distribute remote</source><translation>ray nœuds machines répartir distant ray nodes machines distribute remote</translation></message>
<message><source>realtime real time interactive auto</source><translation>temps réel interactif automatique realtime real time interactive auto</translation></message>
<message><source>redraw regenerate retry again</source><translation>redessiner régénérer réessayer encore</translation></message>
<message><source>refiner switch at</source><translation>passage à l'affineur refiner switch at</translation></message>
<message><source>reset clear restore settings</source><translation>réinitialiser effacer restaurer réglages reset clear restore settings</translation></message>
<message><source>resume continue hold</source><translation>reprendre continuer suspendre resume continue hold</translation></message>
<message><source>run create draw render invoke imagine txt2img text2image go</source><translation>lancer créer dessiner rendre imaginer run create draw render invoke imagine txt2img text2image go</translation></message>
<message><source>sampler sampling method solver ksampler</source><translation>échantillonneur méthode d'échantillonnage solveur sampler sampling method solver ksampler</translation></message>
<message><source>samplers</source><translation>échantillonneurs samplers</translation></message>
<message><source>sampling steps iterations quality</source><translation>étapes d'échantillonnage itérations qualité sampling steps iterations quality</translation></message>
<message><source>save image intermediate</source><translation>enregistrer image intermédiaire save image intermediate</translation></message>
<message><source>save svg png ico icns sprite assets developer palette colours</source><translation>enregistrer svg png ico icns sprite ressources développeur palette couleurs</translation></message>
<message><source>schedule type scheduler sigmas timesteps noise schedule karras</source><translation>type de planification sigmas pas de temps planification du bruit schedule type scheduler sigmas timesteps noise schedule karras</translation></message>
<message><source>send to txt2img recall remix load parameters workflow</source><translation>envoyer vers txt2img rappeler charger paramètres send to txt2img recall remix load parameters workflow</translation></message>
<message><source>side by side difference ab</source><translation>côte à côte différence ab side by side difference ab</translation></message>
<message><source>sketch paint over overpaint canvas</source><translation>croquis peindre retoucher toile</translation></message>
<message><source>star like heart bookmark</source><translation>étoile aimer cœur signet star like heart bookmark</translation></message>
<message><source>strength denoise denoising strength</source><translation>force débruitage force de débruitage strength denoise denoising strength</translation></message>
<message><source>styles template favourite settings store load save profile</source><translation>styles gabarit favori réglages enregistrer charger profil styles template favourite settings store load save profile</translation></message>
<message><source>swap replace rename edit</source><translation>échanger remplacer renommer modifier</translation></message>
<message><source>system auto appearance</source><translation>système auto apparence system auto appearance</translation></message>
<message><source>take back revert restore</source><translation>revenir en arrière défaire restaurer take back revert restore</translation></message>
<message><source>tiled diffusion multidiffusion tiles large upscale 4k</source><translation>tiled diffusion multidiffusion tuiles grand agrandir 4k</translation></message>
<message><source>toggle sidebar focus mode zen distraction</source><translation>barre latérale concentration mode zen distraction toggle sidebar focus mode zen distraction</translation></message>
<message><source>trash bin remove discard</source><translation>corbeille effacer retirer jeter trash bin remove discard</translation></message>
<message><source>trash delete</source><translation>corbeille supprimer trash delete</translation></message>
<message><source>turbo lightning lcm distilled speed</source><translation>turbo lightning lcm distillé vitesse turbo lightning lcm distilled speed</translation></message>
<message><source>unload models vram gpu ram release engine restart</source><translation>décharger modèles vram gpu ram libérer moteur redémarrer</translation></message>
<message><source>unlock pin freeze</source><translation>déverrouiller épingler figer</translation></message>
<message><source>upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</source><translation>agrandir redimensionner télécharger enregistrer super-résolution transparent upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</translation></message>
<message><source>upscale super resolution large 4k tiled diffusion multidiffusion ultimate</source><translation>agrandissement super-résolution grand 4k tiled diffusion multidiffusion ultimate tuiles</translation></message>
<message><source>variations variation subseed explore similar</source><translation>variations variation sous-graine explorer semblable variations variation subseed explore similar</translation></message>
<message><source>verify same check again</source><translation>vérifier identique contrôler encore verify same check again</translation></message>
<message><source>width height resolution dimensions aspect ratio</source><translation>largeur hauteur résolution dimensions proportions format width height resolution dimensions aspect ratio</translation></message>
<message><source>xyz plot xy matrix x/y/z prompt matrix</source><translation>matrice xyz graphique xy matrice de prompts xyz plot xy matrix x/y/z prompt matrix</translation></message>
<message><source>zoom whole</source><translation>zoom entière zoom whole</translation></message>
</context>
<context>
<name>Application</name>
<message><source>Opening pictures from outside does not work</source><translation>L'ouverture d'images depuis l'extérieur ne fonctionne pas</translation></message>
</context>
<context>
<name>AxisEdit</name>
<message><source>None</source><translation>Aucun</translation></message>
<message><source>Setting {direction}</source><translation>Réglage {direction}</translation></message>
<message><source>Such as {example}</source><translation>Par exemple {example}</translation></message>
<message><source>The setting that the grid varies {direction}</source><translation>Le réglage que la grille fait varier {direction}</translation></message>
<message><source>Tick the values to compare</source><translation>Cocher les valeurs à comparer</translation></message>
<message><source>Values {direction}</source><translation>Valeurs {direction}</translation></message>
<message><source>{example}; the others replace the first, which is in the prompt</source><translation>{example} ; les autres remplacent le premier, qui est dans le prompt</translation></message>
</context>
<context>
<name>Backlog</name>
<message><source>{error} The run continues, but would be lost in a crash.</source><translation>{error} La génération continue, mais serait perdue en cas de plantage.</translation></message>
</context>
<context>
<name>BoardCollection</name>
<message><source>in the gallery as “{name}”</source><translation>dans la galerie, « {name} »</translation></message>
</context>
<context>
<name>BoardHeader</name>
<message><source>Back to the picture; jobs continue</source><translation>Revenir à l'image ; les tâches continuent</translation></message>
</context>
<context>
<name>BoardRunner</name>
<message><source>waits for the run</source><translation>attend la génération</translation></message>
<message><source>waits until a picture can be saved</source><translation>attend qu'une image puisse être enregistrée</translation></message>
<message><source>waits while the run is paused</source><translation>attend, génération en pause</translation></message>
<message><source>{finished} of {total}</source><translation>{finished} sur {total}</translation></message>
</context>
<context>
<name>BoardView</name>
<message><source>Make the missing pictures on the cluster of the settings</source><translation>Faire les images manquantes sur le cluster des réglages</translation></message>
<message><source>Run on a cluster</source><translation>Lancer sur cluster</translation></message>
<message><source>Wait until the pictures are made, or stop making them.</source><translation>Attendez que les images soient faites, ou arrêtez.</translation></message>
</context>
<context>
<name>Boards</name>
<message><source>Leave the set with {keys} first.</source><translation>Quitter d'abord la série avec {keys}.</translation></message>
<message><source>Started from noise, without the branch</source><translation>Parti du bruit, sans la branche</translation></message>
<message><source>The picture may look different from its branch.</source><translation>L'image peut différer de sa branche.</translation></message>
<message><source>{model} is not installed</source><translation>{model} n'est pas installé</translation></message>
<message><source>{model} is used instead.</source><translation>{model} est utilisé à la place.</translation></message>
</context>
<context>
<name>BranchController</name>
<message><source>A branch shares this with its picture; press × below to leave the branch and change it</source><translation>Une branche partage ceci avec son image ; appuyer sur × ci-dessous pour quitter la branche et le changer</translation></message>
<message><source>Branch from step {step} of {subject}</source><translation>Branche à l'étape {step} de {subject}</translation></message>
<message><source>Change a setting for another one, or leave the branch with ×.</source><translation>Changer un réglage pour en faire une autre, ou quitter la branche avec ×.</translation></message>
<message><source>Changed</source><translation>Modifications</translation></message>
<message><source>Continue from step {step} with the settings above</source><translation>Continuer depuis l'étape {step} avec les réglages ci-dessus</translation></message>
<message><source>Continues step {step} of {subject}</source><translation>Continue l'étape {step} de {subject}</translation></message>
<message><source>Generate branch</source><translation>Générer la branche</translation></message>
<message><source>Nothing is changed yet</source><translation>Rien n'a encore changé</translation></message>
<message numerus="yes"><source>Only %n step(s) left: the picture will hardly change</source><translation>
<numerusform>Plus que %n étape : l'image changera à peine</numerusform>
<numerusform>Plus que %n étapes : l'image changera à peine</numerusform>
</translation></message>
<message><source>Put {model} into the models folder to branch from it.</source><translation>Placer {model} dans le dossier des modèles pour créer une branche.</translation></message>
<message><source>The branch would be the same picture. Change a setting, or leave the branch with ×.</source><translation>La branche donnerait la même image. Changer un réglage, ou quitter la branche avec ×.</translation></message>
<message><source>The model of this picture is missing</source><translation>Le modèle de cette image est absent</translation></message>
<message><source>This branch is made already</source><translation>Cette branche est déjà faite</translation></message>
<message><source>This branch is queued already</source><translation>Cette branche est déjà dans la file</translation></message>
<message><source>a picture without a prompt</source><translation>une image sans prompt</translation></message>
</context>
<context>
<name>Canvas</name>
<message><source>Picture</source><translation>Image</translation></message>
<message><source>{width} by {height} pixels</source><translation>{width} sur {height} pixels</translation></message>
</context>
<context>
<name>CanvasBar</name>
<message><source>Continue</source><translation>Continuer</translation></message>
<message><source>Fit</source><translation>Ajuster</translation></message>
<message><source>Pause</source><translation>Pause</translation></message>
<message><source>Pause after this step</source><translation>Pause après cette étape</translation></message>
<message><source>Show all views: noise, difference, both</source><translation>Montrer toutes les vues : bruit, différence, les deux</translation></message>
<message><source>Show only the current view</source><translation>Montrer seulement la vue actuelle</translation></message>
<message><source>Toolbar of the picture</source><translation>Barre d'outils de l'image</translation></message>
<message><source>View mode</source><translation>Mode de vue</translation></message>
<message><source>Words</source><translation>Mots</translation></message>
</context>
<context>
<name>CanvasColourButton</name>
<message><source>Custom colour…</source><translation>Couleur libre…</translation></message>
</context>
<context>
<name>CanvasPanel</name>
<message><source>Paused</source><translation>En pause</translation></message>
<message><source>Picture area</source><translation>Zone de l'image</translation></message>
<message><source>Step {number}</source><translation>Étape {number}</translation></message>
<message><source>at step {number} of {steps}</source><translation>à l'étape {number} sur {steps}</translation></message>
<message><source>of {steps}</source><translation>sur {steps}</translation></message>
<message><source>{milliseconds} ms a step</source><translation>{milliseconds} ms par étape</translation></message>
</context>
<context>
<name>Capabilities</name>
<message><source>All {count} have the hashes they were installed with.</source><translation>Les {count} ont la même empreinte qu'à l'installation.</translation></message>
<message><source>Allowed. While a model that you chose is downloaded, a separate process connects to huggingface.co or to the address that you entered.</source><translation>Autorisé. Pendant le téléchargement d'un modèle que vous avez choisi, un processus à part se connecte à huggingface.co ou à l'adresse que vous avez saisie.</translation></message>
<message><source>Downloads</source><translation>Téléchargements</translation></message>
<message><source>Files that differ from what was installed: {different}. Reinstall the program.</source><translation>Fichiers différents de ceux qui ont été installés : {different}. Réinstaller le programme.</translation></message>
<message><source>Model files</source><translation>Fichiers de modèle</translation></message>
<message><source>Network</source><translation>Réseau</translation></message>
<message><source>None. The program runs its own code and that of its listed packages.</source><translation>Aucun. Le programme n'exécute que son propre code et celui de ses paquets déclarés.</translation></message>
<message><source>Not used. The program opens no connection unless you add other computers, start its server or download a model.</source><translation>Non utilisé. Le programme n'ouvre aucune connexion, sauf si vous ajoutez d'autres ordinateurs, démarrez son serveur ou téléchargez un modèle.</translation></message>
<message><source>Off. No model is downloaded.</source><translation>Désactivé. Aucun modèle n'est téléchargé.</translation></message>
<message><source>Plugins</source><translation>Plugins</translation></message>
<message><source>Program files</source><translation>Fichiers du programme</translation></message>
<message><source>Read as numbers and text. Code in a model file is never run.</source><translation>Lus comme des nombres et du texte. Le code d'un fichier de modèle n'est jamais exécuté.</translation></message>
<message><source>This is a source tree, which has no list of hashes.</source><translation>Ceci est une arborescence source, sans liste d'empreintes.</translation></message>
<message><source>Used by ssh or Ray for {hosts}, only while you generate there. No other connection is opened, except for downloads.</source><translation>Utilisé par ssh ou Ray pour {hosts}, seulement pendant que vous y générez. Aucune autre connexion n'est ouverte, sauf pour les téléchargements.</translation></message>
</context>
<context>
<name>Catalogue</name>
<message><source>Better drafts than SD-Turbo in a few steps, for 8 GB of memory.</source><translation>De meilleures ébauches que SD-Turbo en quelques pas, pour 8 Go de mémoire.</translation></message>
<message><source>Commercial use depends on the terms of the licence; read them first.</source><translation>L'usage commercial dépend des conditions de la licence ; lisez-les d'abord.</translation></message>
<message><source>Commercial use is allowed.</source><translation>L'usage commercial est autorisé.</translation></message>
<message><source>Commercial use is allowed; the licence forbids some uses, such as deceiving or harming people.</source><translation>L'usage commercial est autorisé ; la licence interdit certains usages, comme tromper des personnes ou leur nuire.</translation></message>
<message><source>Commercial use is free up to a yearly revenue of 1 million US dollars, under the licence's terms.</source><translation>L'usage commercial est gratuit jusqu'à un revenu annuel de 1 million de dollars américains, selon les conditions de la licence.</translation></message>
<message><source>Detailed images in 4 steps, from one file in fp8.</source><translation>Des images détaillées en 4 pas, depuis un seul fichier en fp8.</translation></message>
<message><source>Fast images in 4 steps, and editing with up to four reference images.</source><translation>Des images rapides en 4 pas, et la retouche avec jusqu'à quatre images de référence.</translation></message>
<message><source>Large images with natural colours, in 8 steps and fp8.</source><translation>De grandes images aux couleurs naturelles, en 8 pas et en fp8.</translation></message>
<message><source>Larger images, with many LoRAs, ControlNets and fine-tuned models.</source><translation>De plus grandes images, avec de nombreux LoRA, ControlNets et modèles affinés.</translation></message>
<message><source>Long prompts and text in images, in fp8; the slowest here.</source><translation>De longs prompts et du texte dans les images, en fp8 ; le plus lent ici.</translation></message>
<message><source>Many styles, with a negative prompt and guidance; slow.</source><translation>De nombreux styles, avec prompt négatif et guidance ; lent.</translation></message>
<message><source>Photographs and text in images, in 8 steps.</source><translation>Des photographies et du texte dans les images, en 8 pas.</translation></message>
<message><source>Quick drafts at 512 × 512 in a few steps, also on a CPU.</source><translation>Des ébauches rapides en 512 × 512 en quelques pas, même sur un CPU.</translation></message>
<message><source>Small, with the largest choice of LoRAs, ControlNets and fine-tuned models.</source><translation>Petit, avec le plus grand choix de LoRA, de ControlNets et de modèles affinés.</translation></message>
<message><source>The smallest of the larger models, with a negative prompt and guidance.</source><translation>Le plus petit des grands modèles, avec prompt négatif et guidance.</translation></message>
</context>
<context>
<name>Cell</name>
<message><source>Use {picture}</source><translation>Utiliser {picture}</translation></message>
</context>
<context>
<name>ChangedSettings</name>
<message><source>Draw each picture with another seed again</source><translation>Dessiner à nouveau chaque image avec une autre graine</translation></message>
<message><source>Sets and drafts use this faster version of the model, with few steps. Click to use the full model.</source><translation>Les jeux et les ébauches utilisent cette version plus rapide du modèle, en peu d’étapes. Un clic revient au modèle complet.</translation></message>
<message><source>{setting}: back to the model's default</source><translation>{setting} : revenir au réglage du modèle</translation></message>
</context>
<context>
<name>Changes</name>
<message><source>Change the prompt or guidance</source><translation>Changer le prompt ou le guidage</translation></message>
<message><source>seed of later noise</source><translation>graine du bruit ultérieur</translation></message>
</context>
<context>
<name>Collapsible</name>
<message><source>Hide: {section}</source><translation>Masquer : {section}</translation></message>
<message><source>Show: {section}</source><translation>Afficher : {section}</translation></message>
</context>
<context>
<name>Combo</name>
<message><source>All {count}…</source><translation>Tous ({count})…</translation></message>
</context>
<context>
<name>Commands</name>
<message><source>A set has no single picture. Leave the set first.</source><translation>Une série n'a pas d'image unique. Quittez d'abord la série.</translation></message>
<message><source>Click a picture first.</source><translation>Cliquer d'abord sur une image.</translation></message>
<message><source>Generate or choose a picture first.</source><translation>Générez ou choisissez d’abord une image.</translation></message>
<message><source>Only models with a ControlNet or with references follow pictures.</source><translation>Seuls les modèles avec un ControlNet ou des références suivent des images.</translation></message>
<message><source>Select a picture first.</source><translation>Sélectionner d'abord une image.</translation></message>
<message><source>Settings reset to the model's defaults</source><translation>Réglages remis aux valeurs du modèle</translation></message>
<message><source>The selected model and pictures do not use it.</source><translation>Le modèle choisi et les images ne l’utilisent pas.</translation></message>
<message><source>The selected model cannot start from a picture.</source><translation>Le modèle choisi ne peut pas partir d'une image.</translation></message>
<message><source>{keys} shows what can be done here.</source><translation>{keys} montre ce qui est possible ici.</translation></message>
<message><source>“{action}” cannot be used now</source><translation>« {action} » n'est pas possible maintenant</translation></message>
</context>
<context>
<name>CompareController</name>
<message><source>Comparison</source><translation>Comparaison</translation></message>
<message><source>Comparison cleared</source><translation>Comparaison vidée</translation></message>
<message><source>Comparison saved</source><translation>Comparaison enregistrée</translation></message>
<message><source>Left out: {files}.</source><translation>Laissés de côté : {files}.</translation></message>
<message><source>Only the first {count} are shown.</source><translation>Seules les {count} premières sont affichées.</translation></message>
<message><source>Pictures ({suffixes})</source><translation>Images ({suffixes})</translation></message>
<message><source>Pictures to compare</source><translation>Images à comparer</translation></message>
<message><source>Some files cannot be read</source><translation>Certains fichiers sont illisibles</translation></message>
<message><source>Too many pictures to compare</source><translation>Trop d'images à comparer</translation></message>
<message><source>Web page of the comparison</source><translation>Page web de la comparaison</translation></message>
<message><source>{file} is in your pictures folder.</source><translation>{file} est dans le dossier d'images.</translation></message>
<message><source>{picture} removed from the comparison</source><translation>{picture} retirée de la comparaison</translation></message>
<message><source>{picture}: step {step}</source><translation>{picture} : étape {step}</translation></message>
</context>
<context>
<name>ComparePage</name>
<message><source>Add another picture to compare: drop it here, or press Add.</source><translation>Ajouter une autre image à comparer : la déposer ici ou appuyer sur Ajouter.</translation></message>
<message><source>All pictures beside each other</source><translation>Toutes les images les unes à côté des autres</translation></message>
<message><source>Black where both are equal</source><translation>Noir là où les deux sont égales</translation></message>
<message><source>Difference</source><translation>Différence</translation></message>
<message><source>Drop picture files here, or choose them below.</source><translation>Déposer ici des fichiers d'image, ou les choisir ci-dessous.</translation></message>
<message><source>Flicker</source><translation>Alterner</translation></message>
<message><source>In the gallery, select two or more and press Compare.</source><translation>Dans la galerie, en sélectionner deux ou plus et appuyer sur Comparer.</translation></message>
<message><source>Mode of comparison</source><translation>Mode de comparaison</translation></message>
<message><source>Needs exactly two pictures</source><translation>Il faut exactement deux images</translation></message>
<message><source>On the strip of steps, right-click a step and compare it with the final picture.</source><translation>Sur la bande des étapes, clic droit sur une étape pour la comparer à l'image finale.</translation></message>
<message><source>One after the other in one place; Space pauses, ← → switch</source><translation>L'une après l'autre au même endroit ; Espace met en pause, ← → changent</translation></message>
<message><source>One over the other; drag the line, or use ← →</source><translation>L'une sur l'autre ; tirer la ligne ou utiliser ← →</translation></message>
<message><source>Side by side</source><translation>Côte à côte</translation></message>
<message><source>Slider</source><translation>Curseur</translation></message>
<message><source>{percent} %</source><translation>{percent} %</translation></message>
</context>
<context>
<name>Completions</name>
<message><source>Completions</source><translation>Suggestions</translation></message>
<message><source>Press Enter or Tab to use one</source><translation>Appuyer sur Entrée ou Tab pour en utiliser une</translation></message>
<message><source>embedding</source><translation>embedding</translation></message>
<message><source>used before</source><translation>déjà utilisé</translation></message>
</context>
<context>
<name>Conditions</name>
<message><source>Any</source><translation>Quelconque</translation></message>
<message><source>Control</source><translation>Contrôle</translation></message>
<message><source>Interpolation</source><translation>Interpolation</translation></message>
<message><source>No network; quick and soft</source><translation>Sans réseau ; rapide et doux</translation></message>
<message><source>References</source><translation>Références</translation></message>
</context>
<context>
<name>ControlImageList</name>
<message><source> or </source><translation> ou </translation></message>
<message><source>A control image ({kinds}) to follow; it can be dropped here</source><translation>Une image de contrôle ({kinds}) à suivre ; on peut la déposer ici</translation></message>
<message><source>A picture that the model sees; it can be dropped here</source><translation>Une image que le modèle voit ; on peut la déposer ici</translation></message>
<message><source>A picture to follow</source><translation>Une image à suivre</translation></message>
<message><source>Follow a picture…</source><translation>Suivre une image…</translation></message>
<message><source>Reference ({count} of {most})…</source><translation>Référence ({count} sur {most})…</translation></message>
<message><source>Remove all</source><translation>Tout retirer</translation></message>
</context>
<context>
<name>ControlImageRow</name>
<message><source>From</source><translation>De</translation></message>
<message><source>How closely it is followed: 0 not at all</source><translation>À quel point elle est suivie : 0 pas du tout</translation></message>
<message><source>Image prompt</source><translation>Image comme prompt</translation></message>
<message><source>Kind of control image</source><translation>Type d'image de contrôle</translation></message>
<message><source>Move up</source><translation>Monter</translation></message>
<message><source>Part of the steps after which it ends</source><translation>Part des étapes après laquelle elle cesse d'agir</translation></message>
<message><source>Part of the steps before it acts</source><translation>Part des étapes avant qu'elle n'agisse</translation></message>
<message><source>Picture {number}</source><translation>Image {number}</translation></message>
<message><source>Preprocessor</source><translation>Prétraitement</translation></message>
<message><source>Stop following this picture</source><translation>Ne plus suivre cette image</translation></message>
<message><source>The next pictures show what this one shows, or have its style</source><translation>Les prochaines images montrent ce que montre celle-ci, ou ont son style</translation></message>
<message><source>To</source><translation>À</translation></message>
<message><source>Weight</source><translation>Poids</translation></message>
<message><source>What is done to the picture before the model sees it</source><translation>Ce qui est fait à l'image avant que le modèle ne la voie</translation></message>
<message><source>What the model is given</source><translation>Ce que le modèle reçoit</translation></message>
<message><source>What the picture shows the model</source><translation>Ce que l'image montre au modèle</translation></message>
</context>
<context>
<name>ControlImages</name>
<message><source>About the control image</source><translation>À propos de l’image de contrôle</translation></message>
<message><source>Follow a picture</source><translation>Suivre une image</translation></message>
</context>
<context>
<name>Controls</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n image</numerusform>
<numerusform>%n images</numerusform>
</translation></message>
<message><source>The model that generates the picture; the Models page tells more</source><translation>Le modèle qui génère l'image ; la page Modèles en dit plus</translation></message>
<message><source>With parts of {files}</source><translation>Avec des parties de {files}</translation></message>
<message><source>the picture had {value}</source><translation>dans l'image : {value}</translation></message>
<message><source>{value} in a new set</source><translation>{value} dans une nouvelle série</translation></message>
</context>
<context>
<name>CreatePage</name>
<message><source>Width of the picture list</source><translation>Largeur de la liste des images</translation></message>
<message><source>Width of the settings</source><translation>Largeur des réglages</translation></message>
<message><source>Your picture will appear here</source><translation>Votre image apparaîtra ici</translation></message>
<message><source>{sentence} Press Generate, or choose an example.</source><translation>{sentence} Appuyer sur Générer, ou choisir un exemple.</translation></message>
<message><source>{sentence} Press Generate.</source><translation>{sentence} Appuyer sur Générer.</translation></message>
</context>
<context>
<name>Density</name>
<message><source>Checkerboard</source><translation>Damier</translation></message>
<message><source>Letters</source><translation>Lettres</translation></message>
<message><source>Moons</source><translation>Lunes</translation></message>
<message><source>Ring</source><translation>Anneau</translation></message>
<message><source>Spiral</source><translation>Spirale</translation></message>
<message><source>Two modes</source><translation>Deux modes</translation></message>
</context>
<context>
<name>Detail</name>
<message><source>It stays as it is. Try another word.</source><translation>Elle reste telle quelle. Essayez un autre mot.</translation></message>
<message><source>Looking for “{word}”</source><translation>Recherche de « {word} »</translation></message>
<message><source>There is no “{word}” in the picture</source><translation>Il n'y a pas de « {word} » dans l'image</translation></message>
</context>
<context>
<name>DetailPopup</name>
<message><source>Detail</source><translation>Affiner</translation></message>
<message><source>Detail “{word}”</source><translation>Affiner « {word} »</translation></message>
<message><source>Find the word and generate it again</source><translation>Trouver le mot dans l'image et le régénérer</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompt, or empty for the word</source><translation>Prompt, ou vide pour le mot</translation></message>
<message><source>What the word describes is generated again at full size. All other pixels stay.</source><translation>Ce que le mot décrit est régénéré en pleine taille. Tous les autres pixels restent.</translation></message>
<message><source>Word</source><translation>Mot</translation></message>
<message><source>Word, such as face</source><translation>Mot, par exemple visage</translation></message>
</context>
<context>
<name>Details</name>
<message><source>About the system</source><translation>À propos de la méthode</translation></message>
<message><source>Basis of</source><translation>Base de</translation></message>
<message><source>Builds on</source><translation>S'appuie sur</translation></message>
<message><source>Claim</source><translation>Affirmation</translation></message>
<message><source>Copy the command</source><translation>Copier la commande</translation></message>
<message><source>Generate pictures with it</source><translation>Générer des images avec</translation></message>
<message><source>Generate points with it</source><translation>Générer des points avec</translation></message>
<message><source>It starts with</source><translation>Point de départ</translation></message>
<message><source>Its loss</source><translation>Sa perte</translation></message>
<message><source>More actions</source><translation>Autres actions</translation></message>
<message><source>Result</source><translation>Résultat</translation></message>
<message><source>The claim also restricts</source><translation>L'affirmation limite aussi</translation></message>
<message><source>The mathematics</source><translation>Les mathématiques</translation></message>
<message><source>Try it</source><translation>L'essayer</translation></message>
<message><source>Weights</source><translation>Poids</translation></message>
<message><source>What a step does</source><translation>Ce que fait une étape</translation></message>
<message><source>What is learned</source><translation>Ce qui est appris</translation></message>
</context>
<context>
<name>DetailsPanel</name>
<message><source>Edited from</source><translation>Modifiée de</translation></message>
<message><source>Its file</source><translation>Son fichier</translation></message>
<message><source>Reproducibility</source><translation>Reproductibilité</translation></message>
<message><source>Select a picture to see how it was made.</source><translation>Sélectionner une image pour voir comment elle a été faite.</translation></message>
<message><source>Show the picture as it was generated</source><translation>Afficher l'image telle que générée</translation></message>
<message><source>check</source><translation>vérifier</translation></message>
<message><source>details</source><translation>détails</translation></message>
</context>
<context>
<name>Device</name>
<message numerus="yes"><source>CPU · %n thread(s)</source><translation>
<numerusform>CPU · %n thread</numerusform>
<numerusform>CPU · %n threads</numerusform>
</translation></message>
</context>
<context>
<name>Diagnosis</name>
<message><source>Broken: captions have no effect. Check that they belong to their images.</source><translation>Erreur : les légendes n'ont aucun effet. Vérifier qu'elles correspondent à leurs images.</translation></message>
<message><source>Broken: numbers overflow. Train in fp32, or at a lower rate.</source><translation>Erreur : débordement de nombres. Entraîner en fp32 ou avec un taux plus faible.</translation></message>
<message><source>Broken: predicted images are too bright or too dark. Check the range of the data.</source><translation>Erreur : les images prédites sont trop claires ou trop sombres. Vérifier la plage des données.</translation></message>
<message><source>Broken: the data has {spread} times the spread that the model expects.</source><translation>Erreur : les données ont {spread} fois la dispersion attendue par le modèle.</translation></message>
<message><source>Broken: the error rises below σ = {ratio}.</source><translation>Erreur : l'erreur augmente en dessous de σ = {ratio}.</translation></message>
<message><source>Broken: the images have more noise than the network is told.</source><translation>Erreur : les images ont plus de bruit que ce qui est indiqué au réseau.</translation></message>
<message><source>Broken: the loss jumps or does not fall. Lower the learning rate.</source><translation>Erreur : la perte saute ou ne baisse pas. Réduire le taux d'apprentissage.</translation></message>
<message><source>Broken: the network is no better than an untrained one. Check its targets, or raise the learning rate.</source><translation>Erreur : le réseau ne fait pas mieux qu'un réseau non entraîné. Vérifier ses cibles ou augmenter le taux d'apprentissage.</translation></message>
<message><source>Broken: the network learns another target than the sampler uses.</source><translation>Erreur : le réseau apprend une autre cible que celle de l'échantillonneur.</translation></message>
<message><source>Broken: the weights grow too fast. Lower the learning rate.</source><translation>Erreur : les poids croissent trop vite. Réduire le taux d'apprentissage.</translation></message>
<message><source>Broken: {layer} has not changed since the start.</source><translation>Erreur : {layer} n'a pas changé depuis le début.</translation></message>
<message><source>It is copying: stop, or add images.</source><translation>Il copie : arrêter, ou ajouter des images.</translation></message>
<message><source>It is too early to tell what is learned.</source><translation>Il est trop tôt pour dire ce qui est appris.</translation></message>
<message><source>Layout and details are learned; {percent} % of what this data allows.</source><translation>La composition et les détails sont appris ; {percent} % de ce que permettent ces données.</translation></message>
<message><source>Layout is learned down to σ = {ratio}; details are not; {percent} % of what this data allows.</source><translation>La composition est apprise jusqu'à σ = {ratio}, pas les détails ; {percent} % de ce que permettent ces données.</translation></message>
<message><source>Layout is not learned yet; {percent} % of what this data allows.</source><translation>La composition n'est pas encore apprise ; {percent} % de ce que permettent ces données.</translation></message>
<message><source>The training was too short to tell what was learned.</source><translation>L'entraînement a été trop court pour dire ce qui a été appris.</translation></message>
<message><source>The weights are not averaged: images will vary from step to step.</source><translation>Les poids ne sont pas moyennés : les images varieront d'une étape à l'autre.</translation></message>
</context>
<context>
<name>Difference</name>
<message><source>the same, pixel for pixel</source><translation>identiques, pixel pour pixel</translation></message>
<message><source>{numbers}, shown × {gain}</source><translation>{numbers}, affiché × {gain}</translation></message>
<message><source>{share} % of the pixels, {mean} of 255 on average</source><translation>{share} % des pixels, {mean} sur 255 en moyenne</translation></message>
</context>
<context>
<name>DistanceChart</name>
<message><source>Distance from the true distribution</source><translation>Distance à la vraie distribution</translation></message>
<message><source>Two true samples</source><translation>Deux vrais échantillons</translation></message>
<message><source>distance from the truth · evaluations of the denoiser</source><translation>distance à la vérité · évaluations du débruiteur</translation></message>
</context>
<context>
<name>Doctor</name>
<message><source>1 image, index damaged</source><translation>1 image, index endommagé</translation></message>
<message><source>1 image, index sound</source><translation>1 image, index intact</translation></message>
<message><source>Allow reading it, or start the program as its owner.</source><translation>Autorisez sa lecture, ou lancez le programme en tant que propriétaire.</translation></message>
<message><source>Allow writing there, or choose another folder.</source><translation>Autoriser l'écriture à cet endroit ou choisir un autre dossier.</translation></message>
<message><source>Cache folder</source><translation>Dossier du cache</translation></message>
<message><source>Check that its disk is connected and not full.</source><translation>Vérifiez que son disque est connecté et n’est pas plein.</translation></message>
<message><source>Choose another device in the settings; until then the fastest is used.</source><translation>Choisir un autre appareil dans les réglages ; d'ici là, le plus rapide est utilisé.</translation></message>
<message><source>Chosen device</source><translation>Appareil choisi</translation></message>
<message><source>Close other programs during a run, or choose smaller models.</source><translation>Fermer les autres programmes pendant la génération ou choisir des modèles plus petits.</translation></message>
<message><source>Connect its disk, or choose another folder in the settings.</source><translation>Connecter son disque ou choisir un autre dossier dans les réglages.</translation></message>
<message><source>Connect its disk, or remove it in the settings.</source><translation>Connecter son disque ou retirer ce dossier dans les réglages.</translation></message>
<message><source>Crashes</source><translation>Plantages</translation></message>
<message><source>Data folder</source><translation>Dossier de données</translation></message>
<message><source>Device {number}</source><translation>Appareil {number}</translation></message>
<message><source>Devices</source><translation>Appareils</translation></message>
<message><source>Error</source><translation>Erreur</translation></message>
<message><source>Errors</source><translation>Erreurs</translation></message>
<message><source>Free some space on this disk.</source><translation>Libérer de l'espace sur ce disque.</translation></message>
<message><source>Gallery</source><translation>Galerie</translation></message>
<message><source>Install it with  {command}  if you want it.</source><translation>L'installer au besoin avec  {command}</translation></message>
<message><source>Last crash</source><translation>Dernier plantage</translation></message>
<message><source>Memory</source><translation>Mémoire</translation></message>
<message><source>Model file</source><translation>Fichier de modèle</translation></message>
<message><source>Model folder</source><translation>Dossier de modèles</translation></message>
<message><source>Models</source><translation>Modèles</translation></message>
<message><source>Pictures folder</source><translation>Dossier d'images</translation></message>
<message><source>Presets</source><translation>Préréglages</translation></message>
<message><source>Processor</source><translation>Processeur</translation></message>
<message><source>Recorded steps</source><translation>Étapes enregistrées</translation></message>
<message><source>Reinstall the program, or put a model into the models folder.</source><translation>Réinstaller le programme ou placer un modèle dans le dossier de modèles.</translation></message>
<message><source>Reinstall the program.</source><translation>Réinstaller le programme.</translation></message>
<message><source>Report it to the developers, with this report.</source><translation>Le signaler aux développeurs avec ce rapport.</translation></message>
<message><source>Report it to the developers, with {file}.</source><translation>Le signaler aux développeurs avec {file}.</translation></message>
<message><source>Run `{command} gallery rebuild`; it does not change the images.</source><translation>Exécuter `{command} gallery rebuild` ; les images ne changent pas.</translation></message>
<message><source>System</source><translation>Système</translation></message>
<message><source>Try again in a moment.</source><translation>Réessayez dans un instant.</translation></message>
<message><source>Use the newest version of the program on this computer.</source><translation>Utilisez la version la plus récente du programme sur cet ordinateur.</translation></message>
<message><source>Wildcards</source><translation>Wildcards</translation></message>
<message><source>cannot be opened</source><translation>ne peut pas être ouverte</translation></message>
<message><source>its index cannot be checked now</source><translation>son index ne peut pas être vérifié maintenant</translation></message>
<message><source>its index cannot be read</source><translation>son index ne peut pas être lu</translation></message>
<message><source>its index is in use by another program</source><translation>son index est utilisé par un autre programme</translation></message>
<message><source>its index is of a newer version</source><translation>son index provient d’une version plus récente</translation></message>
<message><source>none</source><translation>aucun</translation></message>
<message><source>none recorded in {folder}</source><translation>aucun enregistré dans {folder}</translation></message>
<message><source>none so far</source><translation>aucune jusqu'ici</translation></message>
<message><source>not in this bundle, which saves films as GIF or WebP</source><translation>absent de ce paquet, qui enregistre les films en GIF ou WebP</translation></message>
<message><source>not installed</source><translation>non installé</translation></message>
<message><source>not installed; needed for saving films as MP4</source><translation>non installé ; nécessaire pour enregistrer des films en MP4</translation></message>
<message><source>this user may not read its index</source><translation>cet utilisateur ne peut pas lire son index</translation></message>
<message><source>torch cannot be loaded ({error})</source><translation>torch ne peut pas être chargé ({error})</translation></message>
<message><source>{count} images, index damaged</source><translation>{count} images, index endommagé</translation></message>
<message><source>{count} images, index sound</source><translation>{count} images, index intact</translation></message>
<message><source>{count} threads</source><translation>{count} threads</translation></message>
<message><source>{device} is missing</source><translation>{device} est absent</translation></message>
<message><source>{folder}, {size} free</source><translation>{folder}, {size} libres</translation></message>
<message><source>{folder}: cannot be written to</source><translation>{folder} : écriture impossible</translation></message>
<message><source>{folder}: missing</source><translation>{folder} : introuvable</translation></message>
<message><source>{path} cannot be used</source><translation>{path} ne peut pas être utilisé</translation></message>
<message><source>{shipped} built in, {own} of your own</source><translation>{shipped} intégrés, {own} personnels</translation></message>
<message><source>{shipped} built in, {own} of your own; LoRAs, VAEs and other parts of your own: {added}</source><translation>{shipped} intégrés, {own} personnels ; LoRA, VAE et autres parties personnelles : {added}</translation></message>
<message><source>{version}, for saving films as MP4</source><translation>{version}, pour enregistrer des films en MP4</translation></message>
</context>
<context>
<name>DownloadDialog</name>
<message numerus="yes"><source>%n file(s)</source><translation>
<numerusform>%n fichier</numerusform>
<numerusform>%n fichiers</numerusform>
</translation></message>
<message><source>A model on huggingface.co, or an https address that ends in .safetensors, .gguf or .ckpt</source><translation>Un modèle sur huggingface.co, ou une adresse https qui finit par .safetensors, .gguf ou .ckpt</translation></message>
<message><source>A picture with it</source><translation>Une image avec lui</translation></message>
<message><source>Added: {names}.</source><translation>Ajouté : {names}.</translation></message>
<message><source>All of it was here already.</source><translation>Tout était déjà là.</translation></message>
<message><source>Allow downloads</source><translation>Autoriser les téléchargements</translation></message>
<message><source>Another model</source><translation>Un autre modèle</translation></message>
<message><source>Cancel</source><translation>Annuler</translation></message>
<message><source>Cancelled. What has arrived is kept; a new start resumes it.</source><translation>Annulé. Ce qui est arrivé est conservé ; un nouveau départ le reprend.</translation></message>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Download</source><translation>Télécharger</translation></message>
<message><source>Download it</source><translation>Télécharger</translation></message>
<message><source>Download the model in the field</source><translation>Télécharger le modèle du champ</translation></message>
<message><source>Download this model with all its parts</source><translation>Télécharger ce modèle avec toutes ses parties</translation></message>
<message><source>Downloads are off. If you allow them, the program connects to huggingface.co, or to an address that you enter, while it downloads a model that you chose.</source><translation>Les téléchargements sont désactivés. Si vous les autorisez, le programme se connecte à huggingface.co, ou à une adresse que vous saisissez, pendant qu'il télécharge un modèle que vous avez choisi.</translation></message>
<message><source>Family</source><translation>Famille</translation></message>
<message><source>From</source><translation>Source</translation></message>
<message><source>Get a model</source><translation>Obtenir un modèle</translation></message>
<message><source>Licence</source><translation>Licence</translation></message>
<message><source>Memory</source><translation>Mémoire</translation></message>
<message><source>Models to download</source><translation>Modèles à télécharger</translation></message>
<message><source>OWNER/NAME of huggingface.co, or the address of a file</source><translation>OWNER/NAME de huggingface.co, ou l'adresse d'un fichier</translation></message>
<message><source>Open the model's page in the browser</source><translation>Ouvrir la page du modèle dans le navigateur</translation></message>
<message><source>Progress of the download</source><translation>Progression du téléchargement</translation></message>
<message><source>Read the licence</source><translation>Lire la licence</translation></message>
<message><source>Resume</source><translation>Reprendre</translation></message>
<message><source>Stop; what has arrived is kept</source><translation>Arrêter ; ce qui est arrivé est conservé</translation></message>
<message><source>The same as in Settings under Permissions</source><translation>Comme dans les réglages, sous Autorisations</translation></message>
<message><source>The selected model</source><translation>Le modèle sélectionné</translation></message>
<message><source>about {size}, {files}</source><translation>environ {size}, {files}</translation></message>
<message><source>about {time} at {side} × {side}, on this computer</source><translation>environ {time} en {side} × {side}, sur cet ordinateur</translation></message>
<message><source>estimating…</source><translation>estimation…</translation></message>
<message><source>{file}: checking and adding it…</source><translation>{file} : vérification et ajout…</translation></message>
<message><source>{file}: {done} of {total}</source><translation>{file} : {done} sur {total}</translation></message>
<message><source>{model}: asking for its files…</source><translation>{model} : demande de ses fichiers…</translation></message>
<message><source>{progress}, {time} left</source><translation>{progress}, encore {time}</translation></message>
<message><source>{size}; with less, weights are read from the disk at each step, which is slower</source><translation>{size} ; avec moins, les poids sont lus sur le disque à chaque pas, ce qui est plus lent</translation></message>
</context>
<context>
<name>DropArea</name>
<message><source>Drop a folder of pictures here</source><translation>Déposer ici un dossier d'images</translation></message>
</context>
<context>
<name>DropZones</name>
<message><source>Start from it</source><translation>Partir de celle-ci</translation></message>
<message><source>Use its settings</source><translation>Utiliser ses réglages</translation></message>
<message><source>as stored in the file</source><translation>tels que dans le fichier</translation></message>
<message><source>use it as the start of the next pictures</source><translation>l'utiliser comme départ des prochaines images</translation></message>
</context>
<context>
<name>Enlarge</name>
<message><source>Enlarging · {share} %</source><translation>Agrandissement · {share} %</translation></message>
</context>
<context>
<name>EnlargePopup</name>
<message><source>An upscaler enlarges the picture, and the model refines it in overlapping tiles.</source><translation>Un agrandisseur agrandit l'image, et le modèle l'affine par tuiles qui se chevauchent.</translation></message>
<message><source>Built in</source><translation>Intégré</translation></message>
<message><source>Enlarge and refine</source><translation>Agrandir et affiner</translation></message>
<message><source>Enlarge the picture and save it in the gallery</source><translation>Agrandir l'image et l'enregistrer dans la galerie</translation></message>
<message><source>Factor</source><translation>Facteur</translation></message>
<message><source>Upscaler</source><translation>Agrandisseur</translation></message>
<message><source>{width} × {height} pixels</source><translation>{width} × {height} pixels</translation></message>
</context>
<context>
<name>Errors</name>
<message><source>1 entry</source><translation>1 entrée</translation></message>
<message><source>A name pattern cannot be empty; the default is {default}.</source><translation>Le modèle de nom ne peut pas être vide ; le modèle par défaut est {default}.</translation></message>
<message><source>A name pattern has no field {field}; choose from {known}.</source><translation>Un modèle de nom n'a pas de champ {field} ; choisir parmi {known}.</translation></message>
<message><source>A picture can have at most {most} details; leave out the others.</source><translation>Une image peut avoir au plus {most} détails ; retirez les autres.</translation></message>
<message><source>A picture to detail has at most {most} pixels a side; reduce it first.</source><translation>Une image à affiner a au plus {most} pixels de côté ; réduisez-la d'abord.</translation></message>
<message><source>A word of what to detail has at most {most} characters; shorten it.</source><translation>Le mot d'un détail a au plus {most} caractères ; raccourcissez-le.</translation></message>
<message><source>An entry of the queue was damaged; it was moved to {file}.</source><translation>Une entrée de la file d’attente était endommagée ; elle a été déplacée vers {file}.</translation></message>
<message><source>Another GDM Studio is busy with the gallery; try again in a moment.</source><translation>Un autre GDM Studio utilise la galerie ; réessayer dans un instant.</translation></message>
<message><source>Check the prompt</source><translation>Vérifier le prompt</translation></message>
<message><source>Check the settings</source><translation>Vérifier les réglages</translation></message>
<message><source>Downloads are off; allow them in Settings under Permissions, or by `gdm-studio models get --allow`.</source><translation>Les téléchargements sont désactivés ; autorisez-les dans les réglages, sous Autorisations, ou par `gdm-studio models get --allow`.</translation></message>
<message><source>Downloads need the package huggingface_hub. {advice}</source><translation>Les téléchargements nécessitent le paquet huggingface_hub. {advice}</translation></message>
<message><source>HF_HUB_OFFLINE forbids connections to the hub; unset it, then start the download again.</source><translation>HF_HUB_OFFLINE interdit les connexions au hub ; supprimez-le, puis relancez le téléchargement.</translation></message>
<message><source>In {folder}, the edited pictures would be among those to edit; choose another folder for them.</source><translation>Dans {folder}, les images modifiées se mêleraient à celles à modifier ; choisissez pour elles un autre dossier.</translation></message>
<message><source>Name a word that describes what to detail, such as face.</source><translation>Donnez un mot qui décrit ce qu'il faut affiner, par exemple visage.</translation></message>
<message><source>Name a word that describes what to select.</source><translation>Indiquez un mot qui décrit ce qu'il faut sélectionner.</translation></message>
<message><source>No engine process can be started; the window generates images itself, but slower.</source><translation>Aucun processus du moteur ne peut démarrer ; la fenêtre génère elle-même les images, mais plus lentement.</translation></message>
<message><source>No installed font has the characters {characters}; install a font for them, such as Noto Sans.</source><translation>Aucune police installée ne contient les caractères {characters} ; installez une police qui les contient, comme Noto Sans.</translation></message>
<message><source>On {host}: {error}</source><translation>Sur {host} : {error}</translation></message>
<message><source>Reinstall the program.</source><translation>Réinstaller le programme.</translation></message>
<message><source>Run `{command}` to repair the program.</source><translation>`{command}` répare le programme.</translation></message>
<message><source>That did not work</source><translation>Cela n'a pas fonctionné</translation></message>
<message><source>The cluster does not answer; check its address in Settings.</source><translation>Le cluster ne répond pas ; vérifier son adresse dans les réglages.</translation></message>
<message><source>The colour profile of the picture cannot be used; its colours are read as sRGB.</source><translation>Le profil de couleur de l’image est inutilisable ; ses couleurs sont lues comme sRGB.</translation></message>
<message><source>The connection to {host} was lost ({reason}); start the download again to resume it.</source><translation>La connexion à {host} a été perdue ({reason}) ; relancez le téléchargement pour le reprendre.</translation></message>
<message><source>The device cannot be used</source><translation>L'appareil est inutilisable</translation></message>
<message><source>The disk of {folder} does not answer; check that it is connected, or choose another folder.</source><translation>Le disque de {folder} ne répond pas ; vérifier qu'il est connecté ou choisir un autre dossier.</translation></message>
<message><source>The disk of {folder} has {free} GB free, but {size} GB are needed; free some space, then try again.</source><translation>Le disque de {folder} a {free} Go libres, mais il en faut {size} Go ; libérez de la place, puis réessayez.</translation></message>
<message><source>The disk of {folder} is full; free some space, then try again.</source><translation>Le disque de {folder} est plein ; libérer de l'espace, puis réessayer.</translation></message>
<message><source>The drive of {place} is not connected; connect it, or choose another folder.</source><translation>Le disque de {place} n'est pas connecté ; le connecter ou choisir un autre dossier.</translation></message>
<message><source>The engine cannot be started; restart the program.</source><translation>Le moteur ne peut pas démarrer ; redémarrez le programme.</translation></message>
<message><source>The engine did not answer. It was started again.</source><translation>Le moteur ne répondait pas. Il a été redémarré.</translation></message>
<message><source>The engine did not answer; another one begins again.</source><translation>Le moteur ne répondait pas ; un autre recommence.</translation></message>
<message><source>The engine did not answer; another one continues at the last recorded step.</source><translation>Le moteur ne répondait pas ; un autre continue à la dernière étape enregistrée.</translation></message>
<message><source>The engine ended twice at step {step}; generate fewer images at a time.</source><translation>Le moteur s’est arrêté deux fois à l’étape {step} ; générez moins d’images à la fois.</translation></message>
<message><source>The engine ended twice at step {step}; try a smaller size.</source><translation>Le moteur s’est arrêté deux fois à l’étape {step} ; essayez une taille plus petite.</translation></message>
<message><source>The engine ended twice at step {step}; use another device.</source><translation>Le moteur s’est arrêté deux fois à l’étape {step} ; utilisez un autre appareil.</translation></message>
<message><source>The engine ended twice while it worked on this; try again.</source><translation>Le moteur s’est arrêté deux fois pendant cette tâche ; réessayez.</translation></message>
<message><source>The engine ended unexpectedly. It was started again.</source><translation>Le moteur s’est arrêté de façon inattendue. Il a été redémarré.</translation></message>
<message><source>The engine ended unexpectedly; another one begins again.</source><translation>Le moteur s’est arrêté de façon inattendue ; un autre recommence.</translation></message>
<message><source>The engine ended unexpectedly; another one continues at the last recorded step.</source><translation>Le moteur s’est arrêté de façon inattendue ; un autre continue à la dernière étape enregistrée.</translation></message>
<message><source>The engine has ended; try again.</source><translation>Le moteur s’est arrêté ; réessayez.</translation></message>
<message><source>The file cannot be used</source><translation>Le fichier est inutilisable</translation></message>
<message><source>The file of settings was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>Le fichier des réglages était endommagé ; il est conservé sous {file} et remplacé par ce qui a pu être lu.</translation></message>
<message><source>The folder could not be opened</source><translation>Le dossier n'a pas pu être ouvert</translation></message>
<message><source>The folder {folder} cannot be created; choose another.</source><translation>Impossible de créer le dossier {folder} ; en choisir un autre.</translation></message>
<message><source>The folder {folder} cannot be read; choose another one.</source><translation>Le dossier {folder} est illisible ; en choisir un autre.</translation></message>
<message><source>The gallery's index was damaged and is built again from the files; nothing of yours was in it.</source><translation>L’index de la galerie était endommagé et est reconstruit à partir des fichiers ; il ne contenait rien de vous.</translation></message>
<message><source>The last prompt is too long to be shown; the prompt is empty now. The file is kept as {file}.</source><translation>Le dernier prompt est trop long pour être affiché ; le prompt est maintenant vide. Le fichier est conservé sous {file}.</translation></message>
<message><source>The mask is the start picture itself; paint it white, or make it transparent, where to redraw.</source><translation>Le masque est l’image de départ elle-même ; peignez-le en blanc ou rendez-le transparent là où il faut redessiner.</translation></message>
<message><source>The mask marks nothing to redraw; paint it white, or make it transparent, where that should be.</source><translation>Le masque ne marque rien à redessiner ; peignez-le en blanc ou rendez-le transparent à cet endroit.</translation></message>
<message><source>The mask marks the whole picture to be redrawn.</source><translation>Le masque marque toute l’image à redessiner.</translation></message>
<message><source>The model cannot be used</source><translation>Le modèle est inutilisable</translation></message>
<message><source>The model finds no {word!r} in the picture; name it by another word.</source><translation>Le modèle ne trouve aucun {word!r} dans l'image ; désignez-le par un autre mot.</translation></message>
<message><source>The model was not downloaded</source><translation>Le modèle n'a pas été téléchargé</translation></message>
<message><source>The name is taken</source><translation>Le nom est déjà pris</translation></message>
<message><source>The path {path} is too long for this disk; choose a shorter one.</source><translation>Le chemin {path} est trop long pour ce disque ; en choisir un plus court.</translation></message>
<message><source>The picture contains infinite or undefined values; make it again in full precision.</source><translation>L'image contient des valeurs infinies ou indéfinies ; la refaire en pleine précision.</translation></message>
<message><source>The picture contains infinite or undefined values; make it again on the CPU.</source><translation>L'image contient des valeurs infinies ou indéfinies ; la refaire sur le CPU.</translation></message>
<message><source>The picture contains infinite or undefined values; try more steps, another scheduler or less guidance.</source><translation>L'image contient des valeurs infinies ou indéfinies ; essayer plus d'étapes, un autre planificateur ou moins de guidage.</translation></message>
<message><source>The picture could not be computed</source><translation>L'image n'a pas pu être calculée</translation></message>
<message><source>The picture is too long and narrow for {model} with tiles of {tile} pixels; crop it, or choose a larger factor or another model.</source><translation>L'image est trop longue et étroite pour {model} avec des tuiles de {tile} pixels ; la recadrer, ou choisir un facteur plus grand ou un autre modèle.</translation></message>
<message><source>The picture would be {width}x{height} pixels; a side can have at most {most}. Choose a smaller factor.</source><translation>L'image aurait {width}x{height} pixels ; un côté peut en avoir {most} au plus. Choisir un facteur plus petit.</translation></message>
<message><source>The prompt becomes longer than {limit:,} characters; shorten its parts.</source><translation>Le prompt dépasse {limit:,} caractères ; raccourcir ses parties.</translation></message>
<message><source>The proxy in ALL_PROXY, HTTPS_PROXY or HTTP_PROXY cannot be used, because its address does not begin with http; name an HTTP proxy there, or unset the variable.</source><translation>Le proxy dans ALL_PROXY, HTTPS_PROXY ou HTTP_PROXY ne peut pas être utilisé, car son adresse ne commence pas par http ; indiquez-y un proxy HTTP ou supprimez la variable.</translation></message>
<message><source>The saved state of the window was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>L’état enregistré de la fenêtre était endommagé ; il est conservé sous {file} et remplacé par ce qui a pu être lu.</translation></message>
<message><source>The server does not state the size of {name}; download it with a browser.</source><translation>Le serveur n'indique pas la taille de {name} ; téléchargez-le avec un navigateur.</translation></message>
<message><source>The server sent another file than the {name} that it announced; this was deleted, try again later.</source><translation>Le serveur a envoyé un autre fichier que {name}, qu'il avait annoncé ; il a été supprimé, réessayez plus tard.</translation></message>
<message><source>The start picture is no longer on this machine; choose it again.</source><translation>L'image de départ n'est plus sur cette machine ; la choisir à nouveau.</translation></message>
<message><source>The steps up to {step} do not fit the model as it is now, so the run starts again.</source><translation>Les étapes jusqu'à {step} ne correspondent pas au modèle tel qu'il est maintenant ; l'exécution recommence.</translation></message>
<message><source>The transparent part of the mask is redrawn, {share} of the picture.</source><translation>La partie transparente du masque est redessinée, {share} de l’image.</translation></message>
<message><source>The wildcard {name!r} cannot be read: {error}</source><translation>Le wildcard {name!r} est illisible : {error}</translation></message>
<message><source>The wildcard {name!r} has a line of more than {limit:,} characters; shorten it.</source><translation>Le wildcard {name!r} a une ligne de plus de {limit:,} caractères ; la raccourcir.</translation></message>
<message><source>The wildcard {name!r} has no lines; write one word or phrase per line.</source><translation>Le wildcard {name!r} n'a aucune ligne ; écrire un mot ou une expression par ligne.</translation></message>
<message><source>The wildcard {name!r} is not a text file; save it as UTF-8.</source><translation>Le wildcard {name!r} n'est pas un fichier texte ; l'enregistrer en UTF-8.</translation></message>
<message><source>The window did not answer with its last prompt; the prompt is empty now. The file is kept as {file}.</source><translation>La fenêtre ne répondait pas avec son dernier prompt ; le prompt est maintenant vide. Le fichier est conservé sous {file}.</translation></message>
<message><source>There is a collection called {name} already; choose another name.</source><translation>Il existe déjà une collection nommée {name} ; choisir un autre nom.</translation></message>
<message><source>There is a preset called {name!r} already; choose another name, or rename that one.</source><translation>Il existe déjà un préréglage nommé {name!r} ; choisir un autre nom ou renommer celui-là.</translation></message>
<message><source>There is a run called {title}; choose it to continue it, or another name.</source><translation>Il existe déjà un entraînement nommé {title} ; le choisir pour le continuer, ou choisir un autre nom.</translation></message>
<message><source>There is no LoRA called {name!r} in the models folder; put its file there.</source><translation>Le dossier des modèles n'a pas de LoRA nommé {name!r} ; y placer son fichier.</translation></message>
<message><source>There is no LoRA called {name!r}; did you mean {names}?</source><translation>Il n'y a pas de LoRA nommé {name!r} ; s'agit-il de {names} ?</translation></message>
<message><source>There is no model called {name!r}, and no other; put a model file into the models folder.</source><translation>Il n'y a pas de modèle nommé {name!r}, ni aucun autre ; placer un fichier de modèle dans le dossier des modèles.</translation></message>
<message><source>There is no model called {name!r}; did you mean {names}?</source><translation>Il n'y a pas de modèle nommé {name!r} ; s'agit-il de {names} ?</translation></message>
<message><source>There is no model called {name!r}; there are: {names}.</source><translation>Il n'y a pas de modèle nommé {name!r} ; modèles présents : {names}.</translation></message>
<message><source>There is no model {name!r} to download; enter an address, OWNER/NAME, or one of {names}.</source><translation>Il n'y a pas de modèle {name!r} à télécharger ; saisissez une adresse, OWNER/NAME, ou l'un de ces noms : {names}.</translation></message>
<message><source>There is no wildcard called {name!r}; put {name}.txt into {folder}.</source><translation>Il n'y a pas de wildcard nommé {name!r} ; placer {name}.txt dans {folder}.</translation></message>
<message><source>There is no wildcard that matches {name!r} in {folder}.</source><translation>Aucun wildcard de {folder} ne correspond à {name!r}.</translation></message>
<message><source>There is no {word!r} in the picture, which stays as it is.</source><translation>Il n'y a pas de {word!r} dans l'image, qui reste telle quelle.</translation></message>
<message><source>There is not enough memory for even one picture; close other programs and try again.</source><translation>La mémoire ne suffit pas même pour une image ; fermer les autres programmes et réessayer.</translation></message>
<message><source>There is too little memory for {side} pixels; choose a smaller size.</source><translation>La mémoire ne suffit pas pour {side} pixels ; choisir une taille plus petite.</translation></message>
<message><source>These could not be read, and their places are empty: {files}.</source><translation>Ces fichiers sont illisibles et leurs places restent vides : {files}.</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose a smaller model.</source><translation>Cette image demande au moins {least} de mémoire, et il y en a {total} ; choisissez un modèle plus petit.</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose {width} × {height} or less.</source><translation>Cette image demande au moins {least} de mémoire, et il y en a {total} ; choisissez {width} × {height} ou moins.</translation></message>
<message><source>This needs {packages}, not contained in the bundle; install GDM Studio from its source code to use it.</source><translation>Cela nécessite {packages}, absent du paquet d’installation ; pour l’utiliser, installer GDM Studio depuis son code source.</translation></message>
<message><source>This needs {packages}; run `{command}` to install it.</source><translation>Cela nécessite {packages} ; `{command}` l’installe.</translation></message>
<message><source>Used by its name, though its hash is another: {files}.</source><translation>Utilisé d'après son nom, bien que son empreinte diffère : {files}.</translation></message>
<message><source>What was chosen for models was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>Les choix faits pour les modèles étaient endommagés ; ils sont conservés sous {file} et remplacés par ce qui a pu être lu.</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}.</source><translation>Vos favoris, étiquettes, notes et collections étaient endommagés : {restored}.</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}; the damaged file is kept as {file}.</source><translation>Vos favoris, étiquettes, notes et collections étaient endommagés : {restored} ; le fichier endommagé est conservé sous {file}.</translation></message>
<message><source>embedding {name}</source><translation>embedding {name}</translation></message>
<message><source>model {name}</source><translation>modèle {name}</translation></message>
<message><source>nothing of it could be read, and there is no copy of it</source><translation>rien n’a pu être lu, et il n’en existe aucune copie</translation></message>
<message><source>refiner {name}</source><translation>affineur {name}</translation></message>
<message><source>{advice} GIF and WebP work without it.</source><translation>{advice} GIF et WebP fonctionnent sans cela.</translation></message>
<message><source>{count:,} entries</source><translation>{count:,} entrées</translation></message>
<message><source>{count:,} pixels on a side</source><translation>{count:,} pixels par côté</translation></message>
<message><source>{entries} could be read</source><translation>{entries} ont pu être lues</translation></message>
<message><source>{entries} could be read, {more} more came from the copy of {day}</source><translation>{entries} ont pu être lues, {more} autres viennent de la copie du {day}</translation></message>
<message><source>{file} (hash {digest})</source><translation>{file} (empreinte {digest})</translation></message>
<message><source>{file} has integers without scales at {name!r}, which no weights are; choose another file.</source><translation>{file} contient à {name!r} des entiers sans échelles, qui ne sont pas des poids ; choisir un autre fichier.</translation></message>
<message><source>{file} is {architecture}, an upscaler that needs a package. {advice}</source><translation>{file} est {architecture}, un upscaler qui nécessite un paquet. {advice}</translation></message>
<message><source>{first} or {second}</source><translation>{first} ou {second}</translation></message>
<message><source>{folder} is not a folder; choose another.</source><translation>{folder} n’est pas un dossier ; choisissez-en un autre.</translation></message>
<message><source>{folder} is read-only; choose another folder.</source><translation>{folder} est en lecture seule ; choisir un autre dossier.</translation></message>
<message><source>{host} answers with status {status} instead of {name}; try again later.</source><translation>{host} répond par le statut {status} au lieu de {name} ; réessayez plus tard.</translation></message>
<message><source>{host} cannot be reached ({reason}); check the connection, then start the download again.</source><translation>{host} est injoignable ({reason}) ; vérifiez la connexion, puis relancez le téléchargement.</translation></message>
<message><source>{host} does not accept your access token; log in again with `hf auth login`, or remove HF_TOKEN.</source><translation>{host} n'accepte pas votre jeton d'accès ; reconnectez-vous par `hf auth login`, ou supprimez HF_TOKEN.</translation></message>
<message><source>{host} does not state the size and the hash of {name}; try again later.</source><translation>{host} n'indique ni la taille ni le hash de {name} ; réessayez plus tard.</translation></message>
<message><source>{host} forbids the download of {name}; check the rights of your access token and of the page.</source><translation>{host} interdit le téléchargement de {name} ; vérifiez les droits de votre jeton d'accès et la page.</translation></message>
<message><source>{host} has a problem (status {status}); try again later.</source><translation>{host} a un problème (statut {status}) ; réessayez plus tard.</translation></message>
<message><source>{host} has no file {name} ({status}); check the address.</source><translation>{host} n'a pas de fichier {name} ({status}) ; vérifiez l'adresse.</translation></message>
<message><source>{host} has no public model {name}; check the name, or log in with `hf auth login` if it is private.</source><translation>{host} n'a pas de modèle public {name} ; vérifiez le nom, ou connectez-vous par `hf auth login` s'il est privé.</translation></message>
<message><source>{host} refuses more requests for now; resume the download later.</source><translation>{host} refuse d'autres requêtes pour l'instant ; reprenez le téléchargement plus tard.</translation></message>
<message><source>{host} refuses more requests for {seconds} seconds; resume the download after that.</source><translation>{host} refuse d'autres requêtes pendant {seconds} secondes ; reprenez le téléchargement ensuite.</translation></message>
<message><source>{host} refuses {name} without permission ({status}); check the address, or log in with `hf auth login`, and start the download again.</source><translation>{host} refuse {name} sans autorisation ({status}) ; vérifiez l'adresse, ou connectez-vous par `hf auth login`, et relancez le téléchargement.</translation></message>
<message><source>{model} cannot refine a picture in tiles; choose another model.</source><translation>{model} ne peut pas affiner une image par tuiles ; choisir un autre modèle.</translation></message>
<message><source>{model} cannot repaint a part of a picture; choose another model.</source><translation>{model} ne peut pas repeindre une partie d'une image ; choisissez un autre modèle.</translation></message>
<message><source>{model} has no text encoder ({kinds}); put one into the models folder.</source><translation>{model} n'a pas d'encodeur de texte ({kinds}) ; en placer un dans le dossier des modèles.</translation></message>
<message><source>{model} has no word maps; paint the mask, or choose another model.</source><translation>{model} n'a pas de cartes de mots ; peignez le masque ou choisissez un autre modèle.</translation></message>
<message><source>{name} asks everyone to accept its licence: open {page}, accept it there, log in with `hf auth login`, and start the download again.</source><translation>{name} demande d'accepter sa licence : ouvrez {page}, acceptez-la, connectez-vous par `hf auth login` et relancez le téléchargement.</translation></message>
<message><source>{name} cannot be downloaded: its address leads in circles.</source><translation>{name} ne peut pas être téléchargé : son adresse tourne en rond.</translation></message>
<message><source>{name} contains no weight files; choose another model.</source><translation>{name} ne contient pas de fichier de poids ; choisir un autre modèle.</translation></message>
<message><source>{name} has {count} weight files; add one to its name, as in {name}/{file} (there are: {some}).</source><translation>{name} a {count} fichiers de poids ; ajoutez-en un au nom, comme dans {name}/{file} (il y a : {some}).</translation></message>
<message><source>{name} is a LoRA for {other}, and this model is one of {base}; choose a LoRA for {base}.</source><translation>{name} est un LoRA pour {other}, et ce modèle est de {base} ; choisir un LoRA pour {base}.</translation></message>
<message><source>{name} is an adapter of the kind {kind}, which is not supported; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} est un adaptateur de type {kind}, qui n'est pas pris en charge ; choisir un fichier LoRA, LoCon, LoHa, LoKr, GLoRA ou DoRA, ou un fichier OFT, BOFT, IA3 ou T-LoRA de LyCORIS.</translation></message>
<message><source>{name} is an upscaler that is damaged or not whole; copy or download it again.</source><translation>{name} est un upscaler endommagé ou incomplet ; le copier ou le télécharger de nouveau.</translation></message>
<message><source>{name} is being downloaded by another window or command; wait for it.</source><translation>{name} est en cours de téléchargement par une autre fenêtre ou commande ; attendez la fin.</translation></message>
<message><source>{name} is cut short; copy or download it again.</source><translation>{name} est tronqué ; le copier ou le télécharger à nouveau.</translation></message>
<message><source>{name} is damaged or not whole; copy or download it again.</source><translation>{name} est endommagé ou incomplet ; le copier ou le télécharger à nouveau.</translation></message>
<message><source>{name} is damaged; copy or download it again.</source><translation>{name} est endommagé ; le copier ou le télécharger à nouveau.</translation></message>
<message><source>{name} is not a file of a model; enter another.</source><translation>{name} n'est pas un fichier de modèle ; saisissez-en un autre.</translation></message>
<message><source>{name} is not a model file, or it is damaged; choose another file.</source><translation>{name} n'est pas un fichier de modèle, ou il est endommagé ; choisir un autre fichier.</translation></message>
<message><source>{name} is not a model file; choose one that ends in {suffixes}.</source><translation>{name} n'est pas un fichier de modèle ; en choisir un qui finit par {suffixes}.</translation></message>
<message><source>{name} is not a supported LoRA; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} n'est pas un LoRA pris en charge ; choisir un fichier LoRA, LoCon, LoHa, LoKr, GLoRA ou DoRA, ou un fichier OFT, BOFT, IA3 ou T-LoRA de LyCORIS.</translation></message>
<message><source>{name} is not a supported kind of model; choose another model file.</source><translation>{name} n'est pas un type de modèle pris en charge ; choisir un autre fichier de modèle.</translation></message>
<message><source>{name} is not an upscaler; choose another file.</source><translation>{name} n'est pas un upscaler ; choisir un autre fichier.</translation></message>
<message><source>{name} is not completely downloaded; wait for the end of its download, or start it again.</source><translation>{name} n’est pas entièrement téléchargé ; attendez la fin du téléchargement ou relancez-le.</translation></message>
<message><source>{name} is too large for the disk of {folder}; choose another disk.</source><translation>{name} est trop volumineux pour le disque de {folder} ; choisir un autre disque.</translation></message>
<message><source>{name} on {host} has no {file}; check the name.</source><translation>{name} sur {host} n'a pas de {file} ; vérifiez le nom.</translation></message>
<message><source>{path} cannot be used: a part of it is a file, not a folder; choose another.</source><translation>{path} est inutilisable : une partie du chemin est un fichier et non un dossier ; en choisir un autre.</translation></message>
<message><source>{path} cannot be used: permission is missing; choose another place or allow it.</source><translation>{path} est inutilisable : l'autorisation manque ; choisir un autre emplacement ou l'accorder.</translation></message>
<message><source>{path} cannot be used: {error}.</source><translation>{path} est inutilisable : {error}.</translation></message>
<message><source>{path} has levels from {low} to {high}, whose white is unknown; save it with levels 0 to 1.</source><translation>{path} a des niveaux de {low} à {high}, dont le blanc est inconnu ; enregistrez-la avec des niveaux de 0 à 1.</translation></message>
<message><source>{path} has more pixels than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path} a plus de pixels que la limite de {limit} ; en choisir une copie plus petite.</translation></message>
<message><source>{path} has more than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path} dépasse la limite de {limit} ; en choisir une copie plus petite.</translation></message>
<message><source>{path} has no mask, as other pictures of the folder have; add one.</source><translation>{path} n’a pas de masque, contrairement à d’autres images du dossier ; ajoutez-en un.</translation></message>
<message><source>{path} is a TIFF that is damaged or of an unsupported kind; save it as PNG, or with 8 bits.</source><translation>{path} est un TIFF endommagé ou d'un type non pris en charge ; l'enregistrer en PNG ou en 8 bits.</translation></message>
<message><source>{path} is a file, not a folder; choose another.</source><translation>{path} est un fichier et non un dossier ; en choisir un autre.</translation></message>
<message><source>{path} is a folder, not a file; choose a file.</source><translation>{path} est un dossier et non un fichier ; choisir un fichier.</translation></message>
<message><source>{path} is a {kind} picture, which is not supported; save it as PNG, JPEG or WebP.</source><translation>{path} est une image {kind}, format non pris en charge ; l'enregistrer en PNG, JPEG ou WebP.</translation></message>
<message><source>{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.</source><translation>{path} n'est pas une image, ou elle est endommagée ; choisir un fichier PNG, JPEG ou WebP.</translation></message>
<message><source>{path} is not there; check that its disk is connected, or choose another.</source><translation>{path} est introuvable ; vérifier que son disque est connecté ou faire un autre choix.</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); move it out of the way, then try again.</source><translation>{path} de la galerie ne peut pas être utilisé ({error}) ; déplacez-le, puis réessayez.</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); try again.</source><translation>{path} de la galerie ne peut pas être utilisé ({error}) ; réessayez.</translation></message>
<message><source>{path} of the gallery cannot be written; check its disk and permissions.</source><translation>{path} de la galerie ne peut pas être écrit ; vérifier son disque et les autorisations.</translation></message>
<message><source>{title} has learned from other pictures; choose another name.</source><translation>{title} a appris d'autres images ; choisir un autre nom.</translation></message>
<message><source>{title} is finished: all {count} samples are trained; raise the samples to train on, or choose another name.</source><translation>{title} est terminé : les {count} échantillons sont entraînés ; augmenter leur nombre ou choisir un autre nom.</translation></message>
<message><source>{title} is still being trained; wait for its end, or choose another name.</source><translation>{title} est encore en cours d'entraînement ; attendre la fin ou choisir un autre nom.</translation></message>
<message><source>{title} was started with other settings; choose another name.</source><translation>{title} a été lancé avec d'autres réglages ; choisir un autre nom.</translation></message>
<message><source>{url} does not end in the name of a model file ({suffixes}); enter the address of one.</source><translation>{url} ne finit pas par le nom d'un fichier de modèle ({suffixes}) ; saisissez l'adresse d'un tel fichier.</translation></message>
<message><source>{url} is not an https address; models are only downloaded by https.</source><translation>{url} n'est pas une adresse https ; les modèles ne sont téléchargés que par https.</translation></message>
<message><source>{url} is not the page of a model; enter the address of one.</source><translation>{url} n'est pas la page d'un modèle ; saisissez l'adresse d'une telle page.</translation></message>
</context>
<context>
<name>ExampleTile</name>
<message><source>Draw “{prompt}”</source><translation>Dessiner « {prompt} »</translation></message>
</context>
<context>
<name>ExportController</name>
<message numerus="yes"><source>%n picture(s) copied</source><translation>
<numerusform>%n image copiée</numerusform>
<numerusform>%n images copiées</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) exported</source><translation>
<numerusform>%n image exportée</numerusform>
<numerusform>%n images exportées</numerusform>
</translation></message>
<message numerus="yes"><source>%n shape(s)</source><translation>
<numerusform>%n forme</numerusform>
<numerusform>%n formes</numerusform>
</translation></message>
<message><source>Credit copied</source><translation>Crédits copiés</translation></message>
<message><source>Export</source><translation>Exporter</translation></message>
<message><source>Export stopped</source><translation>Exportation arrêtée</translation></message>
<message><source>Exporting {progress}…</source><translation>Export {progress}…</translation></message>
<message><source>No credit is known</source><translation>Aucun crédit connu</translation></message>
<message><source>Nothing was written.</source><translation>Rien n'a été écrit.</translation></message>
<message><source>Paste it into any program.</source><translation>À coller dans n'importe quel programme.</translation></message>
<message><source>Paste it where you show the picture or list your sources.</source><translation>À coller là où l'image est montrée ou les sources citées.</translation></message>
<message><source>Paste them as files.</source><translation>À coller en tant que fichiers.</translation></message>
<message><source>Picture copied</source><translation>Image copiée</translation></message>
<message><source>Picture exported</source><translation>Image exportée</translation></message>
<message><source>Preparing the preview: {number} of {count}…</source><translation>Préparation de l’aperçu : {number} sur {count}…</translation></message>
<message><source>Preparing…</source><translation>Préparation…</translation></message>
<message><source>Sharpening…</source><translation>Netteté…</translation></message>
<message><source>Sharpening… {percent} %</source><translation>Netteté… {percent} %</translation></message>
<message><source>The contact sheet is incomplete</source><translation>La planche-contact est incomplète</translation></message>
<message><source>The sources of {models} are not known here; look at the licence.</source><translation>Les sources de {models} ne sont pas connues ici ; consultez la licence.</translation></message>
<message><source>{number} of {count}</source><translation>{number} sur {count}</translation></message>
<message><source>{progress}, {percent} %</source><translation>{progress}, {percent} %</translation></message>
<message><source>{size} kB</source><translation>{size} ko</translation></message>
</context>
<context>
<name>ExportDialog</name>
<message><source>A dark line around the subject</source><translation>Une ligne sombre autour du sujet</translation></message>
<message><source>A line along the edge, so that pale subjects are seen on a pale page</source><translation>Une ligne le long du bord, pour que les sujets pâles se voient sur une page claire</translation></message>
<message><source>All on one page, each with its prompt and seed</source><translation>Toutes sur une page, chacune avec son prompt et sa graine</translation></message>
<message><source>Another colour</source><translation>Autre couleur</translation></message>
<message><source>Around pale parts, if they make up much of the edge; never in icon sets</source><translation>Autour des parties pâles, si elles forment une grande part du bord ; jamais dans les jeux d’icônes</translation></message>
<message><source>As needed</source><translation>Si nécessaire</translation></message>
<message><source>Authors of the model's training drawings</source><translation>Auteurs des dessins d'entraînement du modèle</translation></message>
<message><source>Background</source><translation>Fond</translation></message>
<message><source>Black</source><translation>Noir</translation></message>
<message><source>Built in</source><translation>Intégré</translation></message>
<message><source>Colour of the background</source><translation>Couleur du fond</translation></message>
<message><source>Colours</source><translation>Couleurs</translation></message>
<message><source>Contact sheet</source><translation>Planche-contact</translation></message>
<message><source>Convert to</source><translation>Convertir en</translation></message>
<message><source>Copies of the files, under names of your own</source><translation>Copies des fichiers, sous des noms au choix</translation></message>
<message><source>Copy credit</source><translation>Copier crédits</translation></message>
<message><source>Copy the credit to the clipboard</source><translation>Copier les crédits dans le presse-papiers</translation></message>
<message><source>Each area in one colour, as a designer draws icons</source><translation>Chaque surface d’une seule couleur, comme dessinent les graphistes</translation></message>
<message><source>Embed prompt and settings</source><translation>Intégrer prompt et réglages</translation></message>
<message><source>Enlarges pictures that are smaller than the chosen size</source><translation>Agrandit les images plus petites que la taille choisie</translation></message>
<message><source>Everything</source><translation>Tout</translation></message>
<message><source>Export</source><translation>Exporter</translation></message>
<message><source>Fewer colours give fewer shapes and a smaller file</source><translation>Moins de couleurs donnent moins de formes et un fichier plus petit</translation></message>
<message><source>File name</source><translation>Nom de fichier</translation></message>
<message><source>Flat colours</source><translation>Couleurs en aplat</translation></message>
<message><source>For apps: SVG, PNG, .ico, .icns, a sprite, a sheet and credits</source><translation>Pour applis : SVG, PNG, .ico, .icns, sprite, planche et crédits</translation></message>
<message><source>Format</source><translation>Format</translation></message>
<message><source>GDM Studio reads them from the file again</source><translation>GDM Studio les relit dans le fichier</translation></message>
<message><source>Icon set</source><translation>Jeu d’icônes</translation></message>
<message><source>In a darker tone of their colour</source><translation>Dans un ton plus foncé de leur couleur</translation></message>
<message><source>In the merged picture and the names of layers</source><translation>Dans l'image fusionnée et les noms des calques</translation></message>
<message><source>Include CREDITS.txt</source><translation>Inclure CREDITS.txt</translation></message>
<message><source>Names</source><translation>Noms</translation></message>
<message><source>No outline</source><translation>Sans contour</translation></message>
<message><source>Original files</source><translation>Fichiers originaux</translation></message>
<message><source>Originals</source><translation>Originaux</translation></message>
<message><source>Outline</source><translation>Contour</translation></message>
<message><source>Pale parts</source><translation>Parties pâles</translation></message>
<message><source>Quick, and keeps transparency</source><translation>Rapide, et garde la transparence</translation></message>
<message><source>Rounds the borders of areas, in pixels of a picture of 256</source><translation>Arrondit les bords des surfaces, en pixels d’une image de 256</translation></message>
<message><source>Size</source><translation>Taille</translation></message>
<message><source>Smoothing</source><translation>Lissage</translation></message>
<message><source>The files in one archive, with a list of all their settings</source><translation>Les fichiers en une archive, avec une liste de tous leurs réglages</translation></message>
<message><source>Transparent</source><translation>Transparent</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>White</source><translation>Blanc</translation></message>
<message><source>ZIP</source><translation>ZIP</translation></message>
<message><source>as needed</source><translation>selon le besoin</translation></message>
<message><source>{factor} times as wide and high</source><translation>{factor} fois plus large et plus haute</translation></message>
<message><source>{factor} × the picture</source><translation>{factor} × l'image</translation></message>
<message><source>{size} pixels</source><translation>{size} pixels</translation></message>
<message><source>{size} pixels on the longer side</source><translation>{size} pixels sur le grand côté</translation></message>
</context>
<context>
<name>ExportFormat</name>
<message><source>App icons</source><translation>Icônes d'app</translation></message>
<message><source>For iOS, Android, macOS and Windows apps, in a folder</source><translation>Pour les apps iOS, Android, macOS et Windows, dans un dossier</translation></message>
<message><source>For slides, documents and the web; keeps transparency</source><translation>Pour les présentations, les documents et le web ; garde la transparence</translation></message>
<message><source>JPEG</source><translation>JPEG</translation></message>
<message><source>Layers above the start picture, for Krita and GIMP</source><translation>Calques au-dessus de l'image de départ, pour Krita et GIMP</translation></message>
<message><source>Lossless, smaller than PNG; for the web</source><translation>Sans perte, plus petit que PNG ; pour le web</translation></message>
<message><source>Mac icon</source><translation>Icône Mac</translation></message>
<message><source>No transparency; fills the background</source><translation>Pas de transparence ; remplit le fond</translation></message>
<message><source>One .icns with every size from 16 to 1024 pixels</source><translation>Un .icns avec toutes les tailles de 16 à 1024 pixels</translation></message>
<message><source>One .ico with seven sizes from 16 to 256 pixels</source><translation>Un .ico avec sept tailles de 16 à 256 pixels</translation></message>
<message><source>OpenRaster</source><translation>OpenRaster</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>SVG</source><translation>SVG</translation></message>
<message><source>Shapes that stay sharp at any size; best for flat styles</source><translation>Des formes nettes à toute taille ; idéal pour les styles en aplats</translation></message>
<message><source>WebP</source><translation>WebP</translation></message>
<message><source>Website icons</source><translation>Icônes de site</translation></message>
<message><source>Windows icon</source><translation>Icône Windows</translation></message>
<message><source>favicon.ico, icons for phones and the web manifest, in a folder</source><translation>favicon.ico, icônes pour téléphones et manifeste web, dans un dossier</translation></message>
</context>
<context>
<name>ExtendBar</name>
<message><source>Generate the added area</source><translation>Générer la zone ajoutée</translation></message>
<message><source>Leave the picture as it was</source><translation>Laisser l'image telle qu'elle était</translation></message>
<message><source>Pixels above</source><translation>Pixels en haut</translation></message>
<message><source>Pixels below</source><translation>Pixels en bas</translation></message>
<message><source>Pixels left</source><translation>Pixels à gauche</translation></message>
<message><source>Pixels right</source><translation>Pixels à droite</translation></message>
<message><source>Pixels to add above; ↑ and ↓ change them</source><translation>Pixels à ajouter en haut ; ↑ et ↓ les changent</translation></message>
<message><source>Pixels to add at the left; ↑ and ↓ change them</source><translation>Pixels à ajouter à gauche ; ↑ et ↓ les changent</translation></message>
<message><source>Pixels to add at the right; ↑ and ↓ change them</source><translation>Pixels à ajouter à droite ; ↑ et ↓ les changent</translation></message>
<message><source>Pixels to add below; ↑ and ↓ change them</source><translation>Pixels à ajouter en bas ; ↑ et ↓ les changent</translation></message>
<message><source>Undo the last change</source><translation>Annuler le dernier changement</translation></message>
<message><source>Use frame</source><translation>Utiliser</translation></message>
</context>
<context>
<name>FactorGroup</name>
<message><source>Factors</source><translation>Facteurs</translation></message>
</context>
<context>
<name>FailureReport</name>
<message><source>Close</source><translation>Fermer</translation></message>
</context>
<context>
<name>Family</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n étape</numerusform>
<numerusform>%n étapes</numerusform>
</translation></message>
<message><source>as it was at step {step}</source><translation>telle qu'à l'étape {step}</translation></message>
<message><source>edited in another program</source><translation>modifiée dans un autre programme</translation></message>
<message><source>from step {step}</source><translation>depuis l'étape {step}</translation></message>
<message><source>from step {step} of “{title}”, which is not in the gallery</source><translation>depuis l'étape {step} de « {title} », qui n'est pas dans la galerie</translation></message>
<message><source>{steps} · seed {seed}</source><translation>{steps} · graine {seed}</translation></message>
</context>
<context>
<name>FamilyGraph</name>
<message><source>Family tree of the systems</source><translation>Généalogie des méthodes</translation></message>
</context>
<context>
<name>FamilyTreeController</name>
<message><source>Command copied</source><translation>Commande copiée</translation></message>
<message><source>{command} adds its weights.</source><translation>{command} ajoute ses poids.</translation></message>
<message><source>{command} trains it in {time}.</source><translation>{command} l'entraîne en {time}.</translation></message>
</context>
<context>
<name>FamilyTreePage</name>
<message><source>Back to the lessons and the points</source><translation>Retour aux leçons et aux points</translation></message>
<message><source>By year, with lines to the systems that build on each</source><translation>Par année, avec des lignes vers les méthodes qui s'appuient sur chacune</translation></message>
<message><source>Common errors in the literature</source><translation>Erreurs courantes dans la littérature</translation></message>
<message><source>Diffusion in 2D</source><translation>Diffusion en 2D</translation></message>
<message><source>Side by side</source><translation>Côte à côte</translation></message>
<message><source>The family tree</source><translation>La généalogie</translation></message>
<message><source>Tree</source><translation>Arbre</translation></message>
<message><source>View of the systems</source><translation>Vue des méthodes</translation></message>
<message><source>Weights of pictures</source><translation>Poids pour les images</translation></message>
<message><source>Weights of points only</source><translation>Poids pour les points seulement</translation></message>
<message><source>What each starts with, what is learned, what a step does</source><translation>D'où chacune part, ce qui est appris, ce que fait une étape</translation></message>
</context>
<context>
<name>FamilyView</name>
<message><source>Family of the picture</source><translation>Famille de l'image</translation></message>
<message><source>Family · the step at which each picture branched off</source><translation>Famille · l'étape à laquelle chaque image a bifurqué</translation></message>
</context>
<context>
<name>FewSteps</name>
<message><source>Hyper</source><translation>Hyper</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>Lightning</source><translation>Lightning</translation></message>
<message><source>Turbo</source><translation>Turbo</translation></message>
<message><source>{steps} steps without guidance ({paper})</source><translation>{steps} étapes sans guidage ({paper})</translation></message>
</context>
<context>
<name>FileDrops</name>
<message><source>Copy its text, and paste it where you want to have it.</source><translation>Copiez son texte et collez-le là où vous le voulez.</translation></message>
<message><source>Drop a picture, a model, or a folder of them.</source><translation>Déposez une image, un modèle, ou un dossier qui en contient.</translation></message>
<message><source>Only {file} is used</source><translation>Seul {file} est utilisé</translation></message>
<message><source>Save the picture as a file and drop that. “Get a model” downloads models.</source><translation>Enregistrez l’image dans un fichier et déposez-le. « Obtenir un modèle » télécharge des modèles.</translation></message>
<message><source>Web addresses cannot be dropped</source><translation>Les adresses web ne peuvent pas être déposées</translation></message>
<message><source>{name} cannot be used here</source><translation>{name} ne peut pas être utilisé ici</translation></message>
</context>
<context>
<name>FilenamePattern</name>
<message><source>four letters of its unique id</source><translation>quatre lettres de son identifiant unique</translation></message>
<message><source>its first words, or the class</source><translation>ses premiers mots, ou la classe</translation></message>
<message><source>its number, {n:03} with zeros</source><translation>son numéro, {n:03} avec des zéros</translation></message>
<message><source>its {setting}</source><translation>réglage : {setting}</translation></message>
<message><source>number of steps</source><translation>nombre d'étapes</translation></message>
<message><source>the model's name</source><translation>le nom du modèle</translation></message>
</context>
<context>
<name>FilmDialog</name>
<message><source>A notebook whose code generates the same steps with this program.</source><translation>Un notebook dont le code génère les mêmes étapes avec ce programme.</translation></message>
<message><source>A video for every player, without transparency.</source><translation>Une vidéo pour tous les lecteurs, sans transparence.</translation></message>
<message><source>A web page with a slider, the settings and a chart, in one file without links.</source><translation>Une page web avec un curseur, les réglages et un graphique, en un seul fichier sans liens.</translation></message>
<message><source>Animation of the steps</source><translation>Animation des étapes</translation></message>
<message><source>Background</source><translation>Fond</translation></message>
<message><source>Black</source><translation>Noir</translation></message>
<message><source>Format</source><translation>Format</translation></message>
<message><source>Loop</source><translation>Boucle</translation></message>
<message><source>Once</source><translation>Une fois</translation></message>
<message><source>Original</source><translation>Originale</translation></message>
<message><source>Ping-pong</source><translation>Aller-retour</translation></message>
<message><source>Plays back to the noise, then forward again</source><translation>Revient jusqu'au bruit, puis repart en avant</translation></message>
<message><source>Repeat</source><translation>Répéter</translation></message>
<message><source>Shown everywhere; 255 colours, and transparent pictures have hard edges.</source><translation>S'affiche partout ; 255 couleurs, et les images transparentes ont des bords durs.</translation></message>
<message><source>Size</source><translation>Taille</translation></message>
<message><source>Size, pixels</source><translation>Taille, pixels</translation></message>
<message><source>Small and exact, with half-transparent edges; browsers and messengers show it.</source><translation>Petit et fidèle, avec des bords semi-transparents ; affiché par les navigateurs et messageries.</translation></message>
<message><source>Speed of the animation; the finished picture stays a little longer</source><translation>Vitesse de l'animation ; l'image finie reste un peu plus longtemps</translation></message>
<message><source>Starts again at the end</source><translation>Recommence à la fin</translation></message>
<message><source>Steps per second</source><translation>Étapes par seconde</translation></message>
<message><source>Stops at the picture</source><translation>S'arrête sur l'image</translation></message>
<message><source>The player decides whether a video repeats</source><translation>Le lecteur décide si une vidéo se répète</translation></message>
<message><source>The size of the picture</source><translation>La taille de l'image</translation></message>
<message><source>Transparent</source><translation>Transparent</translation></message>
<message><source>View</source><translation>Vue</translation></message>
<message><source>White</source><translation>Blanc</translation></message>
<message><source>{pixels} pixels on the longer side</source><translation>{pixels} pixels sur le grand côté</translation></message>
</context>
<context>
<name>FilmExport</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n étape</numerusform>
<numerusform>%n étapes</numerusform>
</translation></message>
<message><source>Animation exported</source><translation>Animation exportée</translation></message>
<message><source>Animation of {title}</source><translation>Animation de {title}</translation></message>
<message><source>Step {number} of {count}…</source><translation>Étape {number} sur {count}…</translation></message>
<message><source>Steps exported</source><translation>Étapes exportées</translation></message>
<message><source>Writing…</source><translation>Écriture…</translation></message>
</context>
<context>
<name>FilmPreview</name>
<message><source>Preview of the animation</source><translation>Aperçu de l'animation</translation></message>
</context>
<context>
<name>Filmstrip</name>
<message><source>Actions for this step</source><translation>Actions pour cette étape</translation></message>
<message><source>Actions for this step (Menu key, right-click)</source><translation>Actions pour cette étape (touche Menu, clic droit)</translation></message>
<message><source>All pictures of this run</source><translation>Toutes les images de cette génération</translation></message>
<message><source>Back to the newest step</source><translation>Revenir à la dernière étape</translation></message>
<message><source>Back to the run in progress</source><translation>Revenir à la génération en cours</translation></message>
<message><source>Latest</source><translation>Dernière</translation></message>
<message><source>Loop</source><translation>Boucle</translation></message>
<message><source>Next picture</source><translation>Image suivante</translation></message>
<message><source>Picture {number} of {count}</source><translation>Image {number} sur {count}</translation></message>
<message><source>Previous picture</source><translation>Image précédente</translation></message>
<message><source>Steps</source><translation>Étapes</translation></message>
<message><source>drag to look back</source><translation>glisser pour revoir</translation></message>
<message><source>drag to look back, right-click to branch</source><translation>glisser pour revoir, clic droit pour une branche</translation></message>
<message><source>each one appears here as it is made</source><translation>chacune apparaît ici dès qu'elle est faite</translation></message>
</context>
<context>
<name>FolderDialog</name>
<message><source>Cancel</source><translation>Annuler</translation></message>
<message><source>Choose another folder</source><translation>Choisir un autre dossier</translation></message>
<message><source>Choose…</source><translation>Choisir…</translation></message>
<message><source>Close without writing anything</source><translation>Fermer sans rien écrire</translation></message>
<message><source>Export</source><translation>Exporter</translation></message>
<message><source>Folder</source><translation>Dossier</translation></message>
<message><source>Folder for {title}</source><translation>Dossier pour {title}</translation></message>
<message><source>Stop</source><translation>Arrêter</translation></message>
<message><source>Write the files</source><translation>Écrire les fichiers</translation></message>
</context>
<context>
<name>FolderEdit</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n image</numerusform>
<numerusform>%n images</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) edited</source><translation>
<numerusform>%n image modifiée</numerusform>
<numerusform>%n images modifiées</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) not edited</source><translation>
<numerusform>%n image non modifiée</numerusform>
<numerusform>%n images non modifiées</numerusform>
</translation></message>
<message><source>Edit a folder</source><translation>Modifier un dossier</translation></message>
<message><source>Folder with the pictures to edit</source><translation>Dossier des images à modifier</translation></message>
<message><source>Open folder</source><translation>Ouvrir le dossier</translation></message>
<message><source>Show which</source><translation>Voir lesquelles</translation></message>
<message><source>Stopped · {edited}, {count} left</source><translation>Arrêté · {edited}, {count} restantes</translation></message>
<message><source>{folder} contains no pictures; choose another folder.</source><translation>{folder} ne contient aucune image ; choisissez un autre dossier.</translation></message>
<message><source>{number} of {count}</source><translation>{number} sur {count}</translation></message>
<message><source>{pictures}, {count} with a mask</source><translation>{pictures}, {count} avec un masque</translation></message>
</context>
<context>
<name>FolderEditDialog</name>
<message><source>All become {width} × {height} pixels, the only size of this model.</source><translation>Toutes auront {width} × {height} pixels, la seule taille de ce modèle.</translation></message>
<message><source>Built in</source><translation>Intégré</translation></message>
<message><source>Each picture is generated from “{prompt}” by {model}.</source><translation>Chaque image est générée à partir de « {prompt} » par {model}.</translation></message>
<message><source>Edit</source><translation>Modifier</translation></message>
<message><source>Enlarge by a network; nothing else changes</source><translation>Agrandir par un réseau ; rien d’autre ne change</translation></message>
<message><source>Inpaint</source><translation>Inpaint</translation></message>
<message><source>Inpaint area</source><translation>Zone d’inpaint</translation></message>
<message><source>Quick, and keeps transparency</source><translation>Rapide, garde la transparence</translation></message>
<message><source>Size</source><translation>Taille</translation></message>
<message><source>Start from each</source><translation>Partir de chacune</translation></message>
<message><source>The edited pictures keep their names, subfolders, EXIF data and colour profiles. Started again, the edit continues where it ended.</source><translation>Les images modifiées gardent noms, sous-dossiers, données EXIF et profils de couleur. Relancée, la modification reprend où elle s’est arrêtée.</translation></message>
<message><source>Upscale</source><translation>Agrandir</translation></message>
<message><source>Upscaler</source><translation>Agrandisseur</translation></message>
</context>
<context>
<name>Folders</name>
<message><source>Couldn't open the folder: {folder}. Open it in a file manager.</source><translation>Impossible d'ouvrir le dossier : {folder}. L'ouvrir dans un gestionnaire de fichiers.</translation></message>
<message><source>Open folder</source><translation>Ouvrir le dossier</translation></message>
<message><source>{folder} is not there. If it is on another disk, connect that; then try again.</source><translation>{folder} est introuvable. S'il est sur un autre disque, le connecter, puis réessayer.</translation></message>
</context>
<context>
<name>FoldersRow</name>
<message><source>Add…</source><translation>Ajouter…</translation></message>
<message><source>Open the default models folder</source><translation>Ouvrir le dossier des modèles par défaut</translation></message>
<message><source>Remove from the list; the files stay</source><translation>Retirer de la liste ; les fichiers restent</translation></message>
<message><source>Remove {folder}</source><translation>Retirer {folder}</translation></message>
<message><source>Search another folder for models</source><translation>Chercher des modèles dans un autre dossier</translation></message>
<message><source>Show</source><translation>Voir</translation></message>
</context>
<context>
<name>GalleryCells</name>
<message><source>Cannot be shown</source><translation>Ne peut pas être affichée</translation></message>
</context>
<context>
<name>GalleryCommands</name>
<message numerus="yes"><source> (%n file(s))</source><translation>
<numerusform> (%n fichier)</numerusform>
<numerusform> (%n fichiers)</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to the favourites</source><translation>
<numerusform>%n image ajoutée aux favoris</numerusform>
<numerusform>%n images ajoutées aux favoris</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to {name}</source><translation>
<numerusform>%n image ajoutée à {name}</numerusform>
<numerusform>%n images ajoutées à {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) deleted</source><translation>
<numerusform>%n image supprimée</numerusform>
<numerusform>%n images supprimées</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) hidden</source><translation>
<numerusform>%n image masquée</numerusform>
<numerusform>%n images masquées</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from the favourites</source><translation>
<numerusform>%n image retirée des favoris</numerusform>
<numerusform>%n images retirées des favoris</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from {name}</source><translation>
<numerusform>%n image retirée de {name}</numerusform>
<numerusform>%n images retirées de {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) restored</source><translation>
<numerusform>%n image restaurée</numerusform>
<numerusform>%n images restaurées</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) tagged {name}</source><translation>
<numerusform>%n image taguée : {name}</numerusform>
<numerusform>%n images taguées : {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) taken back</source><translation>
<numerusform>%n image annulée</numerusform>
<numerusform>%n images annulées</numerusform>
</translation></message>
<message numerus="yes"><source>Collection of %n picture(s) created</source><translation>
<numerusform>Collection de %n image créée</numerusform>
<numerusform>Collection de %n images créée</numerusform>
</translation></message>
<message><source>Ctrl+Z undoes it.</source><translation>Ctrl+Z annule l'action.</translation></message>
<message><source>Imported folders are not changed.</source><translation>Les dossiers importés ne sont pas modifiés.</translation></message>
<message><source>In {name} already</source><translation>Déjà dans {name}</translation></message>
<message><source>It is under Recently deleted.</source><translation>Elle est dans Suppressions récentes.</translation></message>
<message><source>New collection</source><translation>Nouvelle collection</translation></message>
<message><source>No picture is selected</source><translation>Aucune image sélectionnée</translation></message>
<message><source>Not in {name}</source><translation>Pas dans {name}</translation></message>
<message><source>Picture deleted</source><translation>Image supprimée</translation></message>
<message><source>Picture hidden</source><translation>Image masquée</translation></message>
<message><source>Picture restored</source><translation>Image restaurée</translation></message>
<message><source>Restore</source><translation>Restaurer</translation></message>
<message><source>They are under Recently deleted.</source><translation>Elles sont dans Suppressions récentes.</translation></message>
<message><source>{before} renamed to {now}</source><translation>{before} renommé en {now}</translation></message>
<message numerus="yes"><source>{name} removed from %n picture(s)</source><translation>
<numerusform>Retiré de %n image : {name}</numerusform>
<numerusform>Retiré de %n images : {name}</numerusform>
</translation></message>
</context>
<context>
<name>GalleryPage</name>
<message><source>Gallery</source><translation>Galerie</translation></message>
</context>
<context>
<name>GalleryPanel</name>
<message><source>Clear the search and show the new picture</source><translation>Effacer la recherche et afficher la nouvelle image</translation></message>
<message><source>Show it</source><translation>Afficher</translation></message>
<message><source>The search hides the new picture.</source><translation>La recherche masque la nouvelle image.</translation></message>
</context>
<context>
<name>GalleryService</name>
<message><source>Something was repaired</source><translation>Une réparation a été faite</translation></message>
<message><source>{file} is damaged; copy a backup of it to {folder}, or generate it again from its settings.</source><translation>{file} est endommagé ; en copier une sauvegarde dans {folder}, ou régénérer l'image depuis ses réglages.</translation></message>
</context>
<context>
<name>GenerateButton</name>
<message><source>Starting…</source><translation>Démarrage…</translation></message>
<message><source>Stopping…</source><translation>Arrêt…</translation></message>
<message><source>The current step is being finished</source><translation>L'étape en cours se termine</translation></message>
</context>
<context>
<name>GenerationController</name>
<message numerus="yes"><source>%n failed and can be tried again.</source><translation>
<numerusform>%n a échoué et peut être réessayée.</numerusform>
<numerusform>%n ont échoué et peuvent être réessayées.</numerusform>
</translation></message>
<message><source>A picture could not be saved</source><translation>Une image n'a pas pu être enregistrée</translation></message>
<message><source>A run is in progress</source><translation>Une génération est en cours</translation></message>
<message><source>Add to the queue</source><translation>Mettre en file</translation></message>
<message><source>Everything is made.</source><translation>Tout est fait.</translation></message>
<message><source>It could not be followed to its end.</source><translation>Le suivi n'a pas pu aller jusqu'au bout.</translation></message>
<message><source>It starts after the running jobs</source><translation>Commence après les tâches en cours</translation></message>
<message><source>Queued · {count}</source><translation>En file · {count}</translation></message>
<message><source>Queued · {count} · {total} waiting in all</source><translation>En file · {count} · {total} en attente en tout</translation></message>
<message><source>Resume</source><translation>Reprendre</translation></message>
<message><source>The queue waits until it is.</source><translation>La file d'attente attend qu'elle le soit.</translation></message>
<message><source>Try again once it has ended, or stop it first.</source><translation>Réessayez une fois la génération finie, ou arrêtez-la d'abord.</translation></message>
<message><source>Try again once it is saved.</source><translation>Réessayez une fois l'image enregistrée.</translation></message>
<message><source>Your pictures are ready</source><translation>Vos images sont prêtes</translation></message>
<message><source>about {time} · {size}</source><translation>environ {time} · {size}</translation></message>
<message><source>starting…</source><translation>démarrage…</translation></message>
<message><source>{title} · waits for the paused queue</source><translation>{title} · attend la file en pause</translation></message>
<message><source>{title} · waits for the paused run</source><translation>{title} · attend la génération en pause</translation></message>
</context>
<context>
<name>GenerationModes</name>
<message><source>A set is a list of prompts, and {model} reads none.</source><translation>Une série est une liste de prompts, et {model} n’en lit pas.</translation></message>
<message><source>Describe the picture, or let the model draw anything.</source><translation>Décrire l'image, ou laisser le modèle dessiner librement.</translation></message>
<message><source>Draw anything</source><translation>Dessin libre</translation></message>
<message><source>It updates a single picture. Leave the set with {keys}.</source><translation>Ce mode met à jour une seule image. Quitter la série avec {keys}.</translation></message>
<message><source>No set was found</source><translation>Aucune série trouvée</translation></message>
<message><source>The prompt is empty</source><translation>Le prompt est vide</translation></message>
</context>
<context>
<name>Grid</name>
<message><source>No favourites yet. Press F to mark the selected picture.</source><translation>Pas encore de favoris. Appuyer sur F pour marquer l'image sélectionnée.</translation></message>
<message><source>No imported pictures yet. Drop a file here, or add a folder.</source><translation>Pas encore d'images importées. Déposer un fichier ici ou ajouter un dossier.</translation></message>
<message><source>No pictures from today yet.</source><translation>Pas encore d'images d'aujourd'hui.</translation></message>
<message><source>Nothing matches “{query}”.</source><translation>Rien ne correspond à « {query} ».</translation></message>
<message><source>Pictures</source><translation>Images</translation></message>
<message><source>There are no pictures in this folder.</source><translation>Il n'y a pas d'image dans ce dossier.</translation></message>
<message><source>Your pictures will appear here.</source><translation>Vos images apparaîtront ici.</translation></message>
</context>
<context>
<name>GridController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n image</numerusform>
<numerusform>%n images</numerusform>
</translation></message>
<message><source>Another grid is being generated. Stop it, then restore this one.</source><translation>Une autre grille est en cours. L'arrêter, puis restaurer celle-ci.</translation></message>
<message><source>Back to the grid</source><translation>Revenir à la grille</translation></message>
<message><source>Grid</source><translation>Grille</translation></message>
<message numerus="yes"><source>Grid: %n picture(s)</source><translation>
<numerusform>Grille : %n image</numerusform>
<numerusform>Grille : %n images</numerusform>
</translation></message>
<message><source>It is in the pictures folder; its pictures are the collection “{name}”.</source><translation>Elle est dans le dossier d'images ; ses images sont la collection « {name} ».</translation></message>
<message><source>Its name is “{name}”.</source><translation>Elle s'appelle « {name} ».</translation></message>
<message><source>One picture for each value, or each pair</source><translation>Une image pour chaque valeur, ou chaque paire</translation></message>
<message><source>One picture for each value, or each pair; all other settings stay as they are.</source><translation>Une image pour chaque valeur, ou chaque paire ; tous les autres réglages restent tels quels.</translation></message>
<message><source>Previous grid saved as a collection</source><translation>Grille précédente gardée comme collection</translation></message>
<message><source>Restore it</source><translation>La restaurer</translation></message>
<message><source>Schedulers</source><translation>Planificateurs</translation></message>
<message numerus="yes"><source>Schedulers: %n picture(s)</source><translation>
<numerusform>Planificateurs : %n image</numerusform>
<numerusform>Planificateurs : %n images</numerusform>
</translation></message>
<message><source>Sheet saved</source><translation>Planche enregistrée</translation></message>
<message><source>click one to use it</source><translation>cliquer pour utiliser</translation></message>
<message><source>connecting to the cluster…</source><translation>connexion au cluster…</translation></message>
</context>
<context>
<name>GridSetup</name>
<message><source>Across</source><translation>En largeur</translation></message>
<message><source>Down</source><translation>En hauteur</translation></message>
<message><source>Make the grid</source><translation>Créer la grille</translation></message>
<message><source>One picture for each</source><translation>Une image pour chaque</translation></message>
</context>
<context>
<name>GridView</name>
<message><source>Continue</source><translation>Continuer</translation></message>
<message><source>Each at its best</source><translation>Chacun au mieux</translation></message>
<message><source>Every scheduler with its own default steps and spacing</source><translation>Chaque planificateur avec ses étapes et son espacement par défaut</translation></message>
<message><source>Every scheduler with the steps and the spacing that are set</source><translation>Chaque planificateur avec les étapes et l'espacement définis</translation></message>
<message><source>Make the missing pictures</source><translation>Créer les images manquantes</translation></message>
<message><source>Same settings</source><translation>Mêmes réglages</translation></message>
<message><source>Settings of the schedulers</source><translation>Réglages des planificateurs</translation></message>
<message><source>Skip the missing pictures</source><translation>Omettre les images manquantes</translation></message>
<message><source>Stop</source><translation>Arrêter</translation></message>
</context>
<context>
<name>Handout</name>
<message><source>A run on the plane</source><translation>Génération dans le plan</translation></message>
<message><source>Distance at the end</source><translation>Distance à la fin</translation></message>
<message><source>Distance from the true distribution at each step</source><translation>Distance à la vraie distribution à chaque étape</translation></message>
<message><source>Each point starts as noise, and the sampler moves it towards the data. The notebook runs with the package `gdm_studio`.</source><translation>Chaque point commence comme du bruit, et l'échantillonneur le déplace vers les données. Le notebook s'exécute avec le paquet `gdm_studio`.</translation></message>
<message><source>Images, compared</source><translation>Images comparées</translation></message>
<message><source>In Python</source><translation>En Python</translation></message>
<message><source>Made with GDM Studio.</source><translation>Fait avec GDM Studio.</translation></message>
<message><source>Noise after each step, as the ratio of noise to signal</source><translation>Bruit après chaque étape : rapport du bruit au signal</translation></message>
<message><source>Nothing is known about how this image was made.</source><translation>On ne sait rien de la façon dont cette image a été faite.</translation></message>
<message><source>Play</source><translation>Lire</translation></message>
<message><source>Runs on the plane, compared</source><translation>Générations dans le plan, comparées</translation></message>
<message><source>Step</source><translation>Étape</translation></message>
<message><source>Step {step} in numbers</source><translation>Étape {step} en chiffres</translation></message>
<message><source>Step {step} of {steps}</source><translation>Étape {step} sur {steps}</translation></message>
<message><source>Step {step} of {steps} · α {alpha:.3f} · σ {sigma:.3f} · distance {distance:.3f}</source><translation>Étape {step} sur {steps} · α {alpha:.3f} · σ {sigma:.3f} · distance {distance:.3f}</translation></message>
<message><source>The network of this run is not part of the notebook. The exact denoiser takes its place.</source><translation>Le réseau de cette génération ne fait pas partie du notebook. Le débruiteur exact le remplace.</translation></message>
<message><source>The request below determines the image completely. Running it again generates the same image, step by step.</source><translation>La requête ci-dessous détermine entièrement l'image. L'exécuter de nouveau génère la même image, étape par étape.</translation></message>
<message><source>evaluations of the denoiser</source><translation>évaluations du débruiteur</translation></message>
<message><source>step</source><translation>étape</translation></message>
</context>
<context>
<name>Head</name>
<message><source>Its file does not say how it was made</source><translation>Son fichier ne dit pas comment elle a été faite</translation></message>
<message><source>Move {letter} to the left</source><translation>Déplacer {letter} vers la gauche</translation></message>
<message><source>Move {letter} to the right</source><translation>Déplacer {letter} vers la droite</translation></message>
<message><source>Remove {letter} from the comparison</source><translation>Retirer {letter} de la comparaison</translation></message>
<message><source>Use the settings of {letter}</source><translation>Utiliser les réglages de {letter}</translation></message>
<message><source>{title} · settings not known</source><translation>{title} · réglages inconnus</translation></message>
</context>
<context>
<name>IdleNotifier</name>
<message numerus="yes"><source>%n picture(s) still to make</source><translation>
<numerusform>%n image encore à faire</numerusform>
<numerusform>%n images encore à faire</numerusform>
</translation></message>
<message><source>The queue resumes when you open GDM Studio again.</source><translation>La file d'attente reprendra à la réouverture de GDM Studio.</translation></message>
</context>
<context>
<name>ImageSignals</name>
<message><source>The file does not say which model made this picture.</source><translation>Le fichier ne dit pas quel modèle a créé cette image.</translation></message>
<message><source>This picture has no settings from which to make it again.</source><translation>Cette image n'a pas de réglages permettant de la refaire.</translation></message>
<message><source>This picture has no settings to use; drop it on the Create page to start from it.</source><translation>Cette image n'a pas de réglages ; déposez-la sur la page Créer pour partir d'elle.</translation></message>
<message><source>Variations need the settings of a picture, and this one has none; start from it instead.</source><translation>Les variantes ont besoin des réglages d'une image, et celle-ci n'en a pas ; partez plutôt d'elle.</translation></message>
</context>
<context>
<name>ImportController</name>
<message><source>Add a folder of pictures to the gallery</source><translation>Ajouter un dossier d'images à la galerie</translation></message>
<message><source>Added to the gallery</source><translation>Ajoutée à la galerie</translation></message>
<message><source>{file} was copied; the original stays where it is.</source><translation>{file} a été copié ; l'original reste où il est.</translation></message>
</context>
<context>
<name>InterpolationController</name>
<message><source>Animated WebP (*.webp)</source><translation>WebP animé (*.webp)</translation></message>
<message><source>Animation saved</source><translation>Animation enregistrée</translation></message>
<message><source>Animation {file}</source><translation>Animation {file}</translation></message>
<message><source>Back to the row</source><translation>Revenir à la suite</translation></message>
<message numerus="yes"><source>Between two: %n picture(s)</source><translation>
<numerusform>Entre deux : %n image</numerusform>
<numerusform>Entre deux : %n images</numerusform>
</translation></message>
<message><source>From {prompt}, seed {seed}</source><translation>De {prompt}, graine {seed}</translation></message>
<message><source>GIF (*.gif)</source><translation>GIF (*.gif)</translation></message>
<message><source>MP4 video (*.mp4)</source><translation>Vidéo MP4 (*.mp4)</translation></message>
<message><source>Save animation</source><translation>Enregistrer l'animation</translation></message>
<message><source>every frame begins with the start picture</source><translation>chaque image part de l'image de départ</translation></message>
<message><source>no prompt</source><translation>sans prompt</translation></message>
<message><source>only the masked part changes</source><translation>seule la partie masquée change</translation></message>
<message><source>press Make</source><translation>appuyer sur Créer</translation></message>
<message><source>seed {seed}</source><translation>graine {seed}</translation></message>
<message><source>writing…</source><translation>écriture…</translation></message>
<message><source>{percent} % of the way</source><translation>{percent} % du chemin</translation></message>
<message><source>{prompt}, seed {seed} → {end}</source><translation>{prompt}, graine {seed} → {end}</translation></message>
</context>
<context>
<name>InterpolationRow</name>
<message><source>Use the seed and the prompt themselves</source><translation>Utiliser la graine et le prompt eux-mêmes</translation></message>
<message><source>Variation {percent} % of seed {seed}</source><translation>Variation {percent} % de la graine {seed}</translation></message>
<message><source>{legs} steps away, the last {percent} % towards seed {seed}</source><translation>{legs} pas plus loin, le dernier à {percent} % vers la graine {seed}</translation></message>
<message><source>{legs} steps away, the last {percent} % towards {prompt}, seed {seed}</source><translation>{legs} pas plus loin, le dernier à {percent} % vers {prompt}, graine {seed}</translation></message>
<message><source>{percent} % towards {prompt}, seed {seed}</source><translation>{percent} % vers {prompt}, graine {seed}</translation></message>
</context>
<context>
<name>InterpolationView</name>
<message><source>Another seed</source><translation>Autre graine</translation></message>
<message><source>Between two pictures</source><translation>Entre deux images</translation></message>
<message><source>Drag along the row</source><translation>Glisser le long de la suite</translation></message>
<message><source>Frames</source><translation>Images</translation></message>
<message><source>Make</source><translation>Créer</translation></message>
<message><source>Make the pictures of the row</source><translation>Créer les images de la suite</translation></message>
<message><source>Picture of the row</source><translation>Image de la suite</translation></message>
<message><source>Pictures in the row</source><translation>Images dans la suite</translation></message>
<message><source>Prompt of the last picture</source><translation>Prompt de la dernière image</translation></message>
<message><source>Prompt of the last picture; empty for the same prompt</source><translation>Prompt de la dernière image ; vide pour le même prompt</translation></message>
<message><source>Seed of the last picture</source><translation>Graine de la dernière image</translation></message>
<message><source>Stop</source><translation>Arrêter</translation></message>
<message><source>To prompt</source><translation>Au prompt</translation></message>
<message><source>To seed</source><translation>À la graine</translation></message>
<message><source>the same prompt</source><translation>le même prompt</translation></message>
</context>
<context>
<name>Introduction</name>
<message><source>Press Start. Test pictures and a diagnosis show whether it learns.</source><translation>Appuyer sur Démarrer. Des images de test et un diagnostic montrent si le modèle apprend.</translation></message>
<message><source>Teach a model your style, or train a model of your own. All on this computer.</source><translation>Apprendre votre style à un modèle, ou entraîner votre propre modèle. Tout se passe sur cet ordinateur.</translation></message>
<message><source>Train on your pictures</source><translation>Entraîner sur vos images</translation></message>
</context>
<context>
<name>InversionTool</name>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>reste %n étape</numerusform>
<numerusform>reste %n étapes</numerusform>
</translation></message>
<message><source>Change the prompt, then generate from the recovered noise.</source><translation>Changer le prompt, puis générer à partir du bruit retrouvé.</translation></message>
<message><source>Finding the noise</source><translation>Recherche du bruit</translation></message>
<message><source>Generate from it</source><translation>Générer à partir de lui</translation></message>
<message><source>Ready: new words, same layout</source><translation>Prêt : autres mots, même composition</translation></message>
<message><source>The picture as it is</source><translation>L'image telle quelle</translation></message>
<message><source>The picture was drawn for: {prompt}</source><translation>L’image a été dessinée pour : {prompt}</translation></message>
<message><source>Use its prompt</source><translation>Utiliser son prompt</translation></message>
<message><source>Your prompt is not the picture's</source><translation>Votre prompt n’est pas celui de l’image</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model} ne peut pas partir d'une image</translation></message>
<message><source>{percent} % noise</source><translation>{percent} % de bruit</translation></message>
</context>
<context>
<name>JobBar</name>
<message numerus="yes"><source>%n job(s)</source><translation>
<numerusform>%n tâche</numerusform>
<numerusform>%n tâches</numerusform>
</translation></message>
<message><source>Choose a job to stop</source><translation>Choisir une tâche à arrêter</translation></message>
<message><source>Show all running jobs in the queue</source><translation>Afficher toutes les tâches en cours dans la file d'attente</translation></message>
<message><source>Show {job}</source><translation>Afficher {job}</translation></message>
<message><source>Stop</source><translation>Arrêter</translation></message>
<message><source>Stop this job after the current step</source><translation>Arrêter cette tâche après l'étape en cours</translation></message>
<message><source>Stop {job}</source><translation>Arrêter {job}</translation></message>
<message><source>Stop…</source><translation>Arrêter…</translation></message>
</context>
<context>
<name>JobLine</name>
<message><source>Progress of {job}</source><translation>Progression de {job}</translation></message>
<message><source>Show</source><translation>Voir</translation></message>
<message><source>Show the pictures of this job</source><translation>Afficher les images de cette tâche</translation></message>
<message><source>Show {job}</source><translation>Afficher {job}</translation></message>
<message><source>Stop</source><translation>Arrêter</translation></message>
<message><source>Stop {job}</source><translation>Arrêter {job}</translation></message>
</context>
<context>
<name>Label</name>
<message><source>{title}: {text}</source><translation>{title} : {text}</translation></message>
</context>
<context>
<name>LargePicture</name>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Space or Esc closes it; the arrow keys show the next picture</source><translation>Espace ou Échap ferme ; les flèches affichent l'image suivante</translation></message>
<message><source>Toolbar of the picture</source><translation>Barre d'outils de l'image</translation></message>
<message><source>{title}, large</source><translation>{title}, en grand</translation></message>
</context>
<context>
<name>LearnPage</name>
<message><source>Compare the systems of the literature</source><translation>Comparer les méthodes de la littérature</translation></message>
<message><source>Data to noise</source><translation>Données vers bruit</translation></message>
<message><source>Diffusion in 2D</source><translation>Diffusion en 2D</translation></message>
<message><source>Direction</source><translation>Direction</translation></message>
<message><source>Drag through the steps</source><translation>Faire glisser pour parcourir les étapes</translation></message>
<message><source>Draw lines here with the mouse.</source><translation>Tracer ici des lignes à la souris.</translation></message>
<message><source>Exporting…</source><translation>Exportation…</translation></message>
<message><source>Family tree</source><translation>Arbre généalogique</translation></message>
<message><source>First run</source><translation>Première génération</translation></message>
<message><source>Lessons</source><translation>Leçons</translation></message>
<message><source>Measured when the training ends</source><translation>Mesuré à la fin de l'entraînement</translation></message>
<message><source>Noise to data</source><translation>Bruit vers données</translation></message>
<message><source>Notebook (Jupyter)</source><translation>Notebook (Jupyter)</translation></message>
<message><source>Panel</source><translation>Volet</translation></message>
<message><source>Play the steps</source><translation>Lire les étapes</translation></message>
<message><source>Second run</source><translation>Seconde génération</translation></message>
<message><source>Settings</source><translation>Réglages</translation></message>
<message><source>Settings of the points</source><translation>Réglages des points</translation></message>
<message><source>Show the score as arrows</source><translation>Afficher le score par des flèches</translation></message>
<message><source>Six short lessons, each with an exercise</source><translation>Six courtes leçons, chacune avec un exercice</translation></message>
<message><source>Step</source><translation>Étape</translation></message>
<message><source>Step {step} of {steps}</source><translation>Étape {step} sur {steps}</translation></message>
<message><source>Take it home</source><translation>Emporter</translation></message>
<message><source>Take it home, as a web page or a notebook</source><translation>Emporter, en page web ou en notebook</translation></message>
<message><source>The process</source><translation>Le processus</translation></message>
<message><source>The process adds noise to true points</source><translation>Le processus bruite de vrais points</translation></message>
<message><source>The runs were exported</source><translation>Les calculs ont été exportés</translation></message>
<message><source>The sampler removes the noise</source><translation>L'échantillonneur retire le bruit</translation></message>
<message><source>This step, in numbers</source><translation>Cette étape en chiffres</translation></message>
<message><source>Web page (HTML)</source><translation>Page web (HTML)</translation></message>
<message><source>{factor} × the exact error, step {step} of {steps}</source><translation>{factor} × l'erreur exacte, étape {step} sur {steps}</translation></message>
<message><source>α {alpha} · σ {sigma} · distance {distance}</source><translation>α {alpha} · σ {sigma} · distance {distance}</translation></message>
</context>
<context>
<name>Lesson</name>
<message><source>1. Noise and its schedule</source><translation>1. Le bruit et sa planification</translation></message>
<message><source>2. What a network learns</source><translation>2. Ce qu'un réseau apprend</translation></message>
<message><source>20 steps</source><translation>20 étapes</translation></message>
<message><source>2000 points were drawn with the exact denoiser. Near how many different training points do they end?</source><translation>2000 points ont été tirés avec le débruiteur exact. Près de combien de points d'entraînement différents finissent-ils ?</translation></message>
<message><source>3. Samplers and steps</source><translation>3. Échantillonneurs et étapes</translation></message>
<message><source>4. Guidance, temperature</source><translation>4. Guidage, température</translation></message>
<message><source>5. Latents</source><translation>5. Latents</translation></message>
<message><source>50 steps</source><translation>50 étapes</translation></message>
<message><source>6. Why models memorise</source><translation>6. Pourquoi les modèles mémorisent</translation></message>
<message><source>A common mistake: “DDIM adapts its schedule to the data.” It does not. You choose its noise levels before it starts, and all points pass through the same ones. It needs fewer steps than DDPM because its path has no new noise. Only methods with a tolerance, such as RK45, choose their steps on the way.</source><translation>Une erreur courante : « DDIM adapte sa planification aux données. » Non. Ses niveaux de bruit sont choisis avant le départ, et tous les points passent par les mêmes. Il demande moins d'étapes que DDPM parce que son trajet n'a pas de bruit neuf. Seules les méthodes à tolérance, comme RK45, choisissent leurs étapes en chemin.</translation></message>
<message><source>A coordinate is x = 1, at α = 0.6 and σ = 0.8. The network guesses x̂₀ = 0.5. Which noise ε follows?</source><translation>Une coordonnée vaut x = 1, à α = 0,6 et σ = 0,8. Le réseau estime x̂₀ = 0,5. Quel bruit ε en résulte ?</translation></message>
<message><source>A network in place of the exact guess</source><translation>Un réseau à la place de l'estimation exacte</translation></message>
<message><source>A noisy point could have come from many clean points. The best possible guess is their average, weighted by how likely each is: x̂₀ = E[x₀ | x]. In training, a clean point, a noise level and noise are drawn at random. The network sees the noisy point and the level. Its loss is the squared error of its guess. Of two equally likely points, the middle has less of it, on average, than either.</source><translation>Un point bruité a pu provenir de nombreux points nets. La meilleure estimation possible est leur moyenne, pondérée par la probabilité de chacun : x̂₀ = E[x₀ | x]. À l'entraînement, un point net, un niveau de bruit et du bruit sont tirés au hasard. Le réseau voit le point bruité et le niveau. Sa perte est l'erreur quadratique de son estimation. Pour deux points également probables, elle est en moyenne plus faible au milieu qu'à l'un ou l'autre.</translation></message>
<message><source>A picture of 512 × 512 pixels in 3 colours has 786432 numbers. Most of them can be guessed from their neighbours. Diffusion on all of them would spend its time on details that nobody sees.</source><translation>Une image de 512 × 512 pixels en 3 couleurs a 786432 nombres. La plupart se devinent d'après leurs voisins. Une diffusion sur tous ces nombres passerait son temps sur des détails que personne ne voit.</translation></message>
<message><source>A prompt is a condition. On the plane it is the class: here, the first moon. The network can guess with the class, c, and without it, u. In training, the class is sometimes left out, so that one network learns both.</source><translation>Un prompt est une condition. Dans le plan, c'est la classe : ici, la première lune. Le réseau peut estimer avec la classe, c, et sans elle, u. À l'entraînement, la classe est parfois omise, afin qu'un seul réseau apprenne les deux.</translation></message>
<message><source>A sampler walks back from noise to data. The network knows every noise level, so the sampler may skip most of them. DDIM splits x into the guess x̂₀ and the predicted noise ε, and mixes them again with less noise:
x′ = α′·x̂₀ + σ′·ε
Move the slider back: Σ below the plane shows a step in numbers, with its code. The last step is only x′ = x̂₀.</source><translation>Un échantillonneur revient du bruit vers les données. Le réseau connaît chaque niveau de bruit : l'échantillonneur peut donc en sauter la plupart. DDIM sépare x en l'estimation x̂₀ et le bruit prédit ε, puis les mélange de nouveau avec moins de bruit :
x′ = α′·x̂₀ + σ′·ε
Reculer le curseur : Σ sous le plan montre une étape en chiffres, avec son code. La dernière étape n'est que x′ = x̂₀.</translation></message>
<message><source>A schedule says how fast α falls over 1000 steps; the slider stops at 40 of them. Halfway, α is 0.28 in the linear schedule and 0.70 in the cosine schedule, which spends more steps where shapes can be seen.</source><translation>Une planification dit à quelle vitesse α décroît en 1000 étapes ; le curseur s'arrête à 40 d'entre elles. À mi-chemin, α vaut 0,28 avec la planification linéaire et 0,70 avec la planification cosinus, qui passe plus d'étapes là où les formes se voient.</translation></message>
<message><source>An average is not the clean point itself, so even a perfect network has a loss. Exactly between the two modes, the best guess is the middle, where there is no data: in pictures, a blur.</source><translation>Une moyenne n'est pas le point net lui-même : même un réseau parfait a donc une perte. Exactement entre les deux modes, la meilleure estimation est le milieu, où il n'y a aucune donnée : pour des images, un flou.</translation></message>
<message><source>Better rules bend with the curve. DPM++ 2M also uses its previous guess. An evaluation is one guess; guesses take nearly all the time. In the chart, DPM++ 2M reaches 0.04 with 12 evaluations, and DDIM 0.08.</source><translation>De meilleures règles suivent la courbe. DPM++ 2M utilise aussi son estimation précédente. Une évaluation est une estimation ; les estimations prennent presque tout le temps. Dans le graphique, DPM++ 2M atteint 0,04 avec 12 évaluations, et DDIM 0,08.</translation></message>
<message><source>Classifier-free guidance exaggerates the difference between the two guesses:
x̂₀ = u + g·(c − u)
At g = 0 the class has no effect, and at g = 1 it is the plain guess with the class. Above 1, points move away from what all classes have in common. Each step takes two guesses instead of one. With a negative prompt, u is the guess for that prompt.</source><translation>Le guidage sans classifieur exagère la différence entre les deux estimations :
x̂₀ = u + g·(c − u)
À g = 0, la classe n'a aucun effet, et à g = 1, c'est la simple estimation avec la classe. Au-dessus de 1, les points s'éloignent de ce que toutes les classes ont en commun. Chaque étape demande deux estimations au lieu d'une. Avec un prompt négatif, u est l'estimation pour ce prompt.</translation></message>
<message><source>Click a point to follow it. The red circle is the guess for it. At high noise the guess is near the middle of all data, at low noise in the nearest mode. The arrows point to α·x̂₀.</source><translation>Cliquer sur un point pour le suivre. Le cercle rouge est l'estimation pour ce point. Avec beaucoup de bruit, l'estimation est proche du milieu de toutes les données ; avec peu de bruit, elle est dans le mode le plus proche. Les flèches pointent vers α·x̂₀.</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM puts fresh noise in place of part of the predicted noise, except at the end. That corrects earlier errors, but needs more steps. η scales the fresh noise: 0 is DDIM, 1 is DDPM. With other fresh noise, the same start ends elsewhere. DDPM follows a stochastic differential equation (SDE), DDIM an ordinary one (ODE).</source><translation>DDPM remplace une partie du bruit prédit par du bruit neuf, sauf à la fin. Cela corrige les erreurs précédentes, mais demande plus d'étapes. η est le facteur du bruit neuf : 0 est DDIM, 1 est DDPM. Avec un autre bruit neuf, le même départ finit ailleurs. DDPM suit une équation différentielle stochastique (EDS), DDIM une équation ordinaire (EDO).</translation></message>
<message><source>DDPM, with fresh noise</source><translation>DDPM, avec du bruit neuf</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>Drag the slider to the place where data and noise are equally strong, α = σ. Then check.</source><translation>Faire glisser le curseur là où les données et le bruit sont aussi forts, α = σ. Puis vérifier.</translation></message>
<message><source>Each point here stands for a picture. Drag the slider below: the points turn into noise, step by step. The grey glow is their true density; blue and orange are two classes. Nothing is learned yet. This half of diffusion is pure arithmetic.</source><translation>Ici, chaque point représente une image. Faire glisser le curseur ci-dessous : les points deviennent du bruit, étape par étape. Le halo gris est leur vraie densité ; le bleu et l'orange sont deux classes. Rien n'est encore appris. Cette moitié de la diffusion est de l'arithmétique pure.</translation></message>
<message><source>Each point on this plane can stand for two latents, which a decoder turns into a picture. Nothing about the sampler would change: it sees numbers and noise, never pixels. The prompt is no latent: a text encoder turns it into numbers, which the denoiser reads at every step.</source><translation>Chaque point de ce plan peut représenter deux latents, dont un décodeur fait une image. Rien ne changerait pour l'échantillonneur : il voit des nombres et du bruit, jamais des pixels. Le prompt n'est pas un latent : un encodeur de texte le transforme en nombres, que le débruiteur lit à chaque étape.</translation></message>
<message><source>Guidance 4</source><translation>Guidage 4</translation></message>
<message><source>How many latents has a picture of 1024 × 1024 pixels, if they have 4 channels and each side is 8 times smaller?</source><translation>Combien de latents a une image de 1024 × 1024 pixels, s'ils ont 4 canaux et que chaque côté est 8 fois plus petit ?</translation></message>
<message><source>In short: guidance makes a picture fit its prompt better, a low temperature makes it more ordinary. If colours become too strong or all pictures look the same, lower the guidance first.</source><translation>En bref : le guidage rend une image plus fidèle à son prompt, une température basse la rend plus ordinaire. Si les couleurs deviennent trop vives ou si toutes les images se ressemblent, baisser d'abord le guidage.</translation></message>
<message><source>Latents are not small pictures. Neighbouring latents belong to neighbouring places, but a single channel is no colour. The autoencoder (VAE) is not exact: a picture that is encoded and decoded again has lost fine texture and small letters. More steps cannot repair them.</source><translation>Les latents ne sont pas de petites images. Des latents voisins correspondent à des endroits voisins, mais un canal seul n'est pas une couleur. L'autoencodeur (VAE) n'est pas exact : une image encodée puis décodée a perdu de la texture fine et de petites lettres. Plus d'étapes ne les réparent pas.</translation></message>
<message><source>Let it predict the noise</source><translation>Lui faire prédire le bruit</translation></message>
<message><source>Many small steps together are one large step:
x = α·x₀ + σ·ε
α scales the data: it is the product of all √(1 − β), which DDPM's paper calls √ᾱ. σ scales the noise. Both are shown below the plane. Since the cloud keeps its size, α² + σ² = 1: the variance is preserved (VP). At the end α is nearly 0: what remains is Gaussian noise with mean 0 and variance 1, from which a new picture can start.</source><translation>Beaucoup de petites étapes ensemble font une grande étape :
x = α·x₀ + σ·ε
α multiplie les données : c'est le produit de tous les √(1 − β), noté √ᾱ dans l'article de DDPM. σ multiplie le bruit. Les deux sont indiqués sous le plan. Comme le nuage garde sa taille, α² + σ² = 1 : la variance est préservée (VP). À la fin, α est presque 0 : il reste du bruit gaussien de moyenne 0 et de variance 1, dont une nouvelle image peut partir.</translation></message>
<message><source>Models make new pictures because they do not reach that optimum. A network of limited size, seeing many pictures few times, cannot store each one. It has to learn what they share, and guesses mixtures of them. These errors are the new pictures.</source><translation>Les modèles font de nouvelles images parce qu'ils n'atteignent pas cet optimum. Un réseau de taille limitée, qui voit beaucoup d'images peu de fois, ne peut pas mémoriser chacune. Il doit apprendre ce qu'elles partagent, et en estime des mélanges. Ces erreurs sont les nouvelles images.</translation></message>
<message><source>More steps do not help: the sampler follows the guess. Nor does another seed. To see whether a model copies, look for the training picture nearest to the result. To see it in training, hold some pictures out, as the page Train does. At high noise, the errors of held-out and training pictures agree, since only the average can be guessed. The gap opens at middle and low noise: if the model copies, the error of held-out pictures usually falls first, then stalls or rises, while that of training pictures keeps falling.</source><translation>Plus d'étapes n'y changent rien : l'échantillonneur suit l'estimation. Une autre graine non plus. Pour savoir si un modèle copie, chercher l'image d'entraînement la plus proche du résultat. Pour le voir à l'entraînement, mettre quelques images de côté, comme le fait la page Entraîner. Avec beaucoup de bruit, les erreurs des images mises de côté et des images d'entraînement concordent, car seule la moyenne peut être estimée. L'écart apparaît quand le bruit est moyen ou faible : si le modèle copie, l'erreur des images mises de côté baisse d'abord, en général, puis stagne ou remonte, tandis que celle des images d'entraînement continue de baisser.</translation></message>
<message><source>Not yet. Count the clusters on the first plane.</source><translation>Pas encore. Compter les amas dans le plan de la première génération.</translation></message>
<message><source>Not yet. Divide the side by 8, square it, and multiply by the channels.</source><translation>Pas encore. Diviser le côté par 8, mettre au carré et multiplier par les canaux.</translation></message>
<message><source>Not yet. Multiply the difference of the guesses by 3, and add it to the guess without the class.</source><translation>Pas encore. Multiplier par 3 la différence des estimations, et l'ajouter à l'estimation sans classe.</translation></message>
<message><source>Not yet. Open Settings, move Steps, and read the distance below the first plane. Change nothing else.</source><translation>Pas encore. Ouvrir Réglages, déplacer Étapes et lire la distance sous le plan de la première génération. Ne rien changer d'autre.</translation></message>
<message><source>Not yet. Read α and σ below the plane: near 0.7 with VP, near 1 with VE.</source><translation>Pas encore. Lire α et σ sous le plan : proches de 0,7 avec VP, de 1 avec VE.</translation></message>
<message><source>Not yet. Subtract α·x̂₀ from x, then divide by σ.</source><translation>Pas encore. Soustraire α·x̂₀ de x, puis diviser par σ.</translation></message>
<message><source>Not yet. The distance is less than 0.1, but fewer steps will do.</source><translation>Pas encore. La distance est inférieure à 0,1, mais moins d’étapes suffisent.</translation></message>
<message><source>On this page the exact guess is known, because the data is a known mixture. For real data, a network has to learn it. Watch one learn: below it, its error is compared with the exact guess's.</source><translation>Sur cette page, l'estimation exacte est connue, car les données sont un mélange connu. Pour de vraies données, un réseau doit l'apprendre. En voici un qui apprend : au-dessous, son erreur est comparée à celle de l'estimation exacte.</translation></message>
<message><source>One small step keeps most of a point and adds a little Gaussian noise ε:
x ← √(1 − β)·x + √β·ε
Here β is the noise's share of the variance. Mind the roots. Data and noise both have variance 1, and variances add up: (1 − β) + β = 1. So the cloud keeps its size. Without the roots it would shrink at every step, which is a common mistake.</source><translation>Une petite étape garde l'essentiel d'un point et ajoute un peu de bruit gaussien ε :
x ← √(1 − β)·x + √β·ε
Ici, β est la part du bruit dans la variance. Les racines comptent. Les données et le bruit ont tous deux une variance de 1, et les variances s'ajoutent : (1 − β) + β = 1. Le nuage garde donc sa taille. Sans les racines, il rétrécirait à chaque étape, ce qui est une erreur courante.</translation></message>
<message><source>Right. No matter how many points you draw, there are no more than these.</source><translation>Exact. Quel que soit le nombre de points tirés, il n'y en a pas d'autres que ceux-là.</translation></message>
<message><source>Right. One step less, and the distance is 0.1 or more.</source><translation>Exact. Avec une étape de moins, la distance est de 0,1 ou plus.</translation></message>
<message><source>Right. With VP, both are 0.71 there, because twice the square of 0.71 is 1.</source><translation>Exact. Avec VP, les deux valent 0,71 à cet endroit, car deux fois le carré de 0,71 font 1.</translation></message>
<message><source>Right: (1 − 0.6·0.5) / 0.8 = 0.875.</source><translation>Exact : (1 − 0,6·0,5) / 0,8 = 0,875.</translation></message>
<message><source>Right: 0.2 + 3·(0.5 − 0.2) = 1.1, which is beyond both guesses.</source><translation>Exact : 0,2 + 3·(0,5 − 0,2) = 1,1, ce qui est au-delà des deux estimations.</translation></message>
<message><source>Right: 128 × 128 × 4 = 65536, four times as many as for 512 × 512.</source><translation>Exact : 128 × 128 × 4 = 65536, quatre fois plus que pour 512 × 512.</translation></message>
<message><source>Set Steps so that DDIM ends less than 0.1 from the truth, with as few steps as possible. Then check.</source><translation>Régler Étapes de sorte que DDIM finisse à moins de 0,1 de la vérité, avec aussi peu d'étapes que possible. Puis vérifier.</translation></message>
<message><source>So an autoencoder is trained first. Its encoder turns the picture into fewer numbers, the latents; its decoder turns latents back into a picture. Stable Diffusion 1.5 at 512 × 512 has 64 × 64 × 4 = 16384 latents, 48 times fewer. The built-in Icons model turns 256 × 256 × 4 numbers into 4096, 64 times fewer. Diffusion happens on the latents alone, and the decoder runs once at the end.</source><translation>On entraîne donc d'abord un autoencodeur. Son encodeur transforme l'image en moins de nombres, les latents ; son décodeur retransforme les latents en image. Stable Diffusion 1.5 en 512 × 512 a 64 × 64 × 4 = 16384 latents, 48 fois moins. Le modèle intégré Icons transforme 256 × 256 × 4 nombres en 4096, 64 fois moins. La diffusion a lieu sur les latents seuls, et le décodeur s'exécute une fois à la fin.</translation></message>
<message><source>Some processes never shrink the data: with VE (variance exploding), α stays 1 and σ grows to 50. The points look alike, because this page scales them to the same size. So the chart shows α / √(α² + σ²), which falls for VE too. What counts is the ratio σ / α.</source><translation>Certains processus ne rétrécissent jamais les données : avec VE (variance explosive), α reste à 1 et σ monte jusqu'à 50. Les points se ressemblent, car cette page les met à la même échelle. Le graphique montre donc α / √(α² + σ²), qui décroît aussi avec VE. Ce qui compte est le rapport σ / α.</translation></message>
<message><source>Temperature 0.5</source><translation>Température 0,5</translation></message>
<message><source>Temperature is not guidance. It needs no class and no second guess. It multiplies the predicted noise ε by a number, which is above 1 for a temperature below 1, before x̂₀ is computed from it. So more noise is removed: points spread less around the modes of the distribution, and are more typical. At a temperature above 1, they spread more.</source><translation>La température n'est pas le guidage. Elle ne demande ni classe ni seconde estimation. Elle multiplie le bruit prédit ε par un nombre, supérieur à 1 pour une température inférieure à 1, avant d'en calculer x̂₀. Plus de bruit est donc retiré : les points se dispersent moins autour des modes de la distribution et sont plus typiques. À une température supérieure à 1, ils se dispersent plus.</translation></message>
<message><source>That is no accident. For a finite training set, the best possible guess x̂₀ is a weighted average of the training pictures. As the noise falls, one weight grows to 1, and the guess is that picture. So the network with the lowest possible training loss does nothing but copy.</source><translation>Ce n'est pas un hasard. Pour un ensemble d'entraînement fini, la meilleure estimation possible x̂₀ est une moyenne pondérée des images d'entraînement. À mesure que le bruit diminue, un poids monte jusqu'à 1, et l'estimation est cette image. Le réseau dont la perte d'entraînement est la plus basse possible ne fait donc que copier.</translation></message>
<message><source>The arrows show the same knowledge in another form: the score ∇ log p, the direction in which noisy points become more likely. It is opposite to the predicted noise ε. An arrow's dot is its tip; long arrows are shortened. Guess, noise, score and velocity v follow from each other, so a network may predict any of them:
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</source><translation>Les flèches montrent le même savoir sous une autre forme : le score ∇ log p, la direction dans laquelle les points bruités deviennent plus probables. Il est opposé au bruit prédit ε. Le point d'une flèche est sa pointe ; les longues flèches sont raccourcies. Estimation, bruit, score et vitesse v se déduisent l'un de l'autre, si bien qu'un réseau peut prédire n'importe laquelle de ces grandeurs :
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</translation></message>
<message><source>The class becomes clearer, and the variety smaller: across, the spread of the moon falls from 0.97 to 0.52. The end near the other moon is lost. The result no longer follows the true distribution, as the distance shows. Pictures with strong guidance look alike for the same reason.</source><translation>La classe devient plus nette, et la variété plus faible : en travers, la dispersion de la lune tombe de 0,97 à 0,52. Le bout proche de l'autre lune est perdu. Le résultat ne suit plus la vraie distribution, comme le montre la distance. C'est pour la même raison que les images à fort guidage se ressemblent.</translation></message>
<message><source>The cosine schedule</source><translation>La planification cosinus</translation></message>
<message><source>The guess with the class is 0.5, without it 0.2. What is it with guidance 3?</source><translation>L'estimation avec la classe est 0,5, sans elle 0,2. Que vaut-elle avec un guidage de 3 ?</translation></message>
<message><source>The schedule expects data of variance 1. Latents are therefore scaled before noise is added, as all densities on this page are. Otherwise, the same σ would mean much noise for one model and little for another.</source><translation>La planification attend des données de variance 1. Les latents sont donc mis à l'échelle avant l'ajout du bruit, comme toutes les densités de cette page. Sans cela, le même σ signifierait beaucoup de bruit pour un modèle et peu pour un autre.</translation></message>
<message><source>The training set of this plane has 5 pictures: five spots. The denoiser is exact. It has made 2000 new points. Look where they are: nearly all are copies of one of the five. Hardly anything new came out.</source><translation>L'ensemble d'entraînement de ce plan a 5 images : cinq taches. Le débruiteur est exact. Il a fait 2000 nouveaux points. Où sont-ils ? Presque tous sont des copies de l'une des cinq. Presque rien de nouveau n'en est sorti.</translation></message>
<message><source>The true path is a curve, and DDIM's straight steps cut its corners. A single step ends near the average of all data. The distance is how far points must move to match the truth along a line, averaged over all lines; 0 is the same distribution. With 5 steps, DDIM ends 0.23 from the true spiral; with 20 steps, 0.05. The chart shows other numbers of steps; its dashed line is the distance of two true samples.</source><translation>Le vrai trajet est une courbe, et les étapes droites de DDIM en coupent les virages. Une seule étape finit près de la moyenne de toutes les données. La distance dit de combien les points doivent se déplacer pour correspondre à la vérité, vus le long d'une ligne et en moyenne sur toutes les directions ; 0 est la même distribution. Avec 5 étapes, DDIM finit à 0,23 de la vraie spirale ; avec 20 étapes, à 0,05. Le graphique montre d'autres nombres d'étapes ; sa ligne en tirets est la distance de deux vrais échantillons.</translation></message>
<message><source>This network starts badly at high noise: x̂₀ = (x − σ·ε) / α divides its error by α, which is nearly 0 there. Its loss, the squared error of ε, hardly counts that.</source><translation>Ce réseau débute mal quand il y a beaucoup de bruit : x̂₀ = (x − σ·ε) / α divise son erreur par α, qui y est presque 0. Sa perte, l'erreur quadratique de ε, en tient à peine compte.</translation></message>
<message><source>Train a network for 1500 steps</source><translation>Entraîner un réseau pendant 1500 étapes</translation></message>
<message><source>VE, which only adds noise</source><translation>VE, qui ne fait qu'ajouter du bruit</translation></message>
<message><source>Watch it train: first its points lie between the five spots, later on them. A model memorises if its pictures are few, or repeated, or if training is long. That is why data sets are cleaned of duplicates, and why a LoRA on ten pictures should be stopped early.</source><translation>Le regarder s'entraîner : ses points sont d'abord entre les cinq taches, plus tard dessus. Un modèle mémorise si ses images sont peu nombreuses ou répétées, ou si l'entraînement est long. C'est pourquoi les doublons sont retirés des jeux de données, et pourquoi un LoRA sur dix images devrait être arrêté tôt.</translation></message>
</context>
<context>
<name>LessonPanel</name>
<message><source>Lesson</source><translation>Leçon</translation></message>
<message><source>Text of the lesson</source><translation>Texte de la leçon</translation></message>
<message><source>Type a number, such as 0.5.</source><translation>Taper un nombre, comme 0,5.</translation></message>
</context>
<context>
<name>LessonText</name>
<message><source>A number</source><translation>Un nombre</translation></message>
<message><source>Answer</source><translation>Réponse</translation></message>
<message><source>Change this alone</source><translation>Ne changer que cela</translation></message>
<message><source>Check</source><translation>Vérifier</translation></message>
<message><source>Check the answer</source><translation>Vérifier la réponse</translation></message>
<message><source>Exercise</source><translation>Exercice</translation></message>
<message><source>Next lesson</source><translation>Leçon suivante</translation></message>
<message><source>Open the next lesson</source><translation>Ouvrir la leçon suivante</translation></message>
<message><source>Try it</source><translation>Essayer</translation></message>
<message><source>Try it: {change}</source><translation>Essayer : {change}</translation></message>
</context>
<context>
<name>LibraryMove</name>
<message><source>All of them are still in {folder}.</source><translation>Elles sont toutes encore dans {folder}.</translation></message>
<message><source>Move back</source><translation>Remettre</translation></message>
<message><source>Move the pictures to</source><translation>Déplacer les images vers</translation></message>
<message><source>Moving stopped</source><translation>Déplacement arrêté</translation></message>
<message><source>Preparing…</source><translation>Préparation…</translation></message>
<message><source>The pictures have been moved</source><translation>Les images ont été déplacées</translation></message>
<message><source>They are in {folder} now.</source><translation>Elles sont maintenant dans {folder}.</translation></message>
<message><source>{done} of {total} copied</source><translation>{done} sur {total} copiées</translation></message>
</context>
<context>
<name>LibraryRow</name>
<message><source>Leave the pictures in the current folder</source><translation>Laisser les images dans le dossier actuel</translation></message>
<message><source>Move all pictures to another folder</source><translation>Déplacer toutes les images vers un autre dossier</translation></message>
<message><source>Move…</source><translation>Déplacer…</translation></message>
<message><source>Open the folder</source><translation>Ouvrir le dossier</translation></message>
<message><source>Show</source><translation>Voir</translation></message>
<message><source>Stop</source><translation>Arrêter</translation></message>
</context>
<context>
<name>LicencesSheet</name>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Licence text</source><translation>Texte de licence</translation></message>
<message><source>Licences</source><translation>Licences</translation></message>
<message><source>The package contains no licence text.</source><translation>Le paquet ne contient aucun texte de licence.</translation></message>
</context>
<context>
<name>Link</name>
<message><source>{name}: {value}</source><translation>{name} : {value}</translation></message>
</context>
<context>
<name>LitPicture</name>
<message><source>Arrow keys move to another place</source><translation>Les flèches déplacent vers un autre endroit</translation></message>
<message><source>The picture, lit where the word acted</source><translation>L'image, éclairée là où le mot a agi</translation></message>
</context>
<context>
<name>Live</name>
<message><source>Change the words, or roll the seed, for another one.</source><translation>Changer les mots, ou tirer une autre graine, pour en avoir une autre.</translation></message>
<message><source>Live: {subject}</source><translation>Direct : {subject}</translation></message>
<message><source>This picture is in the gallery</source><translation>Cette image est dans la galerie</translation></message>
<message><source>seed {seed}</source><translation>graine {seed}</translation></message>
</context>
<context>
<name>LoadedSteps</name>
<message><source>Its steps appear once the run has ended</source><translation>Ses étapes apparaissent une fois la génération finie</translation></message>
<message><source>Loading its steps…</source><translation>Chargement de ses étapes…</translation></message>
<message><source>No steps were saved with this picture</source><translation>Aucune étape enregistrée avec cette image</translation></message>
<message><source>{width} × {height} · seed {seed}</source><translation>{width} × {height} · graine {seed}</translation></message>
</context>
<context>
<name>LossChart</name>
<message><source>Loss</source><translation>Perte</translation></message>
<message><source>This run</source><translation>Cet entraînement</translation></message>
<message><source>error at the same noise · samples · {run} with a 95 % band</source><translation>erreur au même bruit · échantillons · {run} avec bande à 95 %</translation></message>
<message><source>loss and its average · samples</source><translation>perte et sa moyenne · échantillons</translation></message>
</context>
<context>
<name>MainSettings</name>
<message><source>More</source><translation>Plus</translation></message>
</context>
<context>
<name>MaskBar</name>
<message><source>Brush</source><translation>Pinceau</translation></message>
<message><source>Brush size</source><translation>Taille du pinceau</translation></message>
<message><source>Clear the mask</source><translation>Vider le masque</translation></message>
<message><source>Erase</source><translation>Effacer</translation></message>
<message><source>Generate the painted part again</source><translation>Régénérer la partie peinte</translation></message>
<message><source>Leave the mask as it was</source><translation>Laisser le masque tel qu'il était</translation></message>
<message><source>Paint</source><translation>Peindre</translation></message>
<message><source>Paint the part to generate again; the right button erases</source><translation>Peindre la partie à régénérer ; le bouton droit efface</translation></message>
<message><source>Remove paint</source><translation>Effacer la peinture</translation></message>
<message><source>Size</source><translation>Taille</translation></message>
<message><source>Size of the brush (the wheel over the picture)</source><translation>Taille du pinceau (la molette sur l'image)</translation></message>
<message><source>Undo the last stroke</source><translation>Annuler le dernier trait</translation></message>
<message><source>Use</source><translation>Utiliser</translation></message>
<message><source>Use mask</source><translation>Utiliser</translation></message>
</context>
<context>
<name>MaskTools</name>
<message><source>Another word</source><translation>Autre mot</translation></message>
<message><source>Another word to select by</source><translation>Autre mot selon lequel sélectionner</translation></message>
<message><source>Area at a click</source><translation>Zone au clic</translation></message>
<message><source>Brush</source><translation>Pinceau</translation></message>
<message><source>Clear</source><translation>Effacer</translation></message>
<message><source>Colour at a click</source><translation>Couleur au clic</translation></message>
<message><source>Grow</source><translation>Élargir</translation></message>
<message><source>Invert</source><translation>Inverser</translation></message>
<message><source>Lasso</source><translation>Lasso</translation></message>
<message><source>Rectangle</source><translation>Rectangle</translation></message>
<message><source>Select by a rectangle, a lasso, a click or a word; invert, grow or soften the mask</source><translation>Sélectionner par rectangle, lasso, clic ou mot ; inverser, élargir ou adoucir le masque</translation></message>
<message><source>Select by word</source><translation>Sélectionner par mot</translation></message>
<message><source>Soften the edges</source><translation>Adoucir les bords</translation></message>
<message><source>Tools of the mask</source><translation>Outils du masque</translation></message>
</context>
<context>
<name>Menus</name>
<message><source>A CPU cannot compute float16; use bfloat16 for half precision</source><translation>Un CPU ne sait pas calculer en float16 ; utiliser bfloat16 pour la demi-précision</translation></message>
<message><source>A refiner for the last steps of another model. Choose the other model, then the refiner under More.</source><translation>Un affineur pour les dernières étapes d'un autre modèle. Choisir l'autre modèle, puis l'affineur sous Avancé.</translation></message>
<message><source>Of earlier versions</source><translation>De versions antérieures</translation></message>
<message><source>about {time} × the time, {difference} of 255 off</source><translation>environ {time} × la durée, écart de {difference} sur 255</translation></message>
<message><source>better from {limit} steps on</source><translation>meilleur dès {limit} étapes</translation></message>
<message><source>colours burn beyond {limit}</source><translation>couleurs brûlées au-delà de {limit}</translation></message>
<message><source>good from {limit}</source><translation>bon dès {limit}</translation></message>
<message><source>good up to {limit}</source><translation>bon jusqu’à {limit}</translation></message>
<message><source>ignores words below {limit}</source><translation>ignore des mots sous {limit}</translation></message>
<message><source>no better beyond {limit}</source><translation>pas mieux au-delà de {limit}</translation></message>
<message><source>photos smear below {limit}</source><translation>photos brouillées sous {limit}</translation></message>
<message><source>shapes repeat below {limit}</source><translation>formes répétées sous {limit}</translation></message>
<message><source>shapes warp beyond {limit}</source><translation>formes déformées au-delà de {limit}</translation></message>
</context>
<context>
<name>Mistakes</name>
<message><source>; put its file into the models folder</source><translation>, placer son fichier dans le dossier des modèles</translation></message>
<message><source>; there is “{name}”</source><translation>, mais il y a « {name} »</translation></message>
<message><source>AND is read as “and”</source><translation>AND est lu comme « and »</translation></message>
<message><source>In a negative prompt, AND joins the texts; its parts have no weights.</source><translation>Dans un prompt négatif, AND joint les textes ; ses parties n'ont pas de poids.</translation></message>
<message><source>Incomplete LoRA</source><translation>LoRA incomplet</translation></message>
<message><source>LoRAs have no effect in the negative prompt; write {tag} into the prompt.</source><translation>Les LoRA n’ont aucun effet dans le prompt négatif ; écrire {tag} dans le prompt.</translation></message>
<message><source>No LoRA “{name}”</source><translation>Pas de LoRA « {name} »</translation></message>
<message><source>No embedding “{name}”</source><translation>Pas d'embedding « {name} »</translation></message>
<message><source>There is no LoRA called “{name}”{suggestion}.</source><translation>Il n'y a pas de LoRA nommé « {name} »{suggestion}.</translation></message>
<message><source>There is no embedding called “{name}”{suggestion}.</source><translation>Il n'y a pas d'embedding nommé « {name} »{suggestion}.</translation></message>
<message><source>Write a LoRA as &lt;lora:name:1&gt;; this is read as words.</source><translation>Écrire un LoRA ainsi : &lt;lora:name:1&gt; ; ceci est lu comme des mots.</translation></message>
<message><source>{name} is for {base}</source><translation>{name} est pour {base}</translation></message>
<message><source>{name} is for {base} and read as a word; this model is {model_base}.</source><translation>{name} est pour {base} et lu comme un mot ; ce modèle est {model_base}.</translation></message>
<message><source>{name} is for {base}, this model is {model_base}.</source><translation>{name} est pour {base}, ce modèle est {model_base}.</translation></message>
<message><source>{tag} has no effect here</source><translation>{tag} n’a aucun effet ici</translation></message>
<message><source>{tag} is ignored</source><translation>{tag} est ignoré</translation></message>
<message><source>{tag} names no LoRA and is ignored.</source><translation>{tag} ne nomme aucun LoRA et est ignoré.</translation></message>
<message><source>{wildcard} cannot be used</source><translation>{wildcard} est inutilisable</translation></message>
<message><source>“{mark}” closes no bracket</source><translation>« {mark} » ne ferme rien</translation></message>
<message><source>“{mark}” closes no bracket; remove it, or write “\{mark}” for the character.</source><translation>« {mark} » ne ferme aucune parenthèse ; l'enlever, ou écrire « \{mark} » pour le caractère.</translation></message>
<message><source>“{mark}” is never closed</source><translation>« {mark} » n'est pas fermé</translation></message>
<message><source>“{mark}” is never closed; add “{closing}”, or write “\{mark}” for the character.</source><translation>« {mark} » n'est jamais fermé ; ajouter « {closing} », ou écrire « \{mark} » pour le caractère.</translation></message>
<message><source>“{parameter}” has no effect</source><translation>« {parameter} » sans effet</translation></message>
<message><source>“{parameter}” has no effect here; only the weights of {name} count.</source><translation>« {parameter} » est sans effet ici ; seuls les poids de {name} comptent.</translation></message>
<message><source>“{weight}” is not a number</source><translation>« {weight} » n'est pas un nombre</translation></message>
<message><source>“{weight}” is not a number, so {name} has the weight 1.</source><translation>« {weight} » n'est pas un nombre, donc {name} a le poids 1.</translation></message>
<message><source>“{weight}” is read as text; a weight is written like (word:1.2).</source><translation>« {weight} » est lu comme du texte ; un poids s'écrit comme (mot:1.2).</translation></message>
</context>
<context>
<name>ModelCard</name>
<message><source>Any style</source><translation>Tout style</translation></message>
<message><source>Blob</source><translation>Tache</translation></message>
<message><source>Bold flat</source><translation>Aplats vifs</translation></message>
<message><source>Bold outline</source><translation>Contour épais</translation></message>
<message><source>Bright classic</source><translation>Classique lumineux</translation></message>
<message><source>Doubles a picture with transparency; applied again for four and eight times.</source><translation>Double la taille d'une image avec transparence ; appliqué de nouveau pour quatre et huit fois.</translation></message>
<message><source>Duotone line</source><translation>Trait bicolore</translation></message>
<message><source>Emoji</source><translation>Émojis</translation></message>
<message><source>Flat rounded</source><translation>Plat arrondi</translation></message>
<message><source>Glossy 3D</source><translation>3D brillant</translation></message>
<message><source>Icons in four steps: a distilled student, with guidance and temperature built in.</source><translation>Icônes en quatre étapes : un modèle distillé, avec guidage et température intégrés.</translation></message>
<message><source>Ink glyph</source><translation>Glyphe à l'encre</translation></message>
<message><source>Line</source><translation>Trait</translation></message>
<message><source>Outlined cartoon</source><translation>Dessin animé à contours</translation></message>
<message><source>Outlined pastel</source><translation>Pastel à contours</translation></message>
<message><source>Shape</source><translation>Forme</translation></message>
<message><source>Simple flat</source><translation>Plat simple</translation></message>
<message><source>Small pictures of things, animals, food and faces, in many drawing styles, with transparency.</source><translation>Petites images d'objets, d'animaux, d'aliments et de visages, dans de nombreux styles de dessin, avec transparence.</translation></message>
<message><source>Soft gradient</source><translation>Dégradé doux</translation></message>
</context>
<context>
<name>ModelCardView</name>
<message><source>A picture made by {model}</source><translation>Une image faite par {model}</translation></message>
<message><source>A picture with it</source><translation>Image avec ce modèle</translation></message>
<message><source>About the model</source><translation>À propos du modèle</translation></message>
<message><source>Generate pictures with it</source><translation>Générer des images avec</translation></message>
<message><source>In use</source><translation>Utilisé</translation></message>
<message><source>Insert into the prompt</source><translation>Insérer dans le prompt</translation></message>
<message><source>May I use its pictures commercially?</source><translation>Puis-je utiliser ses images commercialement ?</translation></message>
<message><source>Measured</source><translation>Mesuré</translation></message>
<message><source>Tags</source><translation>Tags</translation></message>
<message><source>Tags, separated by commas</source><translation>Tags, séparés par des virgules</translation></message>
<message><source>There is no model yet. Copy a model's folder into the models folder.</source><translation>Il n'y a pas encore de modèle. Copier le dossier d'un modèle dans le dossier des modèles.</translation></message>
<message><source>Training data</source><translation>Données d'entraînement</translation></message>
<message><source>Trigger words</source><translation>Mots déclencheurs</translation></message>
<message><source>Use it for the next pictures</source><translation>L'utiliser pour les prochaines images</translation></message>
<message><source>Use this model</source><translation>Utiliser ce modèle</translation></message>
</context>
<context>
<name>ModelCheck</name>
<message><source>Adapter</source><translation>Adaptateur</translation></message>
<message><source>Cancel the check ({percent} %)</source><translation>Annuler la vérification ({percent} %)</translation></message>
<message><source>Check</source><translation>Vérifier</translation></message>
<message><source>Denoising</source><translation>Débruitage</translation></message>
<message><source>Encoded and decoded, pictures keep only {psnr} dB, and {least} dB are needed: the VAE is damaged or belongs to another model. Choose another VAE.</source><translation>Encodées puis décodées, les images ne gardent que {psnr} dB, et il en faut {least} : le VAE est endommagé ou appartient à un autre modèle. Choisir un autre VAE.</translation></message>
<message><source>It changes nothing: it was made for another model, or is empty. Choose an adapter for this model.</source><translation>Il ne change rien : il a été fait pour un autre modèle, ou il est vide. Choisir un adaptateur pour ce modèle.</translation></message>
<message><source>It changes predictions by {change} times their deviation: it was made for another model or another strength. Use a lower strength.</source><translation>Il change les prédictions de {change} fois leur écart-type : il a été fait pour un autre modèle ou une autre force. Réduire la force.</translation></message>
<message><source>It computes infinite or undefined numbers: weights are damaged, or too large for the number type. Choose fp32 or download it again.</source><translation>Il calcule des nombres infinis ou indéfinis : des poids sont endommagés, ou trop grands pour le type de nombres. Choisir fp32 ou le télécharger de nouveau.</translation></message>
<message><source>It denoises better if its output is read as {kind}: its prediction type is wrong. Choose another prediction type in its details.</source><translation>Il débruite mieux si sa sortie est lue comme {kind} : son type de prédiction est faux. Choisir un autre type de prédiction dans ses détails.</translation></message>
<message><source>It denoises better with another order of its position numbers (RoPE): the file was converted for another program. Download another version.</source><translation>Il débruite mieux avec un autre ordre de ses numéros de position (RoPE) : le fichier a été converti pour un autre programme. Télécharger une autre version.</translation></message>
<message><source>It denoises better with latents shifted by {kind}: the shift of the latents is wrong. Choose the VAE that was made for it.</source><translation>Il débruite mieux avec des latents décalés de {kind} : le décalage des latents est faux. Choisir le VAE fait pour lui.</translation></message>
<message><source>It denoises better with latents times {kind}: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>Il débruite mieux avec des latents multipliés par {kind} : l'échelle des latents est fausse. Choisir le VAE fait pour lui.</translation></message>
<message><source>It denoises better with other timesteps ({kind}): its timesteps are on the wrong scale. Report this file.</source><translation>Il débruite mieux avec d'autres pas de temps ({kind}) : ses pas de temps sont à la mauvaise échelle. Signaler ce fichier.</translation></message>
<message><source>It denoises better with queries and keys swapped: the file has them in another order. Download another version.</source><translation>Il débruite mieux en échangeant requêtes et clés : le fichier les a dans un autre ordre. Télécharger une autre version.</translation></message>
<message><source>It denoises worse than {rival}: a layer is missing or damaged, or the VAE or the text encoder is for another model. Choose other parts, or download the model again.</source><translation>Face à {rival}, il débruite moins bien : une couche manque ou est endommagée, ou le VAE ou l'encodeur de texte est pour un autre modèle. Choisir d'autres composants, ou télécharger de nouveau le modèle.</translation></message>
<message><source>Its error does not fall with the noise: its timesteps or its weights are wrong. Download the model again.</source><translation>Son erreur ne baisse pas avec le bruit : ses pas de temps ou ses poids sont faux. Télécharger de nouveau le modèle.</translation></message>
<message><source>No fault found.</source><translation>Aucun défaut trouvé.</translation></message>
<message><source>Nothing could be checked.</source><translation>Rien n'a pu être vérifié.</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompts change nothing: the text encoder is damaged or not connected. Choose other text encoders.</source><translation>Les prompts ne changent rien : l'encodeur de texte est endommagé ou n'est pas relié. Choisir d'autres encodeurs de texte.</translation></message>
<message><source>Test the VAE, the denoising and the prompts on a few pictures</source><translation>Tester le VAE, le débruitage et les prompts sur quelques images</translation></message>
<message><source>The check ended unexpectedly; try again.</source><translation>La vérification s'est arrêtée inopinément ; réessayer.</translation></message>
<message><source>The latents are {times} times as large as the network expects: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>Les latents sont {times} fois plus grands que ce qu'attend le réseau : l'échelle des latents est fausse. Choisir le VAE fait pour lui.</translation></message>
<message><source>There is a fault:</source><translation>Il y a un défaut :</translation></message>
<message><source>True captions are no better than others (for {better} of {count} pictures): the text encoder or the tokenizer belongs to another model. Choose other text encoders.</source><translation>Les vraies légendes ne valent pas mieux que d'autres (mieux pour {better} images sur {count}) : l'encodeur de texte ou le tokenizer appartient à un autre modèle. Choisir d'autres encodeurs de texte.</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>it changes predictions by {change} of their deviation</source><translation>il change les prédictions de {change} fois leur écart-type</translation></message>
<message><source>its error is {best} to {worst} of that of the best Gaussian</source><translation>son erreur est de {best} à {worst} fois celle de la meilleure gaussienne</translation></message>
<message><source>not applicable, because its steps have too little noise</source><translation>sans objet, car ses étapes ont trop peu de bruit</translation></message>
<message><source>not applicable, because its steps have too much noise</source><translation>sans objet, car ses étapes ont trop de bruit</translation></message>
<message><source>not applicable, because this model does not take pictures</source><translation>sans objet, car ce modèle ne prend pas d'images</translation></message>
<message><source>not applicable, because this model draws in one step</source><translation>sans objet, car ce modèle dessine en une étape</translation></message>
<message><source>not applicable, because this model removes another degradation than noise</source><translation>sans objet, car ce modèle enlève une autre dégradation que le bruit</translation></message>
<message><source>not applicable, because this model takes no prompt</source><translation>sans objet, car ce modèle ne prend pas de prompt</translation></message>
<message><source>not applicable, because this model works on pixels</source><translation>sans objet, car ce modèle travaille sur des pixels</translation></message>
<message><source>one grey picture</source><translation>une image grise</translation></message>
<message><source>pictures keep {psnr} dB; at least {least} dB are needed</source><translation>les images gardent {psnr} dB ; il faut au moins {least} dB</translation></message>
<message><source>the best Gaussian</source><translation>la meilleure gaussienne</translation></message>
<message><source>true captions are better than others for {better} of {count} pictures</source><translation>les vraies légendes valent mieux que d'autres pour {better} images sur {count}</translation></message>
</context>
<context>
<name>ModelChoices</name>
<message><source>As in its file ({value})</source><translation>Comme dans son fichier ({value})</translation></message>
<message><source>Automatic</source><translation>Automatique</translation></message>
<message><source>Beside its file ({value})</source><translation>À côté de son fichier ({value})</translation></message>
<message><source>Decodes latents into pictures, instead of its own VAE</source><translation>Décode les latents en images, à la place de son propre VAE</translation></message>
<message><source>Decodes latents into pictures; this model has no VAE of its own</source><translation>Décode les latents en images ; ce modèle n'a pas de VAE propre</translation></message>
<message><source>Fast by</source><translation>Rapide par</translation></message>
<message><source>Few-step distillation</source><translation>Distillation en peu d'étapes</translation></message>
<message><source>How it was distilled, if it was</source><translation>Comment il a été distillé, s'il l'a été</translation></message>
<message><source>Its file does not say</source><translation>Son fichier ne le dit pas</translation></message>
<message><source>Its name suggests {kind}. Choose it only if that is true.</source><translation>Son nom suggère {kind}. Ne le choisir que si c'est vrai.</translation></message>
<message><source>Its own</source><translation>Le sien</translation></message>
<message><source>No</source><translation>Non</translation></message>
<message><source>None</source><translation>Aucun</translation></message>
<message><source>None: choose one</source><translation>Aucun : en choisir un</translation></message>
<message><source>Not distilled</source><translation>Non distillé</translation></message>
<message><source>Predicts</source><translation>Prédit</translation></message>
<message><source>Refiner</source><translation>Affineur</translation></message>
<message><source>The LoRA for few steps that the button Fast turns on</source><translation>Le LoRA pour peu d'étapes qu'active le bouton Rapide</translation></message>
<message><source>The model that computes the last steps</source><translation>Le modèle qui calcule les dernières étapes</translation></message>
<message><source>The output of its network; a wrong choice turns every picture into noise</source><translation>La sortie de son réseau ; un mauvais choix transforme toute image en bruit</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Whether its last noise level is pure noise; for models that predict v</source><translation>Si son dernier niveau de bruit est du bruit pur ; pour les modèles qui prédisent v</translation></message>
<message><source>Yes</source><translation>Oui</translation></message>
<message><source>Zero terminal SNR</source><translation>SNR terminal nul</translation></message>
</context>
<context>
<name>ModelDownload</name>
<message><source>The download ended unexpectedly; start it again to resume it.</source><translation>Le téléchargement s'est arrêté de façon inattendue ; relancez-le pour le reprendre.</translation></message>
</context>
<context>
<name>ModelKind</name>
<message numerus="yes"><source>%n ControlNet(s)</source><translation>
<numerusform>%n ControlNet</numerusform>
<numerusform>%n ControlNet</numerusform>
</translation></message>
<message numerus="yes"><source>%n LoRA(s)</source><translation>
<numerusform>%n LoRA</numerusform>
<numerusform>%n LoRA</numerusform>
</translation></message>
<message numerus="yes"><source>%n VAE(s)</source><translation>
<numerusform>%n VAE</numerusform>
<numerusform>%n VAE</numerusform>
</translation></message>
<message numerus="yes"><source>%n diffusion transformer(s)</source><translation>
<numerusform>%n transformeur de diffusion</numerusform>
<numerusform>%n transformeurs de diffusion</numerusform>
</translation></message>
<message numerus="yes"><source>%n embedding(s)</source><translation>
<numerusform>%n embedding</numerusform>
<numerusform>%n embeddings</numerusform>
</translation></message>
<message numerus="yes"><source>%n from the literature</source><translation>
<numerusform>%n de la littérature</numerusform>
<numerusform>%n de la littérature</numerusform>
</translation></message>
<message numerus="yes"><source>%n image encoder(s)</source><translation>
<numerusform>%n encodeur d'image</numerusform>
<numerusform>%n encodeurs d'image</numerusform>
</translation></message>
<message numerus="yes"><source>%n incomplete file(s)</source><translation>
<numerusform>%n fichier incomplet</numerusform>
<numerusform>%n fichiers incomplets</numerusform>
</translation></message>
<message numerus="yes"><source>%n language model(s)</source><translation>
<numerusform>%n modèle de langage</numerusform>
<numerusform>%n modèles de langage</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n modèle</numerusform>
<numerusform>%n modèles</numerusform>
</translation></message>
<message numerus="yes"><source>%n motion module(s)</source><translation>
<numerusform>%n module de mouvement</numerusform>
<numerusform>%n modules de mouvement</numerusform>
</translation></message>
<message numerus="yes"><source>%n preview decoder(s)</source><translation>
<numerusform>%n décodeur d'aperçu</numerusform>
<numerusform>%n décodeurs d'aperçu</numerusform>
</translation></message>
<message numerus="yes"><source>%n text encoder(s)</source><translation>
<numerusform>%n encodeur de texte</numerusform>
<numerusform>%n encodeurs de texte</numerusform>
</translation></message>
<message numerus="yes"><source>%n upscaler(s)</source><translation>
<numerusform>%n upscaler</numerusform>
<numerusform>%n upscalers</numerusform>
</translation></message>
<message><source>Diffusion transformer</source><translation>Transformeur de diffusion</translation></message>
<message><source>Diffusion transformers</source><translation>Transformeurs de diffusion</translation></message>
<message><source>Embedding</source><translation>Embedding</translation></message>
<message><source>Embeddings</source><translation>Embeddings</translation></message>
<message><source>From the literature</source><translation>De la littérature</translation></message>
<message><source>Image encoder</source><translation>Encodeur d'image</translation></message>
<message><source>Image encoders</source><translation>Encodeurs d'image</translation></message>
<message><source>Incomplete files</source><translation>Fichiers incomplets</translation></message>
<message><source>Language model</source><translation>Modèle de langage</translation></message>
<message><source>Language models</source><translation>Modèles de langage</translation></message>
<message><source>Models</source><translation>Modèles</translation></message>
<message><source>Motion module</source><translation>Module de mouvement</translation></message>
<message><source>Motion modules</source><translation>Modules de mouvement</translation></message>
<message><source>Preview decoders</source><translation>Décodeurs d'aperçu</translation></message>
<message><source>Previews</source><translation>Aperçus</translation></message>
<message><source>Text encoder</source><translation>Encodeur de texte</translation></message>
<message><source>Text encoders</source><translation>Encodeurs de texte</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>Upscalers</source><translation>Upscalers</translation></message>
</context>
<context>
<name>ModelsController</name>
<message numerus="yes"><source>%n folder(s) or file(s) added</source><translation>
<numerusform>%n dossier ou fichier ajouté</numerusform>
<numerusform>%n dossiers ou fichiers ajoutés</numerusform>
</translation></message>
<message><source>Added: {names}.</source><translation>Ajouté : {names}.</translation></message>
<message><source>Found {models}; nothing was copied.</source><translation>Trouvés : {models} ; rien n'a été copié.</translation></message>
<message><source>It contains no usable model.</source><translation>Il ne contient aucun modèle utilisable.</translation></message>
<message><source>Memory freed</source><translation>Mémoire libérée</translation></message>
<message><source>Model files</source><translation>Fichiers de modèle</translation></message>
<message><source>Models</source><translation>Modèles</translation></message>
<message><source>The next picture loads its model again.</source><translation>L’image suivante recharge son modèle.</translation></message>
<message><source>Use it</source><translation>L'utiliser</translation></message>
<message><source>Use the models in</source><translation>Utiliser les modèles de</translation></message>
<message><source>Use these model files</source><translation>Utiliser ces fichiers de modèle</translation></message>
<message><source>{file} added</source><translation>{file} ajouté</translation></message>
<message><source>{model} has no VAE of its own; copy one for {base}, such as {file}, into the models folder.</source><translation>{model} n'a pas de VAE propre ; en copier un pour {base}, comme {file}, dans le dossier des modèles.</translation></message>
<message><source>{model} has no VAE of its own; {vae} is installed and should fit.</source><translation>{model} n'a pas de VAE propre ; {vae} est installé et devrait convenir.</translation></message>
<message><source>{model} is here</source><translation>{model} est là</translation></message>
</context>
<context>
<name>ModelsPage</name>
<message numerus="yes"><source>%n byte(s)</source><translation>
<numerusform>%n octet</numerusform>
<numerusform>%n octets</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n modèle</numerusform>
<numerusform>%n modèles</numerusform>
</translation></message>
<message><source>Add a folder…</source><translation>Ajouter un dossier…</translation></message>
<message><source>Add files…</source><translation>Ajouter des fichiers…</translation></message>
<message><source>All families</source><translation>Toutes les familles</translation></message>
<message><source>All kinds</source><translation>Tous les types</translation></message>
<message><source>All tags</source><translation>Tous les tags</translation></message>
<message><source>Author</source><translation>Auteur</translation></message>
<message><source>Date</source><translation>Date</translation></message>
<message><source>Drop a checkpoint on this window: one file (.safetensors, .ckpt), or a folder in diffusers' format. It is used in place; nothing is copied. Have ComfyUI, A1111 or Forge? Add its models folder. “Get a model” downloads one; others are shared on civitai.com, each with its own licence. LoRAs, embeddings and VAEs go into the same folders.</source><translation>Déposez un checkpoint sur cette fenêtre : un fichier (.safetensors, .ckpt) ou un dossier au format de diffusers. Il est utilisé sur place ; rien n'est copié. Vous avez ComfyUI, A1111 ou Forge ? Ajoutez son dossier de modèles. « Obtenir un modèle » en télécharge un ; d'autres sont partagés sur civitai.com, chacun avec sa licence. Les LoRA, embeddings et VAE vont dans les mêmes dossiers.</translation></message>
<message><source>Family</source><translation>Famille</translation></message>
<message><source>Files that cannot be used</source><translation>Fichiers inutilisables</translation></message>
<message><source>Get a model…</source><translation>Obtenir un modèle…</translation></message>
<message><source>Kind</source><translation>Type</translation></message>
<message><source>Last used</source><translation>Dernier usage</translation></message>
<message><source>Licence</source><translation>Licence</translation></message>
<message><source>Models</source><translation>Modèles</translation></message>
<message><source>Models of one family, or one kind of parts</source><translation>Modèles d'une famille, ou un type de composants</translation></message>
<message><source>Models with one tag</source><translation>Modèles avec un tag</translation></message>
<message><source>Name</source><translation>Nom</translation></message>
<message><source>No model matches. Clear the search, or choose another kind, family or tag.</source><translation>Aucun modèle ne correspond. Vider la recherche, ou choisir un autre type, une autre famille ou un autre tag.</translation></message>
<message><source>On disk</source><translation>Sur disque</translation></message>
<message><source>Only models, or one kind of model parts</source><translation>Seulement les modèles, ou un type de composants de modèle</translation></message>
<message><source>Open models folder</source><translation>Ouvrir le dossier modèles</translation></message>
<message><source>Parameters</source><translation>Paramètres</translation></message>
<message><source>Search models</source><translation>Chercher un modèle</translation></message>
<message><source>Tag</source><translation>Tag</translation></message>
<message><source>Tags</source><translation>Tags</translation></message>
<message><source>Words of a name, author, licence, tag or description</source><translation>Mots d'un nom, d'un auteur, d'une licence, d'un tag ou d'une description</translation></message>
<message><source>Your own models</source><translation>Vos propres modèles</translation></message>
<message><source>never</source><translation>jamais</translation></message>
<message><source>today</source><translation>aujourd'hui</translation></message>
<message><source>yesterday</source><translation>hier</translation></message>
<message><source>{models} · other files: {others}</source><translation>{models} · autres fichiers : {others}</translation></message>
<message numerus="yes"><source>… and %n more</source><translation>
<numerusform>… et %n autre</numerusform>
<numerusform>… et %n autres</numerusform>
</translation></message>
</context>
<context>
<name>More</name>
<message numerus="yes"><source>%n control picture(s)</source><translation>
<numerusform>%n image de contrôle</numerusform>
<numerusform>%n images de contrôle</numerusform>
</translation></message>
<message><source>Advanced</source><translation>Avancé</translation></message>
<message><source>Auto</source><translation>Auto</translation></message>
<message><source>Automatic</source><translation>Automatique</translation></message>
<message><source>Decodes latents into pictures</source><translation>Décode les latents en images</translation></message>
<message><source>Its own</source><translation>Le sien</translation></message>
<message><source>None</source><translation>Aucun</translation></message>
<message><source>Show the effect of each word</source><translation>Afficher l'effet de chaque mot</translation></message>
<message><source>The model that computes the last steps</source><translation>Le modèle qui calcule les dernières étapes</translation></message>
<message><source>What should it not show?</source><translation>Que ne doit-elle pas montrer ?</translation></message>
<message><source>What the picture should not show</source><translation>Ce que l'image ne doit pas montrer</translation></message>
<message><source>Width and height in pixels</source><translation>Largeur et hauteur en pixels</translation></message>
<message><source>Without guidance (1.0) the negative prompt has no effect</source><translation>Sans guidage (1,0), le prompt négatif n'a aucun effet</translation></message>
<message><source>plain words</source><translation>texte simple</translation></message>
<message><source>without “{prompt}”</source><translation>sans « {prompt} »</translation></message>
<message><source>words</source><translation>mots</translation></message>
<message><source>{count} at once</source><translation>{count} à la fois</translation></message>
<message><source>{side} pixels</source><translation>{side} pixels</translation></message>
</context>
<context>
<name>NoiseBar</name>
<message><source>Back to the picture</source><translation>Revenir à l'image</translation></message>
<message><source>Generate from here</source><translation>Générer d'ici</translation></message>
<message><source>Noise</source><translation>Bruit</translation></message>
<message><source>Position in the forward process: 0 is the picture, 1 is the noise that a new run starts from</source><translation>Position dans le processus direct : 0 est l'image, 1 est le bruit dont part une nouvelle génération</translation></message>
<message><source>Start the next pictures from exactly this noise</source><translation>Faire partir les prochaines images d'exactement ce bruit</translation></message>
</context>
<context>
<name>NoiseCurve</name>
<message numerus="yes"><source>%n step(s) from σ {first} to {last}</source><translation>
<numerusform>%n étape de σ {first} à {last}</numerusform>
<numerusform>%n étapes de σ {first} à {last}</numerusform>
</translation></message>
<message><source>Noise curve</source><translation>Courbe de bruit</translation></message>
<message><source>Skipped</source><translation>Omises</translation></message>
<message><source>Step {number} of {steps}</source><translation>Étape {number} sur {steps}</translation></message>
<message><source>The noise left after each step</source><translation>Le bruit restant après chaque étape</translation></message>
<message><source>noise σ · step</source><translation>bruit σ · étape</translation></message>
<message><source>{step}: noise σ {sigma}</source><translation>{step} : bruit σ {sigma}</translation></message>
</context>
<context>
<name>NoteField</name>
<message><source>Note</source><translation>Note</translation></message>
<message><source>Your notes about the picture; the search finds them</source><translation>Vos notes sur l'image ; la recherche les trouve</translation></message>
</context>
<context>
<name>Notice</name>
<message><source>Dismiss</source><translation>Fermer</translation></message>
<message><source>Show the whole message</source><translation>Afficher tout le message</translation></message>
<message><source>Undo</source><translation>Annuler</translation></message>
</context>
<context>
<name>Notifier</name>
<message><source>Models</source><translation>Modèles</translation></message>
<message><source>Nothing to redo: you have changed it since</source><translation>Rien à rétablir : vous l’avez modifié depuis</translation></message>
<message><source>Nothing to undo</source><translation>Rien à annuler</translation></message>
<message><source>Nothing to undo: another program has done it</source><translation>Rien à annuler : un autre programme l’a déjà fait</translation></message>
<message><source>Nothing to undo: you have changed it since</source><translation>Rien à annuler : vous l’avez modifié depuis</translation></message>
<message><source>Undo</source><translation>Annuler</translation></message>
<message><source>Undone</source><translation>Annulé</translation></message>
<message><source>Unexpected error</source><translation>Erreur inattendue</translation></message>
</context>
<context>
<name>NumberEdit</name>
<message><source>{name} must be from {low} to {high}; it is still {number}</source><translation>{name} : de {low} à {high} ; toujours {number}</translation></message>
<message><source>{name} must be from {low} to {high}; it is {number} now</source><translation>{name} : de {low} à {high} ; actuellement {number}</translation></message>
<message><source>“{text}” is not a number; {name} is still {number}</source><translation>« {text} » n'est pas un nombre ; {name} : toujours {number}</translation></message>
</context>
<context>
<name>OriginLink</name>
<message><source>Branch of</source><translation>Branche de</translation></message>
<message><source>Show the picture that it branches from</source><translation>Afficher l'image dont celle-ci est une branche</translation></message>
<message><source>step {step} of #{seed}</source><translation>étape {step} de #{seed}</translation></message>
</context>
<context>
<name>Outpainting</name>
<message><source>Extend</source><translation>Étendre</translation></message>
<message><source>This model cannot extend pictures</source><translation>Ce modèle ne peut pas étendre les images</translation></message>
<message><source>the added area is generated, the picture stays</source><translation>la zone ajoutée est générée, l'image reste</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model} ne peut pas partir d'une image</translation></message>
<message><source>{model} generates only fixed sizes</source><translation>{model} ne génère que des tailles fixes</translation></message>
</context>
<context>
<name>Palette</name>
<message><source>No action found.</source><translation>Aucune action trouvée.</translation></message>
<message><source>“{action}” cannot be used now.</source><translation>« {action} » n'est pas possible maintenant.</translation></message>
<message><source>↑ ↓ choose   ·   Enter runs it   ·   Esc closes</source><translation>↑ ↓ choisir   ·   Entrée exécuter   ·   Échap fermer</translation></message>
</context>
<context>
<name>Panes</name>
<message><source>Compared pictures</source><translation>Images comparées</translation></message>
<message><source>{pictures}, slider at {share} %</source><translation>{pictures}, curseur à {share} %</translation></message>
</context>
<context>
<name>ParamRows</name>
<message><source>Off</source><translation>Non</translation></message>
</context>
<context>
<name>PatternRow</name>
<message><source>Next file: {name}</source><translation>Fichier suivant : {name}</translation></message>
</context>
<context>
<name>PausedRunEditor</name>
<message><source>Discard these changes</source><translation>Abandonner ces changements</translation></message>
<message><source>For the next picture</source><translation>Pour la prochaine image</translation></message>
<message><source>Paused</source><translation>En pause</translation></message>
<message><source>Paused · changed</source><translation>En pause · modifié</translation></message>
<message><source>This cannot change in a paused run; resume or stop it first</source><translation>Ceci ne peut pas changer dans une génération en pause ; la reprendre ou l'arrêter d'abord</translation></message>
<message><source>Use for this picture</source><translation>Utiliser pour cette image</translation></message>
</context>
<context>
<name>Phase</name>
<message><source>connecting to the cluster</source><translation>connexion au cluster</translation></message>
<message><source>decoding</source><translation>décodage</translation></message>
<message><source>enlarging, {percent} %</source><translation>agrandissement, {percent} %</translation></message>
<message><source>finding its noise</source><translation>recherche de son bruit</translation></message>
<message><source>generating on the cluster</source><translation>génération sur le cluster</translation></message>
<message><source>going back to step {step}</source><translation>retour à l'étape {step}</translation></message>
<message><source>loading the model</source><translation>chargement du modèle</translation></message>
<message><source>making room</source><translation>libération de la mémoire</translation></message>
<message><source>preparing</source><translation>préparation</translation></message>
<message><source>{phase}…</source><translation>{phase}…</translation></message>
</context>
<context>
<name>PictureModel</name>
<message><source>F marks a favourite · Space shows it large · drag it out as a file</source><translation>F marque un favori · Espace l'affiche en grand · la glisser à l'extérieur donne un fichier</translation></message>
<message><source>Its file is damaged or gone</source><translation>Son fichier est endommagé ou absent</translation></message>
<message><source>Picture</source><translation>Image</translation></message>
<message><source>no settings</source><translation>sans réglages</translation></message>
<message><source>seed {seed}</source><translation>graine {seed}</translation></message>
<message><source>{seed}, file is damaged or gone</source><translation>{seed}, fichier endommagé ou absent</translation></message>
<message><source>{seed}, newest of {count} in a stack</source><translation>{seed}, la plus récente d'une pile de {count}</translation></message>
</context>
<context>
<name>PictureTools</name>
<message><source>Back</source><translation>Retour</translation></message>
<message><source>Back to the sheet</source><translation>Revenir à la planche</translation></message>
</context>
<context>
<name>PicturesSheet</name>
<message><source>Picture {number}</source><translation>Image {number}</translation></message>
<message><source>Pictures of the run</source><translation>Images de la génération</translation></message>
<message><source>Show only picture {number}</source><translation>N'afficher que l'image {number}</translation></message>
</context>
<context>
<name>Places</name>
<message><source>Already in the library: {count}.</source><translation>Déjà dans la bibliothèque : {count}.</translation></message>
<message><source>Collection</source><translation>Collection</translation></message>
<message><source>Collection {name} removed</source><translation>Collection {name} retirée</translation></message>
<message><source>Collections</source><translation>Collections</translation></message>
<message><source>Copies, each shown once: {count}.</source><translation>Copies, montrées une seule fois : {count}.</translation></message>
<message><source>Files that could not be read: {count} ({names}).</source><translation>Fichiers qui n’ont pas pu être lus : {count} ({names}).</translation></message>
<message><source>Folder</source><translation>Dossier</translation></message>
<message><source>Folder {name} removed from the gallery</source><translation>Dossier {name} retiré de la galerie</translation></message>
<message><source>Imported folders</source><translation>Dossiers importés</translation></message>
<message><source>Its files stay where they are; their tags and notes are kept.</source><translation>Ses fichiers restent où ils sont ; leurs tags et notes sont gardés.</translation></message>
<message><source>Its pictures are still in the gallery.</source><translation>Ses images sont toujours dans la galerie.</translation></message>
<message><source>Made here</source><translation>Créées ici</translation></message>
<message><source>Models</source><translation>Modèles</translation></message>
<message><source>Pictures of</source><translation>Images de</translation></message>
<message><source>Pictures without settings: {count}.</source><translation>Images sans réglages : {count}.</translation></message>
<message><source>Recently deleted</source><translation>Suppressions récentes</translation></message>
<message><source>SVG and icon files, which are left out: {count}.</source><translation>Fichiers SVG et icônes, laissés de côté : {count}.</translation></message>
<message><source>Saved search {name} removed</source><translation>Recherche enregistrée {name} retirée</translation></message>
<message><source>Saved searches</source><translation>Recherches</translation></message>
<message><source>Search</source><translation>Recherche</translation></message>
<message><source>Tools</source><translation>Programmes</translation></message>
<message><source>With settings</source><translation>Avec réglages</translation></message>
<message><source>Without settings</source><translation>Sans réglages</translation></message>
<message><source>undo</source><translation>annuler</translation></message>
<message><source>{pictures} · last {count}</source><translation>{pictures} · {count} en dernier</translation></message>
</context>
<context>
<name>Plane</name>
<message><source>EDM</source><translation>EDM</translation></message>
<message><source>Exact</source><translation>Exact</translation></message>
<message><source>Network (EDM)</source><translation>Réseau (EDM)</translation></message>
<message><source>Network (data)</source><translation>Réseau (données)</translation></message>
<message><source>Network (noise)</source><translation>Réseau (bruit)</translation></message>
<message><source>Rectified flow</source><translation>Flot rectifié</translation></message>
<message><source>Sub-VP</source><translation>Sub-VP</translation></message>
<message><source>VE</source><translation>VE</translation></message>
<message><source>VP, cosine</source><translation>VP, cosinus</translation></message>
<message><source>VP, linear</source><translation>VP, linéaire</translation></message>
</context>
<context>
<name>PlaneControls</name>
<message><source>A second run from the same noise in which one setting differs</source><translation>Une seconde génération du même bruit, avec un seul réglage différent</translation></message>
<message><source>Both</source><translation>Les deux</translation></message>
<message><source>Change one thing</source><translation>Changer une chose</translation></message>
<message><source>Choose a class first</source><translation>Choisir d'abord une classe</translation></message>
<message><source>Class</source><translation>Classe</translation></message>
<message><source>Clear</source><translation>Effacer</translation></message>
<message><source>Denoiser</source><translation>Débruiteur</translation></message>
<message><source>Density</source><translation>Densité</translation></message>
<message><source>Draw lines into the plane</source><translation>Tracer des lignes dans le plan</translation></message>
<message><source>Draw your own</source><translation>Dessiner</translation></message>
<message><source>First</source><translation>Première</translation></message>
<message><source>Guidance</source><translation>Guidage</translation></message>
<message><source>New noise</source><translation>Nouveau bruit</translation></message>
<message><source>Noise</source><translation>Bruit</translation></message>
<message><source>Nothing</source><translation>Rien</translation></message>
<message><source>One change</source><translation>Un changement</translation></message>
<message><source>Points of both classes</source><translation>Points des deux classes</translation></message>
<message><source>Points of the first class</source><translation>Points de la première classe</translation></message>
<message><source>Points of the second class</source><translation>Points de la seconde classe</translation></message>
<message><source>Remove the drawn lines</source><translation>Supprimer les lignes tracées</translation></message>
<message><source>Scheduler</source><translation>Planificateur</translation></message>
<message><source>Second</source><translation>Seconde</translation></message>
<message><source>Settings of the plane</source><translation>Réglages du plan</translation></message>
<message><source>Start from other noise</source><translation>Partir d'un autre bruit</translation></message>
<message><source>Step spacing</source><translation>Espacement</translation></message>
<message><source>Steps</source><translation>Étapes</translation></message>
<message><source>Temperature</source><translation>Température</translation></message>
<message><source>Two runs from the same noise differ in one setting.</source><translation>Deux générations du même bruit, avec un réglage différent.</translation></message>
</context>
<context>
<name>Prediction</name>
<message><source>noise and picture (v)</source><translation>bruit et image (v)</translation></message>
<message><source>the noise (ε)</source><translation>le bruit (ε)</translation></message>
<message><source>the picture (x₀)</source><translation>l'image (x₀)</translation></message>
<message><source>the picture, scaled (EDM)</source><translation>l'image, à l'échelle (EDM)</translation></message>
<message><source>the score</source><translation>le score</translation></message>
<message><source>the way (flow)</source><translation>le trajet (flux)</translation></message>
</context>
<context>
<name>Presentation</name>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Noisy</source><translation>Bruitée</translation></message>
<message><source>Predicted</source><translation>Prédite</translation></message>
<message><source>Presentation of the steps</source><translation>Présentation des étapes</translation></message>
<message><source>Step {number} of {steps} · noise σ {sigma}</source><translation>Étape {number} sur {steps} · bruit σ {sigma}</translation></message>
<message><source>The clean picture that the model predicts in this step</source><translation>L'image nette que le modèle prédit à cette étape</translation></message>
<message><source>The picture after this step, with the noise that remains</source><translation>L'image après cette étape, avec le bruit restant</translation></message>
</context>
<context>
<name>PresetPopup</name>
<message><source>Name of a new preset</source><translation>Nom du préréglage</translation></message>
<message><source>Name of the preset</source><translation>Nom du préréglage</translation></message>
<message><source>No presets yet. Save the settings of this panel under a name.</source><translation>Pas encore de préréglages. Enregistrer les réglages de ce volet sous un nom.</translation></message>
<message><source>Nothing has this name</source><translation>Rien ne porte ce nom</translation></message>
<message><source>Presets</source><translation>Préréglages</translation></message>
<message><source>Replace</source><translation>Remplacer</translation></message>
<message><source>Save</source><translation>Enregistrer</translation></message>
<message><source>Save the settings of this panel</source><translation>Enregistrer les réglages de ce volet</translation></message>
<message><source>Search presets</source><translation>Chercher un préréglage</translation></message>
<message><source>With the prompt</source><translation>Avec le prompt</translation></message>
</context>
<context>
<name>Presets</name>
<message><source>Preset {name} deleted</source><translation>Préréglage {name} supprimé</translation></message>
<message><source>Preset {name} replaced</source><translation>Préréglage {name} remplacé</translation></message>
<message><source>Preset {name} saved</source><translation>Préréglage {name} enregistré</translation></message>
<message><source>{before} renamed to {now}</source><translation>{before} renommé en {now}</translation></message>
</context>
<context>
<name>Preview</name>
<message><source>Background of the preview</source><translation>Fond de l'aperçu</translation></message>
<message><source>Black</source><translation>Noir</translation></message>
<message><source>Checkerboard</source><translation>Damier</translation></message>
<message><source>On black</source><translation>Sur noir</translation></message>
<message><source>On white</source><translation>Sur blanc</translation></message>
<message><source>Selected picture</source><translation>Image sélectionnée</translation></message>
<message><source>Show it large</source><translation>L'afficher en grand</translation></message>
<message><source>Shows transparent areas</source><translation>Montre les zones transparentes</translation></message>
<message><source>White</source><translation>Blanc</translation></message>
<message><source>{width} × {height} px</source><translation>{width} × {height} px</translation></message>
</context>
<context>
<name>PromptBox</name>
<message numerus="yes"><source>%n word(s)</source><translation>
<numerusform>%n mot</numerusform>
<numerusform>%n mots</numerusform>
</translation></message>
<message><source>Ctrl+↑ and Ctrl+↓ change the weight of a word</source><translation>Ctrl+↑ et Ctrl+↓ changent le poids d'un mot</translation></message>
<message><source>Describe the picture; Enter generates it</source><translation>Décrire l'image ; Entrée la génère</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>The editor shows the first {count}; edit them to use only these.</source><translation>L'éditeur montre les {count} premiers ; les modifier pour n'utiliser que ceux-ci.</translation></message>
<message><source>The text under “{title}”</source><translation>Le texte sous « {title} »</translation></message>
<message><source>What should the picture show?</source><translation>Que doit montrer l'image ?</translation></message>
<message><source>{count} characters</source><translation>{count} caractères</translation></message>
<message><source>{count} of {limit} tokens</source><translation>{count} tokens sur {limit}</translation></message>
<message><source>{tokens}, in {parts} parts</source><translation>{tokens}, en {parts} parties</translation></message>
</context>
<context>
<name>PromptChips</name>
<message numerus="yes"><source>%n token(s) beyond {limit}</source><translation>
<numerusform>%n token au-delà de {limit}</numerusform>
<numerusform>%n tokens au-delà de {limit}</numerusform>
</translation></message>
<message><source>Click to write “{prompt}”.</source><translation>Cliquer pour écrire « {prompt} ».</translation></message>
<message><source>Did you mean {word}?</source><translation>Est-ce {word} ?</translation></message>
<message><source>Drawing {drawing} for “{text}”</source><translation>Dessin {drawing} pour « {text} »</translation></message>
<message><source>Drawn in some of the styles that a seed chooses.</source><translation>Dessiné dans certains des styles qu'une graine choisit.</translation></message>
<message><source>How the model reads the prompt</source><translation>Comment le modèle lit le prompt</translation></message>
<message><source>If the picture shows it anyway, write it into the negative prompt.</source><translation>Si l'image le montre quand même, l'écrire dans le prompt négatif.</translation></message>
<message><source>LoRA {value}</source><translation>LoRA {value}</translation></message>
<message><source>Most words are unknown to {model}. Write the prompt in English.</source><translation>{model} ne connaît pas la plupart des mots. Écrire le prompt en anglais.</translation></message>
<message><source>Nearest: {drawing}</source><translation>Le plus proche : {drawing}</translation></message>
<message><source>No LoRA with this name is installed, or its file is damaged. Its tag is read as plain words.</source><translation>Aucun LoRA de ce nom n'est installé, ou son fichier est endommagé. Sa balise est lue comme des mots.</translation></message>
<message><source>No LoRA “{value}”</source><translation>Pas de LoRA « {value} »</translation></message>
<message><source>No such drawing: a guess</source><translation>Aucun dessin de ce nom : deviné</translation></message>
<message><source>No weights here</source><translation>Pas de poids ici</translation></message>
<message><source>One picture; Set draws several</source><translation>Une image ; Série en dessine plusieurs</translation></message>
<message><source>Only the first {value} words are read</source><translation>Seuls les {value} premiers mots sont lus</translation></message>
<message><source>Sometimes left out: {words}</source><translation>Parfois laissé de côté : {words}</translation></message>
<message><source>The seed of each picture chooses one. Only the other words are described here.</source><translation>La graine de chaque image en choisit une. Seuls les autres mots sont décrits ici.</translation></message>
<message><source>The seed of each picture chooses one. The first picture is described here.</source><translation>La graine de chaque image en choisit une. La première image est décrite ici.</translation></message>
<message><source>The seed of each picture chooses {count} of them, in random order.</source><translation>La graine de chaque image en choisit {count}, dans un ordre aléatoire.</translation></message>
<message><source>The start picture shows it. Only what is new is drawn in the mask.</source><translation>L'image de départ le montre déjà. Seul ce qui est nouveau est dessiné dans le masque.</translation></message>
<message><source>The words after “{value}” are ignored</source><translation>Les mots après « {value} » sont ignorés</translation></message>
<message><source>They are read in parts of {limit} that know nothing of each other.</source><translation>Ils sont lus en parties de {limit} qui ne savent rien les unes des autres.</translation></message>
<message><source>Things are found in the whole prompt; {model} reads no more words than these.</source><translation>Les sujets sont cherchés dans tout le prompt ; {model} ne lit pas d'autres mots que ceux-ci.</translation></message>
<message><source>This LoRA changes the picture.</source><translation>Ce LoRA modifie l'image.</translation></message>
<message><source>This style has no good drawing of it.</source><translation>Ce style n'en a pas de bon dessin.</translation></message>
<message><source>Turn on Set and write one thing per line: each gets a picture of its own, in one style.</source><translation>Activez Série et écrivez une chose par ligne : chacune a son image, toutes dans un même style.</translation></message>
<message><source>Varies, {count} of: {options}</source><translation>Varie, {count} parmi : {options}</translation></message>
<message><source>Varies: {options}</source><translation>Varie : {options}</translation></message>
<message><source>Will be drawn</source><translation>Sera dessiné</translation></message>
<message><source>With some of the options, {model} leaves these words out.</source><translation>Avec certaines des options, {model} laisse ces mots de côté.</translation></message>
<message><source>Without a prompt, {model} draws something random.</source><translation>Sans prompt, {model} dessine quelque chose au hasard.</translation></message>
<message><source>Write what to draw</source><translation>Écrire quoi dessiner</translation></message>
<message><source>Write what to leave out into the negative prompt.</source><translation>Écrire dans le prompt négatif ce qu'il faut exclure.</translation></message>
<message><source>Writes no text: “{value}”</source><translation>N'écrit pas de texte : « {value} »</translation></message>
<message><source>{count} more</source><translation>{count} de plus</translation></message>
<message><source>{model} cannot draw with this LoRA. Choose another one.</source><translation>{model} ne peut pas dessiner avec ce LoRA. En choisir un autre.</translation></message>
<message><source>{model} cannot write words into a picture.</source><translation>{model} ne peut pas écrire de mots dans une image.</translation></message>
<message><source>{model} does not know this language</source><translation>{model} ne connaît pas cette langue</translation></message>
<message><source>{model} does not know “{text}” and leaves it out.</source><translation>{model} ne connaît pas « {text} » et l'ignore.</translation></message>
<message><source>{model} does not know “{text}”. Click to write “{word}” instead.</source><translation>{model} ne connaît pas « {text} ». Cliquer pour écrire « {word} » à la place.</translation></message>
<message><source>{model} has no drawing of this and guesses.</source><translation>{model} n'a pas de dessin de ceci et devine.</translation></message>
<message><source>{model} knows no drawing by these words and guesses from them.</source><translation>{model} ne connaît aucun dessin par ces mots et devine à partir d'eux.</translation></message>
<message><source>{model} leaves out “{text}”.</source><translation>{model} laisse de côté « {text} ».</translation></message>
<message><source>{model} reads plain words and the tags of LoRAs, but no weights of words.</source><translation>{model} lit des mots simples et les balises de LoRA, mais aucun poids de mots.</translation></message>
<message><source>{text} → {drawing}</source><translation>{text} → {drawing}</translation></message>
<message><source>{text}, drawn</source><translation>{text}, dessiné</translation></message>
<message><source>{text}, drawn as {drawing}</source><translation>{text}, dessiné comme {drawing}</translation></message>
<message><source>{text}, drawn in some styles</source><translation>{text}, dessiné dans certains styles</translation></message>
<message><source>{text}, guessed</source><translation>{text}, deviné</translation></message>
<message><source>{text}, in the start picture</source><translation>{text}, dans l'image de départ</translation></message>
<message><source>{text}, left out</source><translation>{text}, laissé de côté</translation></message>
<message><source>{text}, unknown and left out</source><translation>{text}, inconnu et laissé de côté</translation></message>
<message><source>{text}: draws {count}</source><translation>{text} : en dessine {count}</translation></message>
<message><source>{text}: from {style}</source><translation>{text} : de {style}</translation></message>
<message><source>{text}: one colour</source><translation>{text} : une seule couleur</translation></message>
<message><source>{text}: one colour, from {style}</source><translation>{text} : une seule couleur, de {style}</translation></message>
<message><source>{value} is for another model</source><translation>{value} est pour un autre modèle</translation></message>
<message><source>“{text}” is read as “{word}”.</source><translation>« {text} » est lu comme « {word} ».</translation></message>
<message><source>“{value}” is left out</source><translation>« {value} » est laissé de côté</translation></message>
<message><source>“{value}” is not understood</source><translation>« {value} » n'est pas compris</translation></message>
</context>
<context>
<name>PromptController</name>
<message><source>Choose a model that it is for.</source><translation>Choisir un modèle auquel il est destiné.</translation></message>
<message><source>It is for {base}; {model} is {model_base}.</source><translation>Il est pour {base} ; {model} est {model_base}.</translation></message>
<message><source>It is for {base}; {model} reads plain words.</source><translation>Il est pour {base} ; {model} lit du texte simple.</translation></message>
<message><source>Prompts are read as plain words now; choose another prompt grammar under Advanced.</source><translation>Les prompts sont maintenant lus comme du texte simple ; choisir une autre syntaxe du prompt sous Avancé.</translation></message>
<message><source>The model</source><translation>Le modèle</translation></message>
</context>
<context>
<name>PromptList</name>
<message><source>Completions of the prompt</source><translation>Suggestions pour le prompt</translation></message>
</context>
<context>
<name>QueueController</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>Reste %n</numerusform>
<numerusform>Reste %n</numerusform>
</translation></message>
<message><source>Connecting to the cluster…</source><translation>Connexion au cluster…</translation></message>
<message><source>Not saved yet</source><translation>Pas encore enregistrée</translation></message>
<message><source>Paused</source><translation>En pause</translation></message>
<message><source>Paused where you left it</source><translation>En pause là où elle en était</translation></message>
<message numerus="yes"><source>Removed %n entry(entries) from the queue</source><translation>
<numerusform>%n entrée retirée de la file d'attente</numerusform>
<numerusform>%n entrées retirées de la file d'attente</numerusform>
</translation></message>
<message><source>Removed “{title}” from the queue</source><translation>« {title} » retiré de la file d'attente</translation></message>
<message><source>Resume</source><translation>Reprendre</translation></message>
<message numerus="yes"><source>Resuming %n picture(s)</source><translation>
<numerusform>Reprise de %n image</numerusform>
<numerusform>Reprise de %n images</numerusform>
</translation></message>
<message><source>Steps that are done already are shown again first.</source><translation>Les étapes déjà faites sont d'abord réaffichées.</translation></message>
<message><source>The queue is paused</source><translation>La file est en pause</translation></message>
<message><source>Waiting until a picture can be saved</source><translation>Attend qu'une image puisse être enregistrée</translation></message>
<message><source>Waiting: a picture could not be saved yet</source><translation>En attente : une image n'a pas encore pu être enregistrée</translation></message>
<message><source>Waiting: the queue is paused</source><translation>En attente : file d'attente en pause</translation></message>
<message><source>about {time} left</source><translation>reste environ {time}</translation></message>
<message><source>{pictures} will be made on the cluster</source><translation>{pictures} à faire sur le cluster</translation></message>
</context>
<context>
<name>QueueEditor</name>
<message><source>Cancel</source><translation>Annuler</translation></message>
<message><source>Change the settings, then press “{save}”.</source><translation>Changer les réglages, puis appuyer sur « {save} ».</translation></message>
<message><source>Editing a queued picture</source><translation>Modification d'une image en file</translation></message>
<message><source>Generate uses these settings for another picture.</source><translation>« Générer » utilise ces réglages pour une autre image.</translation></message>
<message><source>Not used: {settings}.</source><translation>Non utilisés : {settings}.</translation></message>
<message><source>Save to the queue</source><translation>Enregistrer dans la file</translation></message>
<message><source>Saves the settings in the queue, in the same place</source><translation>Enregistre les réglages dans la file d'attente, à la même place</translation></message>
<message><source>“{title}” no longer waits in the queue</source><translation>« {title} » n'attend plus dans la file</translation></message>
</context>
<context>
<name>QueueModel</name>
<message><source> · {count} made</source><translation> · faites : {count}</translation></message>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n étape</numerusform>
<numerusform>%n étapes</numerusform>
</translation></message>
<message><source>Failed</source><translation>Échec</translation></message>
<message><source>Paused</source><translation>En pause</translation></message>
<message><source>Running in another window</source><translation>En cours dans une autre fenêtre</translation></message>
<message><source>Waiting</source><translation>En attente</translation></message>
<message><source>until stopped</source><translation>jusqu'à l'arrêt</translation></message>
<message><source>{done} of {count} made</source><translation>{done} sur {count} faites</translation></message>
</context>
<context>
<name>QueuePanel</name>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Pause</source><translation>Pause</translation></message>
<message><source>Queue</source><translation>File d'attente</translation></message>
<message><source>Resume</source><translation>Reprendre</translation></message>
<message><source>Resume the queue</source><translation>Reprendre la file</translation></message>
<message><source>Start nothing more for now</source><translation>Ne plus rien démarrer pour l'instant</translation></message>
<message><source>Stop and remove</source><translation>Arrêter et retirer</translation></message>
<message><source>Stop it and remove it from the queue</source><translation>L'arrêter et la retirer de la file d'attente</translation></message>
</context>
<context>
<name>QueueRows</name>
<message><source>Nothing is waiting</source><translation>Rien n’est en attente</translation></message>
<message><source>Stop</source><translation>Arrêter</translation></message>
<message><source>Stop {job}</source><translation>Arrêter {job}</translation></message>
<message><source>The queue</source><translation>La file d'attente</translation></message>
<message><source>While a picture is being made, Ctrl+Enter puts the next one here.</source><translation>Pendant la création d'une image, Ctrl+Entrée place la suivante ici.</translation></message>
</context>
<context>
<name>Quotation</name>
<message><source>“{text}”</source><translation>« {text} »</translation></message>
</context>
<context>
<name>RecoveryNotices</name>
<message numerus="yes"><source>%n picture(s) not finished and not in the gallery yet.</source><translation>
<numerusform>%n image inachevée, pas encore dans la galerie.</numerusform>
<numerusform>%n images inachevées, pas encore dans la galerie.</numerusform>
</translation></message>
<message><source>Keep it</source><translation>La garder</translation></message>
<message><source>Keep them</source><translation>Les garder</translation></message>
<message><source>Stopped at step {step} of {steps}</source><translation>Arrêtée à l'étape {step} sur {steps}</translation></message>
<message><source>Try again</source><translation>Réessayer</translation></message>
<message><source>What was reached is not in the gallery yet.</source><translation>Ce qui a été atteint n'est pas encore dans la galerie.</translation></message>
</context>
<context>
<name>RegionMap</name>
<message><source>Drag to draw, move or resize a box; the right button removes it</source><translation>Glisser dessine, déplace ou redimensionne un cadre ; le bouton droit le retire</translation></message>
<message><source>Map of the regions</source><translation>Plan des régions</translation></message>
</context>
<context>
<name>RegionRow</name>
<message><source>Negative prompt of region {number}</source><translation>Prompt négatif de la région {number}</translation></message>
<message><source>Paint the area of this region; the right button erases, the wheel changes the size</source><translation>Peindre la surface de cette région ; le bouton droit efface, la molette change la taille</translation></message>
<message><source>Prompt of region {number}</source><translation>Prompt de la région {number}</translation></message>
<message><source>Remove this region</source><translation>Retirer cette région</translation></message>
<message><source>Replace the painted area by its box</source><translation>Remplacer la surface peinte par son cadre</translation></message>
<message><source>Share of this prompt in its area; the prompt of the whole picture has the rest</source><translation>Part de ce prompt dans sa surface ; le prompt de l'image entière a le reste</translation></message>
<message><source>Weight</source><translation>Poids</translation></message>
<message><source>What is in this area</source><translation>Ce qui est dans cette surface</translation></message>
<message><source>What to avoid here</source><translation>Ce qu'il faut éviter ici</translation></message>
</context>
<context>
<name>RegionSection</name>
<message numerus="yes"><source>%n region(s)</source><translation>
<numerusform>%n région</numerusform>
<numerusform>%n régions</numerusform>
</translation></message>
<message><source>A box with its own prompt</source><translation>Un cadre avec son propre prompt</translation></message>
<message><source>Add region</source><translation>Ajouter une région</translation></message>
<message><source>Drag to draw a box; the prompt above describes the rest.</source><translation>Glisser dessine un cadre ; le prompt ci-dessus décrit le reste.</translation></message>
<message><source>Draw</source><translation>Dessiner</translation></message>
<message><source>Draw the regions on the picture</source><translation>Dessiner les régions sur l'image</translation></message>
<message><source>Remove all</source><translation>Tout retirer</translation></message>
<message><source>Undo the last change of the regions</source><translation>Annuler la dernière modification des régions</translation></message>
</context>
<context>
<name>Remedy</name>
<message><source>One at a time</source><translation>Une à la fois</translation></message>
<message><source>Try again</source><translation>Réessayer</translation></message>
<message><source>Use calmer settings</source><translation>Réglages plus modérés</translation></message>
<message><source>Use full precision</source><translation>Pleine précision</translation></message>
<message><source>Use the CPU</source><translation>Utiliser le CPU</translation></message>
<message><source>Use this computer</source><translation>Utiliser cet ordinateur</translation></message>
</context>
<context>
<name>Report</name>
<message><source>Add to gallery</source><translation>Ajouter à la galerie</translation></message>
<message><source>Already in the gallery</source><translation>Déjà dans la galerie</translation></message>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Copy it into the library; the file stays</source><translation>La copier dans la bibliothèque ; le fichier reste</translation></message>
<message><source>It does not say how it was made</source><translation>Il ne dit pas comment elle a été faite</translation></message>
<message><source>Not known</source><translation>Inconnus</translation></message>
<message><source>Recognised, not used</source><translation>Reconnus, non utilisés</translation></message>
<message><source>Settings in the file</source><translation>Réglages du fichier</translation></message>
<message><source>Start from it</source><translation>Partir de celle-ci</translation></message>
<message><source>Use it as the start picture</source><translation>L'utiliser comme image de départ</translation></message>
<message><source>Used</source><translation>Utilisés</translation></message>
<message><source>as they are set here</source><translation>tels que définis ici</translation></message>
<message><source>has content credentials</source><translation>a des Content Credentials</translation></message>
<message><source>has content credentials by {maker}</source><translation>a des Content Credentials de {maker}</translation></message>
<message><source>kept in the file, but not used</source><translation>gardés dans le fichier, mais non utilisés</translation></message>
</context>
<context>
<name>Review</name>
<message><source>Review finished</source><translation>Revue terminée</translation></message>
<message><source>{count} deleted</source><translation>Supprimées : {count}</translation></message>
<message><source>{count} kept</source><translation>Gardées : {count}</translation></message>
<message><source>{number} of {count}</source><translation>{number} sur {count}</translation></message>
</context>
<context>
<name>Row</name>
<message><source>Back to the default</source><translation>Revenir au défaut</translation></message>
<message><source>Close the window and open it again; a running job continues</source><translation>Fermer la fenêtre et la rouvrir ; une tâche en cours reprend</translation></message>
<message><source>Reset {setting}</source><translation>Rétablir {setting}</translation></message>
<message><source>Restart now</source><translation>Redémarrer maintenant</translation></message>
</context>
<context>
<name>RunningJobs</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> et %n autre</numerusform>
<numerusform> et %n autres</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>reste %n étape</numerusform>
<numerusform>reste %n étapes</numerusform>
</translation></message>
<message><source>Finished: {job}</source><translation>Terminé : {job}</translation></message>
<message><source>Starts next</source><translation>Commence ensuite</translation></message>
<message><source>Stopped: {job}</source><translation>Arrêté : {job}</translation></message>
<message><source>Waiting for the model to load</source><translation>Attend le chargement du modèle</translation></message>
<message><source>Waiting for: {job}</source><translation>Attend : {job}</translation></message>
<message><source>paused</source><translation>en pause</translation></message>
<message><source>starting…</source><translation>démarrage…</translation></message>
<message><source>stopping</source><translation>arrêt</translation></message>
<message><source>stopping…</source><translation>arrêt…</translation></message>
<message><source>waiting for the model to load</source><translation>attend le chargement du modèle</translation></message>
<message><source>waiting for: {job}</source><translation>attend : {job}</translation></message>
<message><source>{count} left</source><translation>reste {count}</translation></message>
<message><source>{done} of {total}</source><translation>{done} sur {total}</translation></message>
</context>
<context>
<name>SaveNotices</name>
<message><source>Folder for pictures that the library cannot store</source><translation>Dossier pour les images que la bibliothèque ne peut pas enregistrer</translation></message>
<message><source>Save elsewhere…</source><translation>Enregistrer ailleurs…</translation></message>
<message><source>Saved elsewhere</source><translation>Enregistré ailleurs</translation></message>
<message><source>The pictures are in {folder}.</source><translation>Les images sont dans {folder}.</translation></message>
<message><source>Try again</source><translation>Réessayer</translation></message>
<message><source>{error} The picture is not lost yet.</source><translation>{error} L'image n'est pas encore perdue.</translation></message>
</context>
<context>
<name>SavedStepsRow</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>Déplacer la souris dessus, ou utiliser ← →, pour voir comment l'image s'est formée</translation></message>
<message><source>Saved steps</source><translation>Étapes gardées</translation></message>
</context>
<context>
<name>SavedStepsStrip</name>
<message numerus="yes"><source>%n of {total} steps saved</source><translation>
<numerusform>%n étape sur {total} enregistrée</numerusform>
<numerusform>%n étapes sur {total} enregistrées</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) saved</source><translation>
<numerusform>%n étape enregistrée</numerusform>
<numerusform>%n étapes enregistrées</numerusform>
</translation></message>
<message><source>Play</source><translation>Lire</translation></message>
<message><source>Play its steps</source><translation>Lire ses étapes</translation></message>
<message><source>Scrub and branch on the Create page</source><translation>Parcourir et créer des branches dans la page Créer</translation></message>
</context>
<context>
<name>ScheduleChart</name>
<message><source>Scale of the data at each step</source><translation>Échelle des données à chaque étape</translation></message>
<message><source>scale of the data, α / √(α² + σ²) · steps</source><translation>échelle des données, α / √(α² + σ²) · étapes</translation></message>
</context>
<context>
<name>Search</name>
<message><source> or </source><translation> ou </translation></message>
<message><source>Branches</source><translation>Branches</translation></message>
<message><source>Collection</source><translation>Collection</translation></message>
<message><source>Date</source><translation>Date</translation></message>
<message><source>Edited elsewhere</source><translation>Modifiées ailleurs</translation></message>
<message><source>Favourites</source><translation>Favoris</translation></message>
<message><source>File</source><translation>Fichier</translation></message>
<message><source>Imported</source><translation>Importées</translation></message>
<message><source>In</source><translation>Dans</translation></message>
<message><source>Like</source><translation>Comme</translation></message>
<message><source>Made here</source><translation>Créées ici</translation></message>
<message><source>Negative prompt</source><translation>Prompt négatif</translation></message>
<message><source>Note</source><translation>Note</translation></message>
<message><source>OR must be between two words</source><translation>OR doit être entre deux mots</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Sampler</source><translation>Échantillonneur</translation></message>
<message><source>Scheduler</source><translation>Planificateur</translation></message>
<message><source>Similar to</source><translation>Similaire à</translation></message>
<message><source>Size</source><translation>Taille</translation></message>
<message><source>Stopped early</source><translation>Arrêtées avant la fin</translation></message>
<message><source>Tag</source><translation>Tag</translation></message>
<message><source>Tool</source><translation>Outil</translation></message>
<message><source>With a note</source><translation>Avec une note</translation></message>
<message><source>With settings</source><translation>Avec réglages</translation></message>
<message><source>Without a tag</source><translation>Sans tag</translation></message>
<message><source>Without settings</source><translation>Sans réglages</translation></message>
<message><source>not {term}</source><translation>pas {term}</translation></message>
<message><source>only its first 60 words count</source><translation>seuls les 60 premiers mots comptent</translation></message>
<message><source>the quotation mark of {text} is not closed</source><translation>le guillemet de {text} n'est pas fermé</translation></message>
<message><source>unknown field {field} (quote {text} to search for it as text)</source><translation>champ inconnu {field} (mettre {text} entre guillemets pour chercher ce texte)</translation></message>
<message><source>{count} more words are unclear</source><translation>{count} autres mots ne sont pas clairs</translation></message>
<message><source>{text} has no letter or digit</source><translation>{text} ne contient ni lettre ni chiffre</translation></message>
<message><source>{text} has no valid value for {field}</source><translation>{text} n'a pas de valeur valable pour {field}</translation></message>
<message><source>{text} has no value</source><translation>{text} n'a pas de valeur</translation></message>
<message><source>{text} is neither a word nor a field (quote it to search for it as text)</source><translation>{text} n'est ni un mot ni un champ (le mettre entre guillemets pour chercher ce texte)</translation></message>
</context>
<context>
<name>SearchBar</name>
<message><source>Do not search for similar pictures</source><translation>Ne pas chercher d'images semblables</translation></message>
<message><source>Like: {name}</source><translation>Comme : {name}</translation></message>
<message><source>Newest</source><translation>Récentes</translation></message>
<message><source>Newest first</source><translation>Récentes d'abord</translation></message>
<message><source>Not understood: {terms}.</source><translation>Non compris : {terms}.</translation></message>
<message><source>Oldest</source><translation>Anciennes</translation></message>
<message><source>Oldest first</source><translation>Anciennes d'abord</translation></message>
<message><source>Order of the pictures</source><translation>Ordre des images</translation></message>
<message><source>Save it in the list at the left</source><translation>L'enregistrer dans la liste à gauche</translation></message>
<message><source>Save search</source><translation>Enregistrer</translation></message>
<message><source>Search without {term}</source><translation>Chercher sans {term}</translation></message>
<message><source>Size of the pictures; also Ctrl and the mouse wheel</source><translation>Taille des images ; aussi Ctrl et la molette de la souris</translation></message>
<message><source>{found} · {problem}</source><translation>{found} · {problem}</translation></message>
<message><source>{pictures} · {time} ms</source><translation>{pictures} · {time} ms</translation></message>
<message><source>{size} px</source><translation>{size} px</translation></message>
</context>
<context>
<name>SearchField</name>
<message><source>Clear the search</source><translation>Vider la recherche</translation></message>
<message><source>Search pictures</source><translation>Chercher des images</translation></message>
<message><source>Search…</source><translation>Rechercher…</translation></message>
<message><source>Words, "phrases", -without, is:favourite, seed:42, steps:&gt;20</source><translation>Mots, "expressions", -sans, is:favourite, seed:42, steps:&gt;20</translation></message>
</context>
<context>
<name>SeedField</name>
<message><source>Every run uses a new seed</source><translation>Chaque génération utilise une nouvelle graine</translation></message>
<message><source>Keep this seed</source><translation>Garder cette graine</translation></message>
<message><source>Locked: every run uses this seed</source><translation>Verrouillée : chaque génération utilise cette graine</translation></message>
<message><source>Seed</source><translation>Graine</translation></message>
<message><source>The same seed and settings give the same picture</source><translation>La même graine et les mêmes réglages donnent la même image</translation></message>
</context>
<context>
<name>SelectionBar</name>
<message><source>Add them to a collection</source><translation>Les ajouter à une collection</translation></message>
<message><source>Add to collection ▾</source><translation>Ajouter à une collection ▾</translation></message>
<message><source>Collection ▾</source><translation>Collection ▾</translation></message>
<message><source>New collection</source><translation>Nouvelle collection</translation></message>
<message><source>Remove from {collection}</source><translation>Retirer de {collection}</translation></message>
<message><source>Select none</source><translation>Désélectionner</translation></message>
<message><source>Selected pictures</source><translation>Images sélectionnées</translation></message>
<message><source>{count} selected</source><translation>Sélection : {count}</translation></message>
</context>
<context>
<name>SelectionController</name>
<message><source>Check of {title}</source><translation>Vérification de {title}</translation></message>
<message><source>It does not reproduce: pixels differ by up to {difference} of 255.</source><translation>Elle n'est pas reproductible : les pixels diffèrent jusqu'à {difference} sur 255.</translation></message>
<message><source>It reproduces exactly.</source><translation>Elle se reproduit exactement.</translation></message>
<message><source>It reproduces nearly: no pixel differs by more than {difference} of 255.</source><translation>Elle se reproduit presque : aucun pixel ne diffère de plus de {difference} sur 255.</translation></message>
<message><source>Its steps are saved</source><translation>Ses étapes sont enregistrées</translation></message>
<message><source>Not in the gallery</source><translation>Pas dans la galerie</translation></message>
<message><source>The picture cannot be generated again here</source><translation>L'image ne peut pas être régénérée ici</translation></message>
<message><source>The picture that this one branches from was deleted or never saved.</source><translation>L'image dont celle-ci est une branche a été supprimée ou jamais enregistrée.</translation></message>
<message><source>The picture that this one was edited from was deleted.</source><translation>L'image dont celle-ci est une modification a été supprimée.</translation></message>
<message><source>comparing…</source><translation>comparaison…</translation></message>
<message><source>exactly</source><translation>exactement</translation></message>
<message><source>nearly</source><translation>presque</translation></message>
<message><source>no</source><translation>non</translation></message>
<message><source>not here</source><translation>pas ici</translation></message>
<message><source>not in the gallery</source><translation>pas dans la galerie</translation></message>
<message><source>step {step} of {steps}</source><translation>étape {step} sur {steps}</translation></message>
<message><source>stopped</source><translation>arrêtée</translation></message>
<message><source>waiting…</source><translation>attente…</translation></message>
</context>
<context>
<name>SetController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n image</numerusform>
<numerusform>%n images</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate continues.</source><translation>
<numerusform>%n image manquante ; Générer continue.</numerusform>
<numerusform>%n images manquantes ; Générer continue.</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate in Set continues.</source><translation>
<numerusform>%n image manquante ; Générer en Série continue.</numerusform>
<numerusform>%n images manquantes ; Générer en Série continue.</numerusform>
</translation></message>
<message><source>Another set is being generated. Stop it, then restore this one.</source><translation>Une autre série est en cours. L'arrêter, puis restaurer celle-ci.</translation></message>
<message><source>Drawn with {temperature} instead of {value}, at which it would hardly change.</source><translation>Dessiné avec {temperature}, car avec {value} l'image ne changerait presque pas.</translation></message>
<message><source>It is the collection “{name}”.</source><translation>C'est la collection « {name} ».</translation></message>
<message numerus="yes"><source>Its %n locked picture(s) stays(stay) there.</source><translation>
<numerusform>Son image verrouillée y reste (%n).</numerusform>
<numerusform>Ses %n images verrouillées y restent.</numerusform>
</translation></message>
<message><source>Its other pictures are kept.</source><translation>Les autres images sont conservées.</translation></message>
<message><source>Made {pictures} again</source><translation>Refait : {pictures}</translation></message>
<message><source>Removed {pictures}</source><translation>Retiré : {pictures}</translation></message>
<message><source>Restore it</source><translation>La restaurer</translation></message>
<message><source>Set “{name}” opened</source><translation>Série « {name} » ouverte</translation></message>
<message numerus="yes"><source>Set: %n picture(s)</source><translation>
<numerusform>Série : %n image</numerusform>
<numerusform>Série : %n images</numerusform>
</translation></message>
<message><source>Set: {thing}</source><translation>Série : {thing}</translation></message>
<message><source>Stopped</source><translation>Arrêtée</translation></message>
<message><source>The list is empty</source><translation>La liste est vide</translation></message>
<message><source>The set was changed</source><translation>La série a été modifiée</translation></message>
<message><source>The set was cleared</source><translation>La série a été vidée</translation></message>
<message><source>These pictures are locked</source><translation>Ces images sont verrouillées</translation></message>
<message><source>Unlock them first.</source><translation>Déverrouillez-les d’abord.</translation></message>
<message><source>Write what the set shows, one thing per line.</source><translation>Écrire ce que montre la série, un sujet par ligne.</translation></message>
<message><source>connecting to the cluster…</source><translation>connexion au cluster…</translation></message>
<message><source>locked · {seed}</source><translation>verrouillé · {seed}</translation></message>
<message><source>not made yet</source><translation>pas encore créée</translation></message>
<message><source>seed {seed}</source><translation>graine {seed}</translation></message>
<message><source>starting…</source><translation>démarrage…</translation></message>
</context>
<context>
<name>SetView</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n image</numerusform>
<numerusform>%n images</numerusform>
</translation></message>
<message><source>Name of the set</source><translation>Nom de la série</translation></message>
<message><source>None of its pictures is finished yet.</source><translation>Aucune de ses images n’est encore terminée.</translation></message>
<message><source>Select a single picture.</source><translation>Sélectionnez une seule image.</translation></message>
<message><source>Select the pictures to make again, or lock those to keep.</source><translation>Sélectionnez les images à refaire, ou verrouillez celles à garder.</translation></message>
<message><source>The set is a collection of this name in the gallery</source><translation>La série est une collection de ce nom dans la galerie</translation></message>
<message><source>Unlock</source><translation>Déverrouiller</translation></message>
<message><source>Write its things in the list, choose a style, and press Generate: one picture of each, drawn alike, kept together in the gallery.</source><translation>Écrire ses sujets dans la liste, choisir un style et appuyer sur Générer : une image de chacun, dessinées de la même façon, gardées ensemble dans la galerie.</translation></message>
<message><source>Your set will grow here</source><translation>La série grandira ici</translation></message>
<message><source>{finished} of {pictures}</source><translation>{finished} sur {pictures}</translation></message>
<message><source>{pictures} · in the gallery</source><translation>{pictures} · dans la galerie</translation></message>
</context>
<context>
<name>Setting</name>
<message><source>1, 2, 3</source><translation>1, 2, 3</translation></message>
<message><source>1-9 or 7, 42, 1207</source><translation>1-9 ou 7, 42, 1207</translation></message>
<message><source>2 (B = e^h − 1) for guided pictures, 1 (B = h) for unguided.</source><translation>2 (B = e^h − 1) pour des images guidées, 1 (B = h) sans guidage.</translation></message>
<message><source>2, 4, 6 or 1-7 (+1.5)</source><translation>2, 4, 6 ou 1-7 (+1.5)</translation></message>
<message><source>4, 8, 20 or 4-20 (+4)</source><translation>4, 8, 20 ou 4-20 (+4)</translation></message>
<message><source>Address of a Ray cluster: auto for the cluster of this computer, or HOST:PORT.</source><translation>Adresse d'un cluster Ray : auto pour le cluster de cet ordinateur, ou HOST:PORT.</translation></message>
<message><source>Aesthetic score</source><translation>Score esthétique</translation></message>
<message><source>Allows connections to huggingface.co, or to an address that you enter, while a model that you chose is downloaded.</source><translation>Autorise les connexions à huggingface.co, ou à une adresse que vous saisissez, pendant le téléchargement d'un modèle que vous avez choisi.</translation></message>
<message><source>Analytic-DDIM</source><translation>Analytic-DDIM</translation></message>
<message><source>Analytic-DPM</source><translation>Analytic-DPM</translation></message>
<message><source>As it is</source><translation>Telle quelle</translation></message>
<message><source>At 2 the last layer of the text encoder is left out, at 3 the last two …</source><translation>À 2, la dernière couche de l'encodeur de texte est omise, à 3 les deux dernières …</translation></message>
<message><source>At temperatures of 0.25 and less it wants 60 steps or more.</source><translation>Aux températures de 0.25 et moins, il lui faut 60 étapes ou plus.</translation></message>
<message><source>At temperatures of 0.25 and less it wants a hundred steps or more.</source><translation>Aux températures de 0.25 et moins, il lui faut cent étapes ou plus.</translation></message>
<message><source>Attention</source><translation>Attention</translation></message>
<message><source>Automatic</source><translation>Automatique</translation></message>
<message><source>Automatic is full precision, which makes the same picture on every device; half is faster and slightly less exact</source><translation>Automatique est la pleine précision, qui donne la même image sur tout appareil ; la demi est plus rapide et un peu moins exacte</translation></message>
<message><source>Batch size</source><translation>Taille de lot</translation></message>
<message><source>Below 100 % a run pauses between its steps, which leaves time for other programs.</source><translation>En dessous de 100 %, une génération fait des pauses entre ses étapes, ce qui laisse du temps aux autres programmes.</translation></message>
<message><source>Beta</source><translation>Beta</translation></message>
<message><source>Beta 57</source><translation>Beta 57</translation></message>
<message><source>Beta of 0.1</source><translation>Beta de 0.1</translation></message>
<message><source>Beta of σ</source><translation>Beta de σ</translation></message>
<message><source>Beta's shares of the noise in place of timesteps: half of the steps where it is very strong.</source><translation>Les proportions de Beta sur le bruit au lieu des pas de temps : la moitié des étapes là où il est très fort.</translation></message>
<message><source>Beyond this the oldest steps are deleted; their pictures stay.</source><translation>Au-delà, les étapes les plus anciennes sont supprimées ; leurs images restent.</translation></message>
<message><source>Beyond this, some steps are recomputed on view. A large picture has room for at least thirty.</source><translation>Au-delà, certaines étapes sont recalculées à l'affichage. Une grande image a de la place pour au moins trente.</translation></message>
<message><source>Blur</source><translation>Flou</translation></message>
<message><source>Both pictures of a step are side by side until the run ends.</source><translation>Les deux images d'une étape sont côte à côte jusqu'à la fin.</translation></message>
<message><source>Branch of</source><translation>Branche de</translation></message>
<message><source>By noise</source><translation>Par bruit</translation></message>
<message><source>By timesteps</source><translation>Par pas de temps</translation></message>
<message><source>CPU limit</source><translation>Limite du processeur</translation></message>
<message><source>Canvas colour</source><translation>Couleur de toile</translation></message>
<message><source>Checkerboard</source><translation>Damier</translation></message>
<message><source>Churn</source><translation>Churn</translation></message>
<message><source>Churn above</source><translation>Churn dès</translation></message>
<message><source>Churn below</source><translation>Churn jusqu'à</translation></message>
<message><source>Class</source><translation>Classe</translation></message>
<message><source>Classic</source><translation>Classiques</translation></message>
<message><source>Clip</source><translation>Écrêtage</translation></message>
<message><source>Clip skip</source><translation>Clip skip</translation></message>
<message><source>Cluster</source><translation>Cluster</translation></message>
<message><source>Cold</source><translation>Cold</translation></message>
<message><source>Cold, naive</source><translation>Cold, naïf</translation></message>
<message><source>Computes the deep layers of the network only in every n-th step and reuses their features in between: faster, and less exact. 1 computes them in every step.</source><translation>Ne calcule les couches profondes du réseau que toutes les n étapes et réutilise leurs caractéristiques entre-temps : plus rapide et moins exact. 1 les calcule à chaque étape.</translation></message>
<message><source>Consecutive pictures that differ only in their seed, or look alike, are one tile.</source><translation>Des images consécutives qui ne diffèrent que par la graine, ou qui se ressemblent, forment une seule vignette.</translation></message>
<message><source>Correcting adds a little spread of its own: pictures are slightly more varied than the temperature asks.</source><translation>La correction ajoute un peu de dispersion : les images varient légèrement plus que la température ne le demande.</translation></message>
<message><source>Corrector SNR</source><translation>SNR du correcteur</translation></message>
<message><source>Curvature</source><translation>Courbure</translation></message>
<message><source>DDIM</source><translation>DDIM</translation></message>
<message><source>DDIM with the little fresh noise that is best for this model, as measured of it.</source><translation>DDIM avec le peu de bruit neuf qui convient le mieux à ce modèle, d'après des mesures.</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM with as much noise in every step as the model itself predicts.</source><translation>DDPM avec, à chaque étape, autant de bruit que le modèle lui-même en prédit.</translation></message>
<message><source>DDPM with more noise in every step: grainy below some hundred steps.</source><translation>DDPM avec plus de bruit à chaque étape : granuleux en dessous de quelques centaines d'étapes.</translation></message>
<message><source>DDPM with the amount of noise that is best for this model, as measured of it: fewer steps than DDPM.</source><translation>DDPM avec la quantité de bruit qui convient le mieux à ce modèle, d'après des mesures : moins d'étapes que DDPM.</translation></message>
<message><source>DDPM's steps, each after a random correction at its place: for some hundred steps.</source><translation>Les étapes de DDPM, chacune après une correction aléatoire sur place : pour quelques centaines d'étapes.</translation></message>
<message><source>DDPM, large variance</source><translation>DDPM, grande variance</translation></message>
<message><source>DDPM, learned variance</source><translation>DDPM, variance apprise</translation></message>
<message><source>DEIS</source><translation>DEIS</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>DPM++ 2M SDE</source><translation>DPM++ 2M SDE</translation></message>
<message><source>DPM++ 2M with fresh noise at every step, which mends earlier errors; finer detail from 25 steps on.</source><translation>DPM++ 2M avec du bruit neuf à chaque étape, qui répare les erreurs précédentes ; détails plus fins dès 25 étapes.</translation></message>
<message><source>DPM++ 2S</source><translation>DPM++ 2S</translation></message>
<message><source>DPM++ 2S a</source><translation>DPM++ 2S a</translation></message>
<message><source>DPM++ 2S with fresh noise at every step (ancestral): pictures keep changing.</source><translation>DPM++ 2S avec du bruit neuf à chaque étape (ancestral) : les images ne cessent de changer.</translation></message>
<message><source>DPM++ 3M</source><translation>DPM++ 3M</translation></message>
<message><source>DPM++ 3M SDE</source><translation>DPM++ 3M SDE</translation></message>
<message><source>DPM++ 3M with fresh noise at every step; for 30 steps and more.</source><translation>DPM++ 3M avec du bruit neuf à chaque étape ; pour 30 étapes et plus.</translation></message>
<message><source>DPM++ SDE</source><translation>DPM++ SDE</translation></message>
<message><source>DPM2</source><translation>DPM2</translation></message>
<message><source>DPM2 a</source><translation>DPM2 a</translation></message>
<message><source>DPM2 with fresh noise at every step (ancestral): two evaluations, pictures keep changing.</source><translation>DPM2 avec du bruit neuf à chaque étape (ancestral) : deux évaluations, les images ne cessent de changer.</translation></message>
<message><source>Dark</source><translation>Sombre</translation></message>
<message><source>Dark, light, or matching the system.</source><translation>Sombre, clair, ou comme le système.</translation></message>
<message><source>Deleted pictures to the trash on exit</source><translation>Images supprimées à la corbeille en quittant</translation></message>
<message><source>Device</source><translation>Appareil</translation></message>
<message><source>Distilled guidance</source><translation>Guidage distillé</translation></message>
<message><source>Download models</source><translation>Télécharger des modèles</translation></message>
<message><source>Draws the thing alone, as for a set: without a tile, and in the tone of its style</source><translation>Dessine la chose seule, comme pour une série : sans cadre de fond et dans le ton de son style</translation></message>
<message><source>Dynamic threshold</source><translation>Seuil dynamique</translation></message>
<message><source>EDM stochastic</source><translation>EDM stochastique</translation></message>
<message><source>Each picture is saved as a file in this folder.</source><translation>Chaque image est enregistrée comme fichier dans ce dossier.</translation></message>
<message><source>Each step jumps to a whole picture: temperature only pulls the jumps towards the average picture.</source><translation>Chaque étape saute à une image entière : la température ne fait que tirer les sauts vers l'image moyenne.</translation></message>
<message><source>Edges (Canny)</source><translation>Contours (Canny)</translation></message>
<message><source>Enlarges the picture for the second pass</source><translation>Agrandit l'image pour la seconde passe</translation></message>
<message><source>Error allowed in a step; smaller is slower and more exact.</source><translation>Erreur admise par étape ; plus petite : plus lent et plus exact.</translation></message>
<message><source>Eta</source><translation>Eta</translation></message>
<message><source>Euler</source><translation>Euler</translation></message>
<message><source>Euler a</source><translation>Euler a</translation></message>
<message><source>Evaluations more a step that make the way back exact.</source><translation>Évaluations de plus par étape, qui rendent le retour exact.</translation></message>
<message><source>Even in log-SNR: the same as exponential, but no step where the noise is above σ 164.</source><translation>Régulier en log-SNR : comme exponentiel, mais sans étape où le bruit dépasse σ 164.</translation></message>
<message><source>Even steps along the straight paths of flow models. The same update as Euler and DDIM at eta 0.</source><translation>Étapes régulières le long des trajets droits des modèles de flux. La même mise à jour qu'Euler et DDIM à eta 0.</translation></message>
<message><source>Even timesteps from full noise that stop one step before the last, between timesteps too.</source><translation>Pas de temps réguliers depuis le plein bruit, qui s'arrêtent une étape avant le dernier, y compris entre les pas de temps.</translation></message>
<message><source>Even timesteps that begin at full noise.</source><translation>Pas de temps réguliers qui commencent au plein bruit.</translation></message>
<message><source>Even timesteps that end at the last one and never reach full noise, as in the DDIM paper.</source><translation>Pas de temps réguliers qui finissent au dernier et n'atteignent jamais le plein bruit, comme dans l'article de DDIM.</translation></message>
<message><source>Even timesteps with the first and the last.</source><translation>Pas de temps réguliers avec le premier et le dernier.</translation></message>
<message><source>Every so many of the model's timesteps, from full noise down: ComfyUI's Simple.</source><translation>Un pas de temps du modèle sur tant, depuis le plein bruit : le Simple de ComfyUI.</translation></message>
<message><source>Every step removes the same share of the noise: even in log-SNR.</source><translation>Chaque étape enlève la même part du bruit : régulier en log-SNR.</translation></message>
<message><source>Exponential</source><translation>Exponentiel</translation></message>
<message><source>Factors</source><translation>Facteurs</translation></message>
<message><source>Feature cache</source><translation>Cache de caractéristiques</translation></message>
<message><source>Fewer steps at strong noise than exponential, fewer at the end than Karras.</source><translation>Moins d'étapes qu'exponentiel dans le bruit fort, moins à la fin que Karras.</translation></message>
<message><source>File name</source><translation>Nom de fichier</translation></message>
<message><source>Finds the noise that leads to the picture instead of drawing it by the seed, so that the same prompt brings the picture back</source><translation>Trouve le bruit qui mène à l'image au lieu de le tirer par la graine, pour que le même prompt redonne l'image</translation></message>
<message><source>First choices</source><translation>Premiers choix</translation></message>
<message><source>Flow Euler</source><translation>Flow Euler</translation></message>
<message><source>Flow Heun</source><translation>Flow Heun</translation></message>
<message><source>Follows the exact way to a tolerance, with as many evaluations as that takes.</source><translation>Suit le chemin exact à une tolérance près, avec autant d'évaluations qu'il en faut.</translation></message>
<message><source>For exactness, where a step may take twice as long.</source><translation>Pour l'exactitude, quand une étape peut durer deux fois plus.</translation></message>
<message><source>For fine detail, with 30 steps or more.</source><translation>Pour des détails fins, à partir de 30 étapes.</translation></message>
<message><source>For finer detail, with 25 steps or more.</source><translation>Pour des détails plus fins, à partir de 25 étapes.</translation></message>
<message><source>For latent consistency models: only the fifty timesteps that they were distilled on.</source><translation>Pour les modèles de cohérence latente : seulement les cinquante pas de temps sur lesquels ils ont été distillés.</translation></message>
<message><source>For rich detail at few steps, in twice the time.</source><translation>Pour des détails riches en peu d'étapes, en deux fois plus de temps.</translation></message>
<message><source>For the finest quality, when time does not matter.</source><translation>Pour la meilleure qualité, quand le temps ne compte pas.</translation></message>
<message><source>For the finest quality, with many steps.</source><translation>Pour la meilleure qualité, avec beaucoup d'étapes.</translation></message>
<message><source>For the plainest way, to compare others with.</source><translation>Pour le chemin le plus simple, afin de comparer les autres.</translation></message>
<message><source>For variety with strong guidance.</source><translation>Pour la variété avec un guidage fort.</translation></message>
<message><source>For variety, where a step may take twice as long.</source><translation>Pour la variété, quand une étape peut durer deux fois plus.</translation></message>
<message><source>For variety: each number of steps draws another picture.</source><translation>Pour la variété : chaque nombre d'étapes dessine une autre image.</translation></message>
<message><source>Format</source><translation>Format</translation></message>
<message><source>Fresh noise at every step (ancestral): pictures keep changing. The same update as DDPM, Karras spacing.</source><translation>Bruit neuf à chaque étape (ancestral) : les images ne cessent de changer. La même mise à jour que DDPM, espacement Karras.</translation></message>
<message><source>Fresh noise at every step: 0 none, 1 as much as DDPM.</source><translation>Bruit neuf à chaque étape : 0 aucun, 1 autant que DDPM.</translation></message>
<message><source>Fresh noise over the whole run: 0 is Heun, 40 the paper's choice.</source><translation>Bruit neuf sur toute la génération : 0 est Heun, 40 le choix de l'article.</translation></message>
<message><source>Fresh noise, and a look at the middle of each step: two evaluations, rich detail at few steps.</source><translation>Bruit neuf, et un regard au milieu de chaque étape : deux évaluations, riche en détails en peu d'étapes.</translation></message>
<message><source>Full (32 bit)</source><translation>Pleine (32 bits)</translation></message>
<message><source>Grey</source><translation>Niveaux de gris</translation></message>
<message><source>Guidance</source><translation>Guidage</translation></message>
<message><source>Guidance ends</source><translation>Fin du guidage</translation></message>
<message><source>Guidance rescale</source><translation>Rescale du guidage</translation></message>
<message><source>Guidance starts</source><translation>Début du guidage</translation></message>
<message><source>Guidance · temp.</source><translation>Guidage · temp.</translation></message>
<message><source>Half (bfloat16)</source><translation>Demi (bfloat16)</translation></message>
<message><source>Half (float16)</source><translation>Demi (float16)</translation></message>
<message><source>Heun</source><translation>Heun</translation></message>
<message><source>Heun in even steps, which suit the straight paths of flow models; for any model.</source><translation>Heun à étapes régulières, adaptées aux trajets droits des modèles de flux ; pour tout modèle.</translation></message>
<message><source>Heun that goes back to more noise twice near the end and comes down again, which mends earlier errors.</source><translation>Heun qui revient deux fois à plus de bruit vers la fin et redescend, ce qui répare les erreurs précédentes.</translation></message>
<message><source>Heun with fresh noise before each step, which mends earlier errors; for many steps and finest quality.</source><translation>Heun avec du bruit neuf avant chaque étape, qui répare les erreurs précédentes ; pour de nombreuses étapes et la meilleure qualité.</translation></message>
<message><source>High order</source><translation>Ordre élevé</translation></message>
<message><source>Hints</source><translation>Contrôle</translation></message>
<message><source>Hires fix</source><translation>Hires fix</translation></message>
<message><source>How closely the picture follows the one to edit</source><translation>À quel point l'image suit celle à modifier</translation></message>
<message><source>How each step goes from noise towards the picture</source><translation>Comment chaque étape va du bruit vers l'image</translation></message>
<message><source>How far the picture changes from the negative prompt towards the prompt.</source><translation>Jusqu'où l'image change, du prompt négatif vers le prompt.</translation></message>
<message><source>How freely the picture may vary: 1 is as the model was trained, lower gives more typical pictures, higher rarer ones.</source><translation>Avec quelle liberté l'image peut varier : 1 est comme à l'entraînement du modèle, moins donne des images plus typiques, plus, de plus rares.</translation></message>
<message><source>How many pictures are made together; auto lets the device decide</source><translation>Combien d'images sont faites ensemble ; auto laisse l'appareil décider</translation></message>
<message><source>How many times as wide and high the second pass makes the picture; 1 for none</source><translation>Par combien la seconde passe multiplie la largeur et la hauteur de l'image ; 1 pour aucune</translation></message>
<message><source>How many, each with its own seed</source><translation>Combien, chacune avec sa propre graine</translation></message>
<message><source>How much noise is added before the steps of the second pass</source><translation>Combien de bruit est ajouté avant les étapes de la seconde passe</translation></message>
<message><source>How much noise is added to the picture before the steps begin: at 0 it hardly changes, at 1 nothing of it is left. Add noise shows what each value leaves</source><translation>Combien de bruit est ajouté à l'image avant le début des étapes : à 0 elle change à peine, à 1 il n'en reste rien. Bruiter montre ce que chaque valeur laisse</translation></message>
<message><source>How often to go back and come down again; 0 is Heun.</source><translation>Combien de fois revenir en arrière et redescendre ; 0 est Heun.</translation></message>
<message><source>How pleasing the picture is meant to be</source><translation>À quel point l'image doit plaire</translation></message>
<message><source>How prompts are read: in plain words, brackets have no meaning</source><translation>Comment les prompts sont lus : en texte simple, les parenthèses n'ont pas de sens</translation></message>
<message><source>How strictly the picture follows the prompt</source><translation>Avec quelle rigueur l'image suit le prompt</translation></message>
<message><source>How strictly the picture follows the prompt; the model takes this as an input</source><translation>Avec quelle rigueur l'image suit le prompt ; le modèle reçoit cette valeur en entrée</translation></message>
<message><source>Image guidance</source><translation>Guidage par l'image</translation></message>
<message><source>Inpaint</source><translation>Retouche</translation></message>
<message><source>Inpaint area</source><translation>Zone d’inpaint</translation></message>
<message><source>Instead of DDIM, with a little fresh noise.</source><translation>Au lieu de DDIM, avec un peu de bruit neuf.</translation></message>
<message><source>Instead of DDPM, for fewer steps.</source><translation>Au lieu de DDPM, pour moins d'étapes.</translation></message>
<message><source>Instead of DPM++ 2M, with few steps.</source><translation>Au lieu de DPM++ 2M, avec peu d'étapes.</translation></message>
<message><source>Instead of DPM++ 2M, with many steps.</source><translation>Au lieu de DPM++ 2M, avec beaucoup d'étapes.</translation></message>
<message><source>Instead of Heun, to compare.</source><translation>Au lieu de Heun, pour comparer.</translation></message>
<message><source>Instead of UniPC, where guidance is weak or off.</source><translation>Au lieu d'UniPC, quand le guidage est faible ou éteint.</translation></message>
<message><source>Interface size</source><translation>Taille de l'interface</translation></message>
<message><source>Inverted</source><translation>Inversée</translation></message>
<message><source>JPEG, smaller</source><translation>JPEG, plus petit</translation></message>
<message><source>KL-optimal</source><translation>KL-optimal</translation></message>
<message><source>Karras</source><translation>Karras</translation></message>
<message><source>Keep the machine awake</source><translation>Garder la machine éveillée</translation></message>
<message><source>Keep the steps of pictures</source><translation>Garder les étapes des images</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>LCM, of 50 timesteps</source><translation>LCM, à 50 pas de temps</translation></message>
<message><source>LMS</source><translation>LMS</translation></message>
<message><source>Langevin (NCSN)</source><translation>Langevin (NCSN)</translation></message>
<message><source>Langevin (NCSNv2)</source><translation>Langevin (NCSNv2)</translation></message>
<message><source>Langevin steps, and evaluations, at every noise level.</source><translation>Étapes de Langevin, et évaluations, à chaque niveau de bruit.</translation></message>
<message><source>Language</source><translation>Langue</translation></message>
<message><source>Largest value of the prediction, in standard deviations of the data; 0 is off.</source><translation>Plus grande valeur de la prédiction, en écarts-types des données ; 0 : désactivé.</translation></message>
<message><source>Last noise</source><translation>Dernier bruit</translation></message>
<message><source>Light</source><translation>Clair</translation></message>
<message><source>Like Beta, with more of its steps at the end.</source><translation>Comme Beta, avec plus de ses étapes à la fin.</translation></message>
<message><source>Like Uniform, leading, one timestep later: DDIM of ComfyUI and AUTOMATIC1111, and Stable Diffusion's own.</source><translation>Comme Uniforme, début, un pas de temps plus tard : DDIM de ComfyUI et AUTOMATIC1111, et celui de Stable Diffusion.</translation></message>
<message><source>Like exponential, with larger steps at first and smaller ones where detail forms.</source><translation>Comme exponentiel, avec des étapes plus grandes d'abord et plus petites là où le détail se forme.</translation></message>
<message><source>Limit for models and images. A model that does not fit is read from the disk at each step, which is slower.</source><translation>Limite pour les modèles et les images. Un modèle qui n'y tient pas est lu sur le disque à chaque étape, ce qui est plus lent.</translation></message>
<message><source>Lines</source><translation>Lignes</translation></message>
<message><source>Live, grids, sets and variations use it if the model has one and its settings are the defaults.</source><translation>Direct, grilles, séries et variations l'utilisent si le modèle en a une et si ses réglages sont ceux par défaut.</translation></message>
<message><source>Log-SNR, clipped</source><translation>Log-SNR, écrêté</translation></message>
<message><source>Looks ahead and corrects each step: two evaluations, much nearer to the exact way than Euler.</source><translation>Regarde en avant et corrige chaque étape : deux évaluations, bien plus près du chemin exact qu'Euler.</translation></message>
<message><source>Looks at the middle of each step first: two evaluations, about as exact as Heun.</source><translation>Regarde d'abord le milieu de chaque étape : deux évaluations, à peu près aussi exact que Heun.</translation></message>
<message><source>Looks at the middle of each step, remembers nothing: two evaluations, steady where guidance is strong.</source><translation>Regarde le milieu de chaque étape, ne retient rien : deux évaluations, stable là où le guidage est fort.</translation></message>
<message><source>Many steps where the noise is low and detail forms; the best first choice.</source><translation>Beaucoup d'étapes là où le bruit est faible et le détail se forme ; le meilleur premier choix.</translation></message>
<message><source>Masked area padding</source><translation>Marge du masque</translation></message>
<message><source>Match system</source><translation>Comme le système</translation></message>
<message><source>Measured</source><translation>Mesurés</translation></message>
<message><source>Memory</source><translation>Mémoire</translation></message>
<message><source>Model</source><translation>Modèle</translation></message>
<message><source>Model folders</source><translation>Dossiers de modèles</translation></message>
<message><source>Models in these folders and their subfolders can be used.</source><translation>Les modèles de ces dossiers et de leurs sous-dossiers sont utilisables.</translation></message>
<message><source>More steps take longer and follow the noise more closely</source><translation>Plus d'étapes prennent plus de temps et suivent le bruit de plus près</translation></message>
<message><source>Negative prompt</source><translation>Prompt négatif</translation></message>
<message><source>No fresh noise where less noise than this is left.</source><translation>Pas de bruit neuf là où il reste moins de bruit que ceci.</translation></message>
<message><source>No fresh noise where more noise than this is left.</source><translation>Pas de bruit neuf là où il reste plus de bruit que ceci.</translation></message>
<message><source>Noise</source><translation>Bruit</translation></message>
<message><source>Noise scale</source><translation>Échelle du bruit</translation></message>
<message><source>Normal</source><translation>Normal</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, and that stays.</source><translation>Rien n'est tiré en chemin : la température ne fait que courber les restaurations, et cela reste.</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, which is forgiven.</source><translation>Rien n'est tiré en chemin : la température ne fait que courber les restaurations, ce qui est pardonné.</translation></message>
<message><source>Notify when done</source><translation>Prévenir à la fin</translation></message>
<message><source>Of a Langevin step, in units of the level's noise variance.</source><translation>Celle d'une étape de Langevin, en unités de la variance de bruit du niveau.</translation></message>
<message><source>One plain straight step after another. The same update as DDIM at eta 0, with Karras spacing.</source><translation>De simples étapes droites l'une après l'autre. La même mise à jour que DDIM à eta 0, avec l'espacement Karras.</translation></message>
<message><source>One to eight steps with a model distilled for it: predicts the picture, adds fresh noise, predicts again.</source><translation>Une à huit étapes avec un modèle distillé pour cela : prédit l'image, ajoute du bruit neuf, prédit encore.</translation></message>
<message><source>Only masked</source><translation>Masque seul</translation></message>
<message><source>Only masked: the surroundings of the mask are generated at the full size of the model and put back, and the picture keeps its size and every pixel outside the mask</source><translation>Masque seul : les environs du masque sont générés à la pleine taille du modèle puis remis en place ; l’image garde sa taille et chaque pixel hors du masque</translation></message>
<message><source>Optimal</source><translation>Optimal</translation></message>
<message><source>Other computers</source><translation>Autres ordinateurs</translation></message>
<message><source>PLMS</source><translation>PLMS</translation></message>
<message><source>PLMS with three careful first steps of four evaluations each; made for even steps.</source><translation>PLMS avec trois premières étapes soignées de quatre évaluations chacune ; fait pour des étapes régulières.</translation></message>
<message><source>PNDM</source><translation>PNDM</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>Pictures</source><translation>Images</translation></message>
<message><source>Pictures folder</source><translation>Dossier d'images</translation></message>
<message><source>Pixels around the mask that the model sees if only the masked area is made</source><translation>Pixels autour du masque que le modèle voit si seul le masque est généré</translation></message>
<message><source>Pixels by which tiles overlap, at most half a tile; their predictions are averaged there</source><translation>Pixels de chevauchement des tuiles, au plus une demi-tuile ; leurs prédictions y sont moyennées</translation></message>
<message><source>Plain icon</source><translation>Icône simple</translation></message>
<message><source>Plain words</source><translation>Texte simple</translation></message>
<message><source>Polyexponential</source><translation>Polyexponentiel</translation></message>
<message><source>Precision</source><translation>Précision</translation></message>
<message><source>Prediction</source><translation>Prédiction</translation></message>
<message><source>Predictions</source><translation>Prédictions</translation></message>
<message><source>Predictions: the network is evaluated once for each prompt. Attention: once for all prompts, each of which only its own region sees; about as fast as one prompt</source><translation>Prédictions : le réseau est évalué une fois par prompt. Attention : une fois pour tous les prompts, dont chacun n’est vu que par sa région ; à peu près aussi rapide qu’un seul prompt</translation></message>
<message><source>Predictor-corrector</source><translation>Prédicteur-correcteur</translation></message>
<message><source>Predictor-corrector, ancestral</source><translation>Prédicteur-correcteur, ancestral</translation></message>
<message><source>Predicts, then corrects with the next evaluation at no extra cost: good from 8 steps on.</source><translation>Prédit, puis corrige avec l'évaluation suivante sans coût supplémentaire : bon dès 8 étapes.</translation></message>
<message><source>Processor threads that a run uses; automatic is one for each core.</source><translation>Threads du processeur utilisés par une génération ; automatique : un par cœur.</translation></message>
<message><source>Program on other computers</source><translation>Programme sur les autres ordinateurs</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompt grammar</source><translation>Syntaxe du prompt</translation></message>
<message><source>Prompt of the start picture</source><translation>Prompt de l'image de départ</translation></message>
<message><source>Prompt part</source><translation>Partie du prompt</translation></message>
<message><source>Prompts</source><translation>Prompts</translation></message>
<message><source>Quadratic</source><translation>Quadratic</translation></message>
<message><source>RK45</source><translation>RK45</translation></message>
<message><source>Reached by ssh, such as gpubox or user@tower/cuda:1, with commas between them; each can be chosen as a device.</source><translation>Joints par ssh, comme gpubox ou user@tower/cuda:1, séparés par des virgules ; chacun peut être choisi comme appareil.</translation></message>
<message><source>Records where and when each word of the prompt acted; takes slightly longer</source><translation>Note où et quand chaque mot du prompt a agi ; prend un peu plus de temps</translation></message>
<message><source>Refinements</source><translation>Raffinements</translation></message>
<message><source>Refiner</source><translation>Affineur</translation></message>
<message><source>Refiner's share</source><translation>Part de l'affineur</translation></message>
<message><source>Region mode</source><translation>Mode des régions</translation></message>
<message><source>Regions</source><translation>Régions</translation></message>
<message><source>Remembers its last four directions: exact with many steps, rough with few.</source><translation>Retient ses quatre dernières directions : exact avec beaucoup d'étapes, grossier avec peu.</translation></message>
<message><source>Remembers its last four directions; made for even steps. What Stable Diffusion came with.</source><translation>Retient ses quatre dernières directions ; fait pour des étapes régulières. Celui d'origine de Stable Diffusion.</translation></message>
<message><source>Remembers its last prediction, for one evaluation a step. The best picture for the time.</source><translation>Retient sa dernière prédiction, pour une évaluation par étape. La meilleure image pour le temps donné.</translation></message>
<message><source>Remembers its last three directions, for one evaluation a step: exact from few steps on.</source><translation>Retient ses trois dernières directions, pour une évaluation par étape : exact dès peu d'étapes.</translation></message>
<message><source>Remembers its last two predictions: more exact than DPM++ 2M where the steps are fine.</source><translation>Retient ses deux dernières prédictions : plus exact que DPM++ 2M là où les étapes sont fines.</translation></message>
<message><source>Restart</source><translation>Restart</translation></message>
<message><source>Restart at</source><translation>Retour depuis</translation></message>
<message><source>Restart from</source><translation>Retour jusqu'à</translation></message>
<message><source>Restarts</source><translation>Retours</translation></message>
<message><source>Restores, and degrades the restoration again: every error of the restoration stays.</source><translation>Restaure, puis dégrade de nouveau la restauration : chaque erreur de la restauration reste.</translation></message>
<message><source>Room for steps</source><translation>Place pour les étapes</translation></message>
<message><source>Rules</source><translation>Règles</translation></message>
<message><source>SGM Uniform</source><translation>SGM Uniform</translation></message>
<message><source>Scheduler</source><translation>Planificateur</translation></message>
<message><source>Scheduler at its best</source><translation>Planificateur à son meilleur</translation></message>
<message><source>Scheduler's own</source><translation>Du planificateur</translation></message>
<message><source>Second pass</source><translation>Seconde passe</translation></message>
<message><source>Second pass, noise</source><translation>Seconde passe, bruit</translation></message>
<message><source>Second pass, steps</source><translation>Seconde passe, étapes</translation></message>
<message><source>Seed</source><translation>Graine</translation></message>
<message><source>Share of a step's time for the preview; a smaller share makes runs faster.</source><translation>Part du temps d'une étape pour l'aperçu ; une part plus petite accélère les générations.</translation></message>
<message><source>Share of each picture left unclipped, such as 0.995; 0 is off.</source><translation>Part de chaque image laissée sans écrêtage, par exemple 0.995 ; 0 : désactivé.</translation></message>
<message><source>Share of the last step's noise: 1 is the exact law.</source><translation>Part du bruit de la dernière étape : 1 est la loi exacte.</translation></message>
<message><source>Share of the steps after which guidance ends.</source><translation>Part des étapes après laquelle le guidage finit.</translation></message>
<message><source>Share of the steps done before guidance begins.</source><translation>Part des étapes faites avant que le guidage commence.</translation></message>
<message><source>Share of the steps, the last ones, that the refiner makes if one is chosen</source><translation>Part des étapes, les dernières, que fait l'affineur s'il y en a un</translation></message>
<message><source>Show noisy and predicted during a run</source><translation>Bruitée et prédite pendant la génération</translation></message>
<message><source>Shown behind transparent pictures; it is not saved with them.</source><translation>Affichée derrière les images transparentes ; elle n'est pas enregistrée avec elles.</translation></message>
<message><source>Shows a desktop notification if the window is in the background.</source><translation>Affiche une notification de bureau si la fenêtre est à l'arrière-plan.</translation></message>
<message><source>Side in pixels of the overlapping tiles in which a larger picture is made, best the size of the model's own pictures; 0 makes it as a whole</source><translation>Côté en pixels des tuiles qui se chevauchent et dans lesquelles une image plus grande est créée, de préférence la taille des images du modèle ; 0 la crée d'un bloc</translation></message>
<message><source>Signal-to-noise ratio of a correction; 0 leaves it out.</source><translation>Rapport signal/bruit d'une correction ; 0 l'omet.</translation></message>
<message><source>Simple</source><translation>Simple</translation></message>
<message><source>Size</source><translation>Taille</translation></message>
<message><source>Size of texts and buttons, from the next start on.</source><translation>Taille des textes et des boutons, au prochain démarrage.</translation></message>
<message><source>Size of the fresh noise; a little over 1 keeps detail.</source><translation>Taille du bruit neuf ; un peu plus de 1 garde le détail.</translation></message>
<message><source>Small noisy steps, each after a random correction at its place: for some hundred steps.</source><translation>De petites étapes bruitées, chacune après une correction aléatoire sur place : pour quelques centaines d'étapes.</translation></message>
<message><source>Small steps at the beginning, where the layout forms, and at the end, where detail does.</source><translation>De petites étapes au début, où la composition se forme, et à la fin, où se forme le détail.</translation></message>
<message><source>Special</source><translation>Spéciaux</translation></message>
<message><source>Stack near-identical pictures in the gallery</source><translation>Empiler les images quasi identiques dans la galerie</translation></message>
<message><source>Started from</source><translation>Partie de</translation></message>
<message><source>Step cache per picture</source><translation>Cache d'étapes par image</translation></message>
<message><source>Step size</source><translation>Taille d'étape</translation></message>
<message><source>Step spacing</source><translation>Espacement</translation></message>
<message><source>Steps</source><translation>Étapes</translation></message>
<message><source>Steps a level</source><translation>Étapes par niveau</translation></message>
<message><source>Steps can be viewed, compared and branched from later.</source><translation>Les étapes peuvent être vues, comparées et servir de départ à des branches plus tard.</translation></message>
<message><source>Steps of a whole run, of which the second pass makes the part given by its strength; 0: as the first pass</source><translation>Étapes d'une génération complète, dont la seconde passe fait la part donnée par sa force ; 0 : comme la première passe</translation></message>
<message><source>Steps · scheduler</source><translation>Étapes · planificateur</translation></message>
<message><source>Stochastic</source><translation>Stochastiques</translation></message>
<message><source>Style</source><translation>Style</translation></message>
<message><source>System language</source><translation>Langue du système</translation></message>
<message><source>Takes back the glare that strong guidance brings.</source><translation>Retire l'éclat excessif qu'amène un guidage fort.</translation></message>
<message><source>Takes off what the degradation adds at each step: forgives a restoration that is wrong.</source><translation>Enlève ce que la dégradation ajoute à chaque étape : pardonne une restauration fausse.</translation></message>
<message><source>Temperature</source><translation>Température</translation></message>
<message><source>Template</source><translation>Gabarit</translation></message>
<message><source>Text difference</source><translation>Différence de textes</translation></message>
<message><source>The command that starts GDM Studio there, with its folder if needed.</source><translation>La commande qui y démarre GDM Studio, avec son dossier si besoin.</translation></message>
<message><source>The first choice: the best picture for its time.</source><translation>Le premier choix : la meilleure image pour son temps.</translation></message>
<message><source>The format of new pictures, which contain their settings. PNG and WebP are lossless, JPEG has no transparency.</source><translation>Le format des nouvelles images, qui contiennent leurs réglages. PNG et WebP sont sans perte, JPEG n'a pas de transparence.</translation></message>
<message><source>The language of the window, from the next start on.</source><translation>La langue de la fenêtre, au prochain démarrage.</translation></message>
<message><source>The machine does not go to sleep while pictures are being made.</source><translation>La machine ne se met pas en veille pendant la création d'images.</translation></message>
<message><source>The noise levels that bound this model's likelihood best. Not always the best images.</source><translation>Les niveaux de bruit qui bornent le mieux la vraisemblance de ce modèle. Pas toujours les meilleures images.</translation></message>
<message><source>The noise ratio from which it goes back.</source><translation>Le rapport de bruit à partir duquel on revient en arrière.</translation></message>
<message><source>The noise ratio it goes back to.</source><translation>Le rapport de bruit jusqu'auquel on revient.</translation></message>
<message><source>The original sampler: fresh noise at every step, best with many. The same update as Euler a, even steps.</source><translation>L'échantillonneur d'origine : du bruit neuf à chaque étape, meilleur avec beaucoup. La même mise à jour qu'Euler a, étapes régulières.</translation></message>
<message><source>The prompt with its variants and wildcards</source><translation>Le prompt avec ses variantes et jokers</translation></message>
<message><source>The steps add a little spread of their own: pictures are slightly more varied than the temperature asks.</source><translation>Les étapes ajoutent un peu de dispersion : les images varient légèrement plus que la température ne le demande.</translation></message>
<message><source>Theme</source><translation>Thème</translation></message>
<message><source>Those that this window deleted; until then Undo restores them. Off: kept here for 30 days, as are pictures that other programs deleted or that cannot go to the trash.</source><translation>Celles que cette fenêtre a supprimées ; jusque-là, Annuler les restaure. Désactivé : gardées ici 30 jours, comme celles que d’autres programmes ont supprimées ou qui ne peuvent pas aller à la corbeille.</translation></message>
<message><source>Threads</source><translation>Threads</translation></message>
<message><source>Tile</source><translation>Tuile (tile)</translation></message>
<message><source>Tile overlap</source><translation>Chevauchement des tuiles</translation></message>
<message><source>Time for previews</source><translation>Temps pour les aperçus</translation></message>
<message><source>Timesteps that grow as squares, up to four fifths of full noise: small steps at the end.</source><translation>Des pas de temps qui croissent comme des carrés, jusqu'aux quatre cinquièmes du plein bruit : petites étapes à la fin.</translation></message>
<message><source>To match early pictures of Stable Diffusion.</source><translation>Pour égaler les premières images de Stable Diffusion.</translation></message>
<message><source>To match early pictures of diffusers.</source><translation>Pour égaler les premières images de diffusers.</translation></message>
<message><source>To match older pictures, with 30 steps or more.</source><translation>Pour égaler d'anciennes images, à partir de 30 étapes.</translation></message>
<message><source>To match pictures of older programs, or to choose the fresh noise.</source><translation>Pour égaler les images d'anciens programmes, ou choisir le bruit neuf.</translation></message>
<message><source>To see the original method, with some hundred steps.</source><translation>Pour voir la méthode d'origine, avec quelques centaines d'étapes.</translation></message>
<message><source>To see the original's other choice of noise, with many steps.</source><translation>Pour voir l'autre choix de bruit d'origine, avec beaucoup d'étapes.</translation></message>
<message><source>To study annealed Langevin sampling; it is slow.</source><translation>Pour étudier l'échantillonnage de Langevin recuit ; il est lent.</translation></message>
<message><source>To study random corrections after DDPM's steps.</source><translation>Pour étudier des corrections aléatoires après les étapes de DDPM.</translation></message>
<message><source>To study random corrections, with some hundred steps.</source><translation>Pour étudier des corrections aléatoires, en quelques centaines d'étapes.</translation></message>
<message><source>To study the improved Langevin sampling; it is slow.</source><translation>Pour étudier l'échantillonnage de Langevin amélioré ; il est lent.</translation></message>
<message><source>To the prediction, and back to a little less noise; eta adds fresh noise. At eta 0 the same as Euler.</source><translation>Vers la prédiction, puis retour à un peu moins de bruit ; eta ajoute du bruit neuf. À eta 0, identique à Euler.</translation></message>
<message><source>Tolerance</source><translation>Tolérance</translation></message>
<message><source>Towards</source><translation>Vers</translation></message>
<message><source>UniPC</source><translation>UniPC</translation></message>
<message><source>UniPC 3</source><translation>UniPC 3</translation></message>
<message><source>UniPC with one prediction more remembered; for light guidance or none.</source><translation>UniPC qui retient une prédiction de plus ; pour un guidage léger ou nul.</translation></message>
<message><source>Uniform with both ends, between the model's timesteps too: AUTOMATIC1111's Uniform, ComfyUI's Normal.</source><translation>Uniforme avec les deux bouts, y compris entre les pas de temps du modèle : l'Uniform d'AUTOMATIC1111, le Normal de ComfyUI.</translation></message>
<message><source>Uniform, both ends</source><translation>Uniforme, deux bouts</translation></message>
<message><source>Uniform, leading</source><translation>Uniforme, début</translation></message>
<message><source>Uniform, leading from 1</source><translation>Uniforme, début dès 1</translation></message>
<message><source>Uniform, trailing</source><translation>Uniforme, fin</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>Use the fast version for Live and grids</source><translation>Version rapide pour Direct et grilles</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Variant</source><translation>Variante</translation></message>
<message><source>Version of the rules: 17; 16 before pictures kept the fine lines of their drawings; 15 before “a dog chasing a ball” was drawn with its ball; 14 before “bicycles” was read as bicycles, and not as the sign that forbids them; 13 before all objects of a scene were drawn and stayed visible, and reference pictures of Qwen-Image-Edit had the sizes of diffusers; 12 before a part of a name such as “noodles” was read as “cup noodles”; 11 before all icons of a set were drawn in the way of its style; 10 before two words such as “swim suit” were read as one name; 9 before the built-in model placed things by relations such as “on”, and the LoRAs of a region acted there only; 8 before models without transparency kept that of the start picture; 7 before AND separated the parts of a prompt; 6 before compounds such as “golf club” were read as one name; 5 before Heun, Restart and similar samplers kept a prompt to the end of its last step; 4 before the built-in model had drawings in one colour; 3 before the second pass had steps of its own; 2 before guidance was rescaled as in diffusers, when inpainting models got the start picture again at each step and prompts were read in English only; 1 before the seed chose more than details</source><translation>Version des règles : 17 ; 16 avant que les images ne gardent les lignes fines de leurs dessins ; 15 avant que « a dog chasing a ball » ne soit dessiné avec sa balle ; 14 avant que « bicycles » ne soit lu comme des vélos et non comme le panneau qui les interdit ; 13 avant que toutes les choses d'une scène ne soient dessinées et ne restent visibles et que les images de référence de Qwen-Image-Edit n'aient les tailles de diffusers ; 12 avant qu'une partie d'un nom comme « noodles » ne soit lue « cup noodles » ; 11 avant que toutes les icônes d'une série ne soient dessinées à la manière de son style ; 10 avant que deux mots comme « swim suit » ne soient lus comme un seul nom ; 9 avant que le modèle intégré ne place les choses selon des relations comme « on » et que les LoRA d'une région n'agissent que dans celle-ci ; 8 avant que les modèles sans transparence ne gardent celle de l'image de départ ; 7 avant que AND ne sépare les parties d'un prompt ; 6 avant que les noms composés comme « golf club » ne soient lus comme un seul nom ; 5 avant que Heun, Restart et les échantillonneurs semblables ne gardent un prompt jusqu'à la fin de sa dernière étape ; 4 avant que le modèle intégré n'ait des dessins d'une seule couleur ; 3 avant que la seconde passe n'ait ses propres étapes ; 2 avant que le guidage ne soit rééchelonné comme dans diffusers, quand les modèles d'inpainting recevaient de nouveau l'image de départ à chaque étape et que les prompts n'étaient lus qu'en anglais ; 1 avant que la graine ne décide de plus que des détails</translation></message>
<message><source>Wanders about at every noise level (annealed Langevin): ten steps of a hundred evaluations each.</source><translation>Erre à chaque niveau de bruit (Langevin recuit) : dix étapes de cent évaluations chacune.</translation></message>
<message><source>Wanders less, at more noise levels: some two hundred steps of five evaluations each.</source><translation>Erre moins, à plus de niveaux de bruit : environ deux cents étapes de cinq évaluations chacune.</translation></message>
<message><source>Web UI (weights, LoRAs)</source><translation>Web UI (poids, LoRA)</translation></message>
<message><source>WebP, lossless</source><translation>WebP, sans perte</translation></message>
<message><source>Weight of the second difference: 1 is third order, 0.5 as in other programs.</source><translation>Poids de la différence seconde : 1 est le troisième ordre, 0.5 comme dans d'autres programmes.</translation></message>
<message><source>What GDM Studio 0.1 called Beta: quantiles from the first timestep to the last, between timesteps too.</source><translation>Ce que GDM Studio 0.1 appelait Beta : des quantiles du premier pas de temps au dernier, y compris entre les pas de temps.</translation></message>
<message><source>When a picture must be exact, whatever it takes.</source><translation>Quand une image doit être exacte, quoi qu'il en coûte.</translation></message>
<message><source>When few steps must do: good from 8 on.</source><translation>Quand peu d'étapes doivent suffire : bon à partir de 8.</translation></message>
<message><source>Where pictures are made</source><translation>Où les images sont faites</translation></message>
<message><source>Where pictures are made when the Create page says Automatic.</source><translation>Où les images sont faites quand la page Créer indique « Automatique ».</translation></message>
<message><source>Where strong guidance makes DPM++ 2M harsh.</source><translation>Quand un guidage fort rend DPM++ 2M dur.</translation></message>
<message><source>Which noise levels the steps visit</source><translation>Quels niveaux de bruit les étapes visitent</translation></message>
<message><source>Whole picture</source><translation>Image entière</translation></message>
<message><source>With a noise scale over 1 pictures are slightly more varied than the temperature asks.</source><translation>Avec une échelle du bruit supérieure à 1, les images varient légèrement plus que la température ne le demande.</translation></message>
<message><source>With flow models, for exactness in twice the time.</source><translation>Avec les modèles de flux, pour l'exactitude en deux fois plus de temps.</translation></message>
<message><source>With flow models, such as FLUX and SD 3.</source><translation>Avec les modèles de flux, comme FLUX et SD 3.</translation></message>
<message><source>With models distilled for one to eight steps.</source><translation>Avec les modèles distillés pour une à huit étapes.</translation></message>
<message><source>With models of Cold Diffusion: the better way of the paper.</source><translation>Avec les modèles de Cold Diffusion : la meilleure voie de l'article.</translation></message>
<message><source>With models of Cold Diffusion: the naive way, to compare.</source><translation>Avec les modèles de Cold Diffusion : la voie naïve, pour comparer.</translation></message>
<message><source>With models that predict their own variance.</source><translation>Avec les modèles qui prédisent leur propre variance.</translation></message>
<message><source>Words</source><translation>Mots</translation></message>
<message><source>Words in braces are replaced by the picture's settings.</source><translation>Les mots entre accolades sont remplacés par les réglages de l'image.</translation></message>
<message><source>branch</source><translation>branche</translation></message>
<message><source>class</source><translation>classe</translation></message>
<message><source>exact</source><translation>exact</translation></message>
<message><source>fast</source><translation>rapide</translation></message>
<message><source>feature cache</source><translation>cache de caractéristiques</translation></message>
<message><source>focused</source><translation>ciblée</translation></message>
<message><source>model</source><translation>modèle</translation></message>
<message><source>negative prompt</source><translation>prompt négatif</translation></message>
<message><source>negative prompts of regions</source><translation>prompts négatifs des régions</translation></message>
<message><source>no</source><translation>non</translation></message>
<message><source>numbers beside the prompt</source><translation>nombres joints au prompt</translation></message>
<message><source>pictures to follow</source><translation>images à suivre</translation></message>
<message><source>prompt grammar</source><translation>syntaxe du prompt</translation></message>
<message><source>refiner</source><translation>affineur</translation></message>
<message><source>region mode</source><translation>mode des régions</translation></message>
<message><source>regions</source><translation>régions</translation></message>
<message><source>scheduler</source><translation>planificateur</translation></message>
<message><source>size</source><translation>taille</translation></message>
<message><source>spacing</source><translation>espacement</translation></message>
<message><source>start picture</source><translation>image de départ</translation></message>
<message><source>tiles</source><translation>tuiles</translation></message>
<message><source>upscaler</source><translation>upscaler</translation></message>
<message><source>varied</source><translation>variée</translation></message>
<message><source>yes</source><translation>oui</translation></message>
</context>
<context>
<name>Settings</name>
<message><source>All devices</source><translation>Tout appareil</translation></message>
<message><source>Automatic</source><translation>Automatique</translation></message>
<message><source>Cluster</source><translation>Cluster</translation></message>
<message><source>Quick version ({model}, {steps})</source><translation>Version rapide ({model}, {steps})</translation></message>
<message><source>Settings applied</source><translation>Réglages appliqués</translation></message>
<message><source>There is no model yet. Put a model's folder into the models folder (Models page), then start again.</source><translation>Il n'y a pas encore de modèle. Placer le dossier d'un modèle dans le dossier des modèles (page Modèles), puis redémarrer.</translation></message>
</context>
<context>
<name>SettingsPage</name>
<message numerus="yes"><source>%n thread(s)</source><translation>
<numerusform>%n thread</numerusform>
<numerusform>%n threads</numerusform>
</translation></message>
<message><source>A few letters of a setting</source><translation>Quelques lettres d'un réglage</translation></message>
<message><source>About this computer</source><translation>À propos de cet ordinateur</translation></message>
<message><source>Automatic</source><translation>Automatique</translation></message>
<message><source>Delete old steps</source><translation>Supprimer les anciennes étapes</translation></message>
<message><source>Delete the oldest steps beyond the limit</source><translation>Supprimer les étapes les plus anciennes au-delà de la limite</translation></message>
<message><source>Fastest</source><translation>Plus rapide</translation></message>
<message><source>Generation</source><translation>Génération</translation></message>
<message><source>Go to: {section}</source><translation>Aller à : {section}</translation></message>
<message><source>Models</source><translation>Modèles</translation></message>
<message><source>No setting found.</source><translation>Aucun réglage trouvé.</translation></message>
<message><source>No steps saved yet.</source><translation>Aucune étape enregistrée.</translation></message>
<message><source>Permissions</source><translation>Autorisations</translation></message>
<message><source>Pictures</source><translation>Images</translation></message>
<message><source>Search settings</source><translation>Rechercher</translation></message>
<message><source>Steps</source><translation>Étapes</translation></message>
<message><source>Window</source><translation>Fenêtre</translation></message>
<message><source>{size} GB</source><translation>{size} Go</translation></message>
<message><source>{size} MB</source><translation>{size} Mo</translation></message>
</context>
<context>
<name>SettingsPresenter</name>
<message numerus="yes"><source>Deleted the steps of %n picture(s)</source><translation>
<numerusform>Étapes de %n image supprimées</numerusform>
<numerusform>Étapes de %n images supprimées</numerusform>
</translation></message>
<message><source>Folder to search for models</source><translation>Dossier où chercher des modèles</translation></message>
<message><source>It has versions, devices and folders, and no pictures or prompts.</source><translation>Il contient versions, appareils et dossiers, mais ni images ni prompts.</translation></message>
<message><source>Report copied</source><translation>Rapport copié</translation></message>
<message><source>The pictures did not change.</source><translation>Les images n'ont pas changé.</translation></message>
<message><source>There is space for all steps</source><translation>Il y a de la place pour toutes les étapes</translation></message>
<message><source>They may take {size}.</source><translation>Elles peuvent occuper {size}.</translation></message>
<message><source>They take {size} now.</source><translation>Elles occupent {size}.</translation></message>
</context>
<context>
<name>SettingsRestorer</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> et %n autre</numerusform>
<numerusform> et %n autres</numerusform>
</translation></message>
<message><source>Any style, temperature {temperature}, seed {seed}.</source><translation>Tout style, température {temperature}, graine {seed}.</translation></message>
<message><source>Changed for {model}: {changes}. The panel offers both.</source><translation>Modifié pour {model} : {changes}. Le panneau propose les deux.</translation></message>
<message><source>Generate continues it to its end.</source><translation>Générer la continue jusqu'au bout.</translation></message>
<message><source>Generate makes a similar picture; another program made this one.</source><translation>Générer donne une image semblable ; celle-ci vient d’un autre programme.</translation></message>
<message><source>Generate makes the same picture again.</source><translation>Générer refait la même image.</translation></message>
<message><source>More original</source><translation>Plus originale</translation></message>
<message><source>Not used: {settings}.</source><translation>Non utilisés : {settings}.</translation></message>
<message><source>Pasted settings used</source><translation>Réglages collés appliqués</translation></message>
<message><source>Preset {name} applied</source><translation>Préréglage {name} appliqué</translation></message>
<message><source>Settings of {file} restored</source><translation>Réglages de {file} rétablis</translation></message>
<message><source>Starting from {file}</source><translation>Départ de {file}</translation></message>
<message><source>The file has no settings; it is the start picture of the next run.</source><translation>Le fichier n'a pas de réglages ; c'est l'image de départ de la prochaine génération.</translation></message>
<message><source>They change the paused run; + adds this picture to the queue.</source><translation>Ils modifient la génération en pause ; + met cette image en file.</translation></message>
<message><source>What was read</source><translation>Ce qui a été lu</translation></message>
<message><source>{setting} {value} instead of {theirs}</source><translation>{setting} {value} au lieu de {theirs}</translation></message>
</context>
<context>
<name>ShortcutsSheet</name>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Everywhere</source><translation>Partout</translation></message>
<message><source>{group}, on every page</source><translation>{group}, sur toutes les pages</translation></message>
<message><source>{group}, on the {page} page</source><translation>{group}, page {page}</translation></message>
<message><source>{page} page</source><translation>Page {page}</translation></message>
</context>
<context>
<name>SideBySide</name>
<message><source>A step</source><translation>Une étape</translation></message>
<message><source>Is learned</source><translation>Est appris</translation></message>
<message><source>Starts with</source><translation>Part de</translation></message>
<message><source>System</source><translation>Méthode</translation></message>
<message><source>The systems side by side</source><translation>Les méthodes côte à côte</translation></message>
</context>
<context>
<name>Sidebar</name>
<message><source>All pictures</source><translation>Toutes les images</translation></message>
<message><source>Del removes its pictures from the gallery; the files stay</source><translation>Suppr retire ses images de la galerie ; les fichiers restent</translation></message>
<message><source>F2 renames it · Del removes it</source><translation>F2 renomme · Suppr retire</translation></message>
<message><source>F2 renames it · Del removes it, its pictures stay</source><translation>F2 la renomme · Suppr la retire, ses images restent</translation></message>
<message><source>Favourites</source><translation>Favoris</translation></message>
<message><source>Imported</source><translation>Importées</translation></message>
<message><source>Name of the collection</source><translation>Nom de la collection</translation></message>
<message><source>Name of the search</source><translation>Nom de la recherche</translation></message>
<message><source>Reading {seen} of {found}…</source><translation>Lecture de {seen} sur {found}…</translation></message>
<message><source>Remove collection</source><translation>Retirer la collection</translation></message>
<message><source>Remove from gallery</source><translation>Retirer de la galerie</translation></message>
<message><source>Remove saved search</source><translation>Retirer la recherche</translation></message>
<message><source>Today</source><translation>Aujourd'hui</translation></message>
</context>
<context>
<name>SimilarImageLabel</name>
<message><source>Generate without a style, with a higher temperature and another seed</source><translation>Générer sans style, avec une température plus élevée et une autre graine</translation></message>
<message><source>Make it more original</source><translation>Rendre plus originale</translation></message>
<message><source>Resembles “{drawing}” of {set} ({licence})</source><translation>Ressemble à « {drawing} » de {set} ({licence})</translation></message>
<message><source>Resembles “{drawing}” of {set}: credit needed ({licence})</source><translation>Ressemble à « {drawing} » de {set} : crédit requis ({licence})</translation></message>
<message><source>The model learned from this drawing.</source><translation>Le modèle a appris de ce dessin.</translation></message>
<message><source>{author} and contributors</source><translation>{author} et contributeurs</translation></message>
</context>
<context>
<name>SingleInstance</name>
<message><source>Another user's program answers in place of GDM Studio; close all its windows, then start again.</source><translation>Le programme d'un autre utilisateur répond à la place de GDM Studio ; fermer toutes ses fenêtres, puis redémarrer.</translation></message>
<message><source>GDM Studio is open already, but does not answer; close it, or end its process, then start again.</source><translation>GDM Studio est déjà ouvert, mais ne répond pas ; le fermer ou mettre fin à son processus, puis redémarrer.</translation></message>
<message><source>Pictures opened outside will not reach this window; restart GDM Studio to try again ({why}).</source><translation>Les images ouvertes à l'extérieur n'atteindront pas cette fenêtre ; redémarrer GDM Studio pour réessayer ({why}).</translation></message>
<message><source>The open window cannot read the path of this picture; move the picture and try again.</source><translation>La fenêtre ouverte ne peut pas lire le chemin de cette image ; déplacer l'image et réessayer.</translation></message>
<message><source>The path of this picture is longer than {limit} bytes; move the picture and try again.</source><translation>Le chemin de cette image dépasse {limit} octets ; déplacer l'image et réessayer.</translation></message>
<message><source>no private folder</source><translation>pas de dossier privé</translation></message>
</context>
<context>
<name>Sketch</name>
<message><source>A new sketch</source><translation>Un nouveau croquis</translation></message>
<message><source>Another colour…</source><translation>Autre couleur…</translation></message>
<message><source>Black</source><translation>Noir</translation></message>
<message><source>Blue</source><translation>Bleu</translation></message>
<message><source>Brown</source><translation>Marron</translation></message>
<message><source>Choose another model to sketch.</source><translation>Choisissez un autre modèle pour dessiner.</translation></message>
<message><source>Colour of the brush</source><translation>Couleur du pinceau</translation></message>
<message><source>Colours</source><translation>Couleurs</translation></message>
<message><source>Draw on the picture shown</source><translation>Dessiner sur l'image affichée</translation></message>
<message><source>Generate or choose one first.</source><translation>Générez-en ou choisissez-en une d'abord.</translation></message>
<message><source>Green</source><translation>Vert</translation></message>
<message><source>Grey</source><translation>Gris</translation></message>
<message><source>It replaces the one before.</source><translation>Il remplace le précédent.</translation></message>
<message><source>Light blue</source><translation>Bleu clair</translation></message>
<message><source>Orange</source><translation>Orange</translation></message>
<message><source>Pink</source><translation>Rose</translation></message>
<message><source>Purple</source><translation>Violet</translation></message>
<message><source>Red</source><translation>Rouge</translation></message>
<message><source>There is no picture yet</source><translation>Il n'y a pas encore d'image</translation></message>
<message><source>Transparent paper</source><translation>Papier transparent</translation></message>
<message><source>White</source><translation>Blanc</translation></message>
<message><source>White paper</source><translation>Papier blanc</translation></message>
<message><source>Yellow</source><translation>Jaune</translation></message>
</context>
<context>
<name>SketchBar</name>
<message><source>Brush size</source><translation>Taille du pinceau</translation></message>
<message><source>Clear</source><translation>Vider</translation></message>
<message><source>Draw</source><translation>Dessiner</translation></message>
<message><source>Draw; the right button erases</source><translation>Dessiner ; le bouton droit efface</translation></message>
<message><source>Erase</source><translation>Effacer</translation></message>
<message><source>Fill</source><translation>Remplir</translation></message>
<message><source>Fill an area of one colour</source><translation>Remplir une zone d'une seule couleur</translation></message>
<message><source>Leave the sketch; it stays for the next time</source><translation>Quitter le croquis ; il reste pour la prochaine fois</translation></message>
<message><source>Menu of the sketch</source><translation>Menu du croquis</translation></message>
<message><source>Paper, clear, use as start picture</source><translation>Papier, vider, utiliser comme image de départ</translation></message>
<message><source>Remove strokes</source><translation>Supprimer des traits</translation></message>
<message><source>Size of the brush (the wheel over the sketch, or the keys [ and ])</source><translation>Taille du pinceau (la molette sur le croquis, ou les touches [ et ])</translation></message>
<message><source>Start the next pictures from the sketch, and leave it</source><translation>Faire partir les prochaines images du croquis, et le quitter</translation></message>
<message><source>Tool</source><translation>Outil</translation></message>
<message><source>Undo the last stroke</source><translation>Annuler le dernier trait</translation></message>
<message><source>Use as start</source><translation>Comme départ</translation></message>
<message><source>Use as start picture</source><translation>Utiliser comme image de départ</translation></message>
</context>
<context>
<name>SliderRow</name>
<message><source>Back to {number}</source><translation>Revenir à {number}</translation></message>
<message><source>Reset {name}</source><translation>Rétablir {name}</translation></message>
<message><source>Use {number}</source><translation>Mettre {number}</translation></message>
<message><source>{name}: {value}</source><translation>{name} : {value}</translation></message>
</context>
<context>
<name>StartImage</name>
<message><source>About the start picture</source><translation>À propos de l’image de départ</translation></message>
<message><source>Former start picture</source><translation>Ancienne image de départ</translation></message>
<message><source>Looking for “{word}”</source><translation>Recherche de « {word} »</translation></message>
<message><source>Mask</source><translation>Masque</translation></message>
<message><source>Mask removed</source><translation>Masque retiré</translation></message>
<message><source>Paint what to redraw</source><translation>Peindre quoi redessiner</translation></message>
<message><source>Restore both</source><translation>Restaurer les deux</translation></message>
<message><source>Start from a picture</source><translation>Partir d'une image</translation></message>
<message><source>Start picture</source><translation>Image de départ</translation></message>
<message><source>Start picture removed</source><translation>Image de départ retirée</translation></message>
<message><source>The mask belonged to the former start picture</source><translation>Le masque appartenait à l'ancienne image de départ</translation></message>
<message><source>The painted mask is not used</source><translation>Le masque peint n’est pas utilisé</translation></message>
<message><source>The painted mask is used</source><translation>Le masque peint est utilisé</translation></message>
<message><source>The start picture has other proportions</source><translation>L’image de départ a d’autres proportions</translation></message>
<message><source>Use mask</source><translation>Utiliser</translation></message>
<message><source>{of} does not fill {width} × {height}, and gets transparent borders.</source><translation>{of} ne remplit pas {width} × {height} et reçoit des bords transparents.</translation></message>
</context>
<context>
<name>StartPicture</name>
<message><source>Inpaint</source><translation>Retoucher</translation></message>
<message><source>Paint around the picture, in a larger frame</source><translation>Peindre autour de l'image, dans un cadre plus grand</translation></message>
<message><source>Paint the part to generate again</source><translation>Peindre la partie à régénérer</translation></message>
<message><source>Remove the mask; the whole picture may change</source><translation>Retirer le masque ; toute l'image peut changer</translation></message>
<message><source>Replaced by the sketch</source><translation>Remplacée par le croquis</translation></message>
<message><source>Show the start picture</source><translation>Afficher l'image de départ</translation></message>
<message><source>Start from noise again</source><translation>Repartir du bruit</translation></message>
<message><source>Start picture</source><translation>Image de départ</translation></message>
</context>
<context>
<name>StatusPanel</name>
<message><source>Close</source><translation>Fermer</translation></message>
</context>
<context>
<name>StepNumbers</name>
<message><source>change by the step</source><translation>changement dû à l'étape</translation></message>
<message><source>data predicted in the previous step</source><translation>données prédites à l'étape précédente</translation></message>
<message><source>data with noise</source><translation>données avec bruit</translation></message>
<message><source>factor of the fresh noise</source><translation>facteur du bruit neuf</translation></message>
<message><source>fresh Gaussian noise</source><translation>bruit gaussien neuf</translation></message>
<message><source>guidance: prediction with minus without condition</source><translation>guidage : prédiction avec moins sans condition</translation></message>
<message><source>noise after it</source><translation>bruit après celle-ci</translation></message>
<message><source>noise before the step</source><translation>bruit avant l'étape</translation></message>
<message><source>noise predicted in the previous step</source><translation>bruit prédit à l'étape précédente</translation></message>
<message><source>predicted between both noise levels</source><translation>prédit entre les deux niveaux de bruit</translation></message>
<message><source>predicted data</source><translation>données prédites</translation></message>
<message><source>predicted noise</source><translation>bruit prédit</translation></message>
<message><source>previous step in log(α/σ)</source><translation>étape précédente en log(α/σ)</translation></message>
<message><source>results of previous steps, by their name in the code</source><translation>résultats des étapes précédentes, sous leur nom dans le code</translation></message>
<message><source>scale of the data after it</source><translation>échelle des données après celle-ci</translation></message>
<message><source>scale of the data before the step</source><translation>échelle des données avant l'étape</translation></message>
<message><source>step in log(α/σ)</source><translation>pas en log(α/σ)</translation></message>
<message><source>weight, computed from the noise levels</source><translation>poids, calculé à partir des niveaux de bruit</translation></message>
</context>
<context>
<name>StepNumbersView</name>
<message><source>As a sum</source><translation>En une somme</translation></message>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Code</source><translation>Code</translation></message>
<message><source>Code of this step</source><translation>Code de cette étape</translation></message>
<message><source>Copy</source><translation>Copier</translation></message>
<message><source>Copy the code of this step</source><translation>Copier le code de cette étape</translation></message>
<message><source>Evaluate the network with and without the prompt</source><translation>Évaluer le réseau avec et sans le prompt</translation></message>
<message><source>Evaluations of the denoiser in this step: {count}</source><translation>Évaluations du débruiteur à cette étape : {count}</translation></message>
<message><source>Formula</source><translation>Formule</translation></message>
<message><source>Measure guidance</source><translation>Mesurer le guidage</translation></message>
<message><source>Measuring…</source><translation>Mesure…</translation></message>
<message><source>Noise levels</source><translation>Niveaux de bruit</translation></message>
<message><source>Root mean squares</source><translation>Moyennes quadratiques</translation></message>
<message><source>Step {step} of {steps}, in numbers</source><translation>Étape {step} sur {steps} en chiffres</translation></message>
<message><source>The coefficients of this step depend on its data. The code runs the sampler itself.</source><translation>Les coefficients de cette étape dépendent de ses données. Le code exécute l'échantillonneur lui-même.</translation></message>
<message><source>This step, in numbers</source><translation>Cette étape en chiffres</translation></message>
<message><source>With its numbers</source><translation>Avec ses nombres</translation></message>
</context>
<context>
<name>Stepper</name>
<message><source>{name}: fewer</source><translation>{name} : moins</translation></message>
<message><source>{name}: more</source><translation>{name} : plus</translation></message>
</context>
<context>
<name>Steps</name>
<message><source>Final</source><translation>Finale</translation></message>
<message><source>Generate it again</source><translation>Régénérer</translation></message>
<message><source>Generate it again to record it. No copy is saved.</source><translation>Régénérer l'image pour les enregistrer. Elle n'est pas sauvegardée une seconde fois.</translation></message>
<message><source>Only a rough preview of step {number} is available; choose another step.</source><translation>Seul un aperçu grossier de l'étape {number} est disponible ; choisir une autre étape.</translation></message>
<message><source>Paste it into any program.</source><translation>À coller dans n'importe quel programme.</translation></message>
<message><source>Step {number}</source><translation>Étape {number}</translation></message>
<message><source>Step {number} copied</source><translation>Étape {number} copiée</translation></message>
<message><source>Step {number} of {steps}</source><translation>Étape {number} sur {steps}</translation></message>
<message><source>Step {number} saved</source><translation>Étape {number} enregistrée</translation></message>
<message><source>The branch shares this step with its parent. Open the parent for it.</source><translation>La branche partage cette étape avec son image d'origine. Ouvrez l'image d'origine.</translation></message>
<message><source>The effect of each word can be shown once the picture is finished.</source><translation>L'effet de chaque mot peut être affiché une fois l'image terminée.</translation></message>
<message><source>The effect of its words was not recorded</source><translation>L'effet des mots n'a pas été enregistré</translation></message>
<message><source>The picture predicted at this step is in the gallery.</source><translation>L'image prédite à cette étape est dans la galerie.</translation></message>
<message><source>These steps add noise, so no picture can branch off them.</source><translation>Ces étapes ajoutent du bruit ; aucune image ne peut en partir.</translation></message>
<message><source>This is the last step. Choose an earlier one.</source><translation>C'est la dernière étape. En choisir une antérieure.</translation></message>
<message><source>Wait until the picture is finished.</source><translation>Attendez que l'image soit terminée.</translation></message>
</context>
<context>
<name>Strip</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>Déplacer la souris dessus, ou utiliser ← →, pour voir comment l'image s'est formée</translation></message>
<message><source>No steps yet</source><translation>Aucune étape</translation></message>
<message><source>Step {number} of {steps}</source><translation>Étape {number} sur {steps}</translation></message>
<message><source>Steps of the picture</source><translation>Étapes de l'image</translation></message>
<message><source>rough preview</source><translation>aperçu grossier</translation></message>
<message><source>{milliseconds} ms</source><translation>{milliseconds} ms</translation></message>
</context>
<context>
<name>StylePicker</name>
<message><source>How the picture is drawn</source><translation>Comment l'image est dessinée</translation></message>
<message><source>Styles</source><translation>Styles</translation></message>
</context>
<context>
<name>System</name>
<message><source>A VAE and the score of its latents, together by one bound.</source><translation>Un VAE et le score de ses latents, ensemble par une même borne.</translation></message>
<message><source>A VAE first; then the noise in x_t, given the VAE's picture.</source><translation>D'abord un VAE ; puis le bruit dans x_t, étant donné l'image du VAE.</translation></message>
<message><source>A VAE whose latents need not follow N(0, I): a score model learns their distribution.</source><translation>Un VAE dont les latents n'ont pas à suivre N(0, I) : un modèle de score apprend leur distribution.</translation></message>
<message><source>A VAE's picture is noised up to T′ and denoised by DDPM, which removes the VAE's blur with the noise.</source><translation>L'image d'un VAE est bruitée jusqu'à T′ et débruitée par DDPM, qui enlève le flou du VAE avec le bruit.</translation></message>
<message><source>A VAE's picture, to which noise is added.</source><translation>L'image d'un VAE, à laquelle du bruit est ajouté.</translation></message>
<message><source>A caption guides a small picture by the difference that it makes; a second network enlarges it.</source><translation>Une légende guide une petite image par la différence qu'elle produit ; un second réseau l'agrandit.</translation></message>
<message><source>A fair coin toss for every bit.</source><translation>Un pile ou face équitable pour chaque bit.</translation></message>
<message><source>A few latent tokens read from the patches, compute, and write back; the next step reuses them.</source><translation>Quelques tokens latents lisent les patchs, calculent et réécrivent ; l'étape suivante les réutilise.</translation></message>
<message><source>A few numbers z, N(0, I).</source><translation>Quelques nombres z, N(0, I).</translation></message>
<message><source>A first network draws the meaning of the picture, an embedding; others draw the picture from it.</source><translation>Un premier réseau tire le sens de l'image, un embedding ; d'autres dessinent l'image d'après lui.</translation></message>
<message><source>A fully degraded picture, e.g. blurred or masked, without noise. For a new picture, a random flat colour.</source><translation>Une image entièrement dégradée, par ex. floutée ou masquée, sans bruit. Pour une nouvelle image, une couleur unie aléatoire.</translation></message>
<message><source>A generator learns to deceive a discriminator that distinguishes its pictures from real ones.</source><translation>Un générateur apprend à tromper un discriminateur qui distingue ses images des vraies.</translation></message>
<message><source>A long step along the ODE as DPM-Solver's, then a correction of it; no fresh noise.</source><translation>Une longue étape le long de l'EDO comme celle de DPM-Solver, puis sa correction ; pas de bruit neuf.</translation></message>
<message><source>A long step along the ODE, with the slope of the last two predictions; no fresh noise.</source><translation>Une longue étape le long de l'EDO, avec la pente des deux dernières prédictions ; pas de bruit neuf.</translation></message>
<message><source>A network learns the direction of higher data density at many noise levels; Langevin steps follow it.</source><translation>Un réseau apprend la direction de plus forte densité des données à de nombreux niveaux de bruit ; des étapes de Langevin la suivent.</translation></message>
<message><source>A network learns to take back one of a thousand small steps of noise.</source><translation>Un réseau apprend à annuler une étape de bruit parmi mille petites étapes.</translation></message>
<message><source>A network learns which way pictures are denser, at many sizes of noise; Langevin steps follow it.</source><translation>Un réseau apprend, à de nombreux niveaux de bruit, dans quelle direction les images sont plus denses ; des étapes de Langevin la suivent.</translation></message>
<message><source>A network that jumps from any point of a path to its end, distilled from EDM: one step per picture.</source><translation>Un réseau qui saute de n'importe quel point d'un trajet à sa fin, distillé d'EDM : une étape par image.</translation></message>
<message><source>A network whose class is sometimes dropped: here DDPM's, for a tenth of its pictures.</source><translation>Un réseau dont la classe est parfois omise : ici celui de DDPM, pour un dixième de ses images.</translation></message>
<message><source>A picture is noised in a thousand small steps, and a network learns to reverse one step.</source><translation>Une image est bruitée en mille petites étapes, et un réseau apprend à inverser une étape.</translation></message>
<message><source>A picture is noised step by step, and the reversal is learned by the bound on its likelihood.</source><translation>Une image est bruitée étape par étape, et l'inversion est apprise par la borne sur sa vraisemblance.</translation></message>
<message><source>A picture noised up to T′, generated by a GAN.</source><translation>Une image bruitée jusqu'à T′, générée par un GAN.</translation></message>
<message><source>A single step: noise goes through all layers.</source><translation>Une seule étape : le bruit traverse toutes les couches.</translation></message>
<message><source>A single step: the generator maps z to a picture.</source><translation>Une seule étape : le générateur transforme z en image.</translation></message>
<message><source>A single step: z is decoded.</source><translation>Une seule étape : z est décodé.</translation></message>
<message><source>A step along the velocity, without fresh noise.</source><translation>Une étape le long de la vitesse, sans bruit neuf.</translation></message>
<message><source>A step in latent space with two evaluations, with and without the text; decoded at the end.</source><translation>Une étape dans l'espace latent avec deux évaluations, avec et sans le texte ; décodée à la fin.</translation></message>
<message><source>A text encoder that never saw a picture conditions a small one, which two networks enlarge.</source><translation>Un encodeur de texte qui n'a jamais vu d'image conditionne une petite image, que deux réseaux agrandissent.</translation></message>
<message><source>A transformer in which time, class and patches are all tokens, with a U-Net's skips between its halves.</source><translation>Un transformeur où temps, classe et patchs sont tous des tokens, avec les connexions d'un U-Net entre ses moitiés.</translation></message>
<message><source>A transformer over patches replaces the U-Net; time and class scale, shift and gate each of its layers.</source><translation>Un transformeur sur des patchs remplace le U-Net ; le temps et la classe mettent à l'échelle, décalent et modulent chacune de ses couches.</translation></message>
<message><source>An autoencoder compresses a picture to an eighth of its numbers, and DDPM runs in this latent space.</source><translation>Un autoencodeur comprime une image à un huitième de ses nombres, et DDPM opère dans cet espace latent.</translation></message>
<message><source>An autoencoder first; then the noise in its latents, given the text.</source><translation>D'abord un autoencodeur ; puis le bruit dans ses latents, étant donné le texte.</translation></message>
<message><source>An autoencoder first; then the noise in its latents.</source><translation>D'abord un autoencodeur ; puis le bruit dans ses latents.</translation></message>
<message><source>An invertible map, by the exact likelihood.</source><translation>Une application inversible, par la vraisemblance exacte.</translation></message>
<message><source>An invertible network maps noise to data, so that the likelihood is exact; shown with points in the plane.</source><translation>Un réseau inversible transforme le bruit en données, de sorte que la vraisemblance est exacte ; montré avec des points du plan.</translation></message>
<message><source>As DDPM's, for the difference between the picture and the VAE's.</source><translation>Comme celle de DDPM, pour la différence entre l'image et celle du VAE.</translation></message>
<message><source>As DDPM's, in latent space; the final latents are decoded into a picture.</source><translation>Comme celle de DDPM, dans l'espace latent ; les latents finaux sont décodés en une image.</translation></message>
<message><source>As DDPM's, moved along the gradient of the classifier's log p(class | x).</source><translation>Comme celle de DDPM, déplacée le long du gradient de log p(class | x) du classifieur.</translation></message>
<message><source>As DDPM's, with fresh noise of the optimal variance, which has a closed form.</source><translation>Comme celle de DDPM, avec un bruit neuf de variance optimale, qui a une forme close.</translation></message>
<message><source>As DDPM's, with fresh noise of the predicted variance.</source><translation>Comme celle de DDPM, avec un bruit neuf de la variance prédite.</translation></message>
<message><source>As DDPM's, with two evaluations: x̂_0 is moved away from the prediction without class.</source><translation>Comme celle de DDPM, avec deux évaluations : x̂_0 est éloigné de la prédiction sans classe.</translation></message>
<message><source>As DDPM's; its final latents initialise those of the next step.</source><translation>Comme celle de DDPM ; ses latents finaux initialisent ceux de l'étape suivante.</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a centred gamma distribution.</source><translation>Comme celle de DDPM ; le bruit neuf est tiré d'une loi gamma centrée.</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a mixture of two Gaussians.</source><translation>Comme celle de DDPM ; le bruit neuf est tiré d'un mélange de deux gaussiennes.</translation></message>
<message><source>As DDPM's; the network sees the VAE's picture at every step.</source><translation>Comme celle de DDPM ; le réseau voit l'image du VAE à chaque étape.</translation></message>
<message><source>As DDPM's; the noisiest steps are left out.</source><translation>Comme celle de DDPM ; les étapes les plus bruitées sont omises.</translation></message>
<message><source>As DDPM's; the timesteps are chosen as a shortest path.</source><translation>Comme celle de DDPM ; les pas de temps sont choisis comme un plus court chemin.</translation></message>
<message><source>As GLIDE's, with predictions scaled into range; then larger pictures.</source><translation>Comme celle de GLIDE, prédictions ramenées dans l'intervalle ; puis des images plus grandes.</translation></message>
<message><source>As many numbers as the data have, N(0, I).</source><translation>Autant de nombres que les données, N(0, I).</translation></message>
<message><source>Bits are flipped until they are random, and a network learns to flip them back.</source><translation>Des bits sont inversés jusqu'à être aléatoires, et un réseau apprend à les rétablir.</translation></message>
<message><source>Both directions: the drift of the forward process, and the score for the backward process.</source><translation>Les deux directions : la dérive du processus direct, et le score pour le processus inverse.</translation></message>
<message><source>DDIM adapts its schedule to the data.</source><translation>DDIM adapte sa planification aux données.</translation></message>
<message><source>DDIM's step with a combination of the last four predicted noises; no fresh noise.</source><translation>L'étape de DDIM avec une combinaison des quatre derniers bruits prédits ; pas de bruit neuf.</translation></message>
<message><source>DDIM's steps with a better estimate of the noise, from the predictions of the last four steps.</source><translation>Les étapes de DDIM avec une meilleure estimation du bruit, d'après les prédictions des quatre dernières étapes.</translation></message>
<message><source>DDPM in continuous time: one network for noisy steps back, an ODE, and exact likelihoods.</source><translation>DDPM en temps continu : un réseau pour des étapes bruitées en arrière, une EDO et des vraisemblances exactes.</translation></message>
<message><source>DDPM that also sees a VAE's blurred picture: a few numbers determine the content.</source><translation>DDPM qui voit aussi l'image floue d'un VAE : quelques nombres déterminent le contenu.</translation></message>
<message><source>DDPM with noise from a Gaussian mixture: rare large jumps among small ones.</source><translation>DDPM avec un bruit issu d'un mélange de gaussiennes : de rares grands sauts parmi de petits.</translation></message>
<message><source>DDPM with noise from a gamma distribution, skewed to one side.</source><translation>DDPM avec un bruit issu d'une loi gamma, asymétrique d'un côté.</translation></message>
<message><source>DiffuseVAE with noise centred on the VAE's picture.</source><translation>DiffuseVAE avec un bruit centré sur l'image du VAE.</translation></message>
<message><source>Diffusion models of sound, text and 3-D are missing here.</source><translation>Les modèles de diffusion du son, du texte et de la 3D manquent ici.</translation></message>
<message><source>Draws every bit again, with the probability predicted by the network.</source><translation>Tire de nouveau chaque bit, avec la probabilité prédite par le réseau.</translation></message>
<message><source>Draws x_{t−1} from a Gaussian around the mean predicted by the network.</source><translation>Tire x_{t−1} d'une gaussienne autour de la moyenne prédite par le réseau.</translation></message>
<message><source>Embeddings of pictures and captions; the clean embedding; then the noise in a picture, given it.</source><translation>Des embeddings d'images et de légendes ; l'embedding net ; puis le bruit d'une image, sachant celui-ci.</translation></message>
<message><source>Encodes pictures as a few numbers and decodes them: tends to cover the data, but to blur it.</source><translation>Encode les images en quelques nombres et les décode : tend à couvrir les données, mais à les rendre floues.</translation></message>
<message><source>Every step is corrected by the prediction at its end, which the next step needs anyway.</source><translation>Chaque étape est corrigée par la prédiction à sa fin, dont l'étape suivante a de toute façon besoin.</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖², t ≤ T′, and a GAN's between q(x_T′) and G(z)</source><translation>E‖ε − ε_θ(x_t, t)‖², t ≤ T′, et celle d'un GAN entre q(x_T′) et G(z)</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖₁, ε from the noise distribution at unit variance</source><translation>E‖ε − ε_θ(x_t, t)‖₁, ε de la distribution du bruit à variance unité</translation></message>
<message><source>Follows an ODE that removes the noise of the latents; the final latents are decoded into a picture.</source><translation>Suit une EDO qui enlève le bruit des latents ; les latents finaux sont décodés en une image.</translation></message>
<message><source>Follows the ODE by Heun's method: a step, a second evaluation at its end, and the mean of both.</source><translation>Suit l'EDO par la méthode de Heun : une étape, une seconde évaluation à sa fin, et la moyenne des deux.</translation></message>
<message><source>Follows the reverse SDE with score-based corrections at each noise level, or an ODE that adds no noise.</source><translation>Suit l'EDS inverse avec des corrections par le score à chaque niveau de bruit, ou une EDO qui n'ajoute pas de bruit.</translation></message>
<message><source>Four long steps; in each a generator samples a picture that explains x, where Gaussian steps use the mean.</source><translation>Quatre longues étapes ; dans chacune un générateur tire une image qui explique x, là où les étapes gaussiennes utilisent la moyenne.</translation></message>
<message><source>Fréchet distance above that of real pictures, over that of DDPM in pixels, after equal training</source><translation>distance de Fréchet au-delà de celle d'images réelles, rapportée à celle de DDPM en pixels, à entraînement égal</translation></message>
<message><source>Gaussian noise around a VAE's blurred picture.</source><translation>Du bruit gaussien autour de l'image floue d'un VAE.</translation></message>
<message><source>Gaussian noise in latent space, with a 48th of the picture's numbers.</source><translation>Du bruit gaussien dans l'espace latent, avec 1/48 des nombres de l'image.</translation></message>
<message><source>Gaussian noise in latent space, with an eighth of the picture's numbers.</source><translation>Du bruit gaussien dans l'espace latent, avec un huitième des nombres de l'image.</translation></message>
<message><source>Gaussian noise in latent space.</source><translation>Du bruit gaussien dans l'espace latent.</translation></message>
<message><source>Gaussian noise of 64 numbers, an embedding; then of pictures of three sizes.</source><translation>Du bruit gaussien de 64 nombres, un embedding ; puis d'images de trois tailles.</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256, and of 1024 × 1024.</source><translation>Du bruit gaussien de 64 × 64 pixels ; puis de 256 × 256, et de 1024 × 1024.</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256.</source><translation>Du bruit gaussien de 64 × 64 pixels ; puis de 256 × 256.</translation></message>
<message><source>Gaussian noise of the largest σ, which hides the picture.</source><translation>Du bruit gaussien du plus grand σ, qui cache l'image.</translation></message>
<message><source>Gaussian noise, N(0, I), and a VAE's blurred picture.</source><translation>Du bruit gaussien, N(0, I), et l'image floue d'un VAE.</translation></message>
<message><source>Gaussian noise, N(0, I), at time 1.</source><translation>Du bruit gaussien, N(0, I), au temps 1.</translation></message>
<message><source>Gaussian noise, N(0, I).</source><translation>Du bruit gaussien, N(0, I).</translation></message>
<message><source>Gaussian points in the plane.</source><translation>Des points gaussiens dans le plan.</translation></message>
<message><source>It does not: its timesteps are fixed by hand in advance. The variances of Analytic-DPM and the timesteps of a DP trajectory do adapt: they are measured on data.</source><translation>Non : ses pas de temps sont fixés d'avance à la main. Les variances d'Analytic-DPM et les pas de temps d'une trajectoire DP s'adaptent bien : ils sont mesurés sur des données.</translation></message>
<message><source>It has no weights here.</source><translation>Il n'a pas de poids ici.</translation></message>
<message><source>It is not: it predicts the tokens of an image one after another, like a language model.</source><translation>Non : il prédit les tokens d'une image l'un après l'autre, comme un modèle de langage.</translation></message>
<message><source>Its weights draw pictures.</source><translation>Ses poids dessinent des images.</translation></message>
<message><source>Its weights move points of the plane; it has none for pictures.</source><translation>Ses poids déplacent des points du plan ; il n'en a pas pour les images.</translation></message>
<message><source>Large pictures need more noise because neighbouring pixels are redundant: the schedule is shifted by size.</source><translation>Les grandes images demandent plus de bruit, car leurs pixels voisins sont redondants : la planification est décalée selon la taille.</translation></message>
<message><source>Latent diffusion of large pictures that follow a text. Its weights come from a file of your own.</source><translation>Diffusion latente de grandes images qui suivent un texte. Ses poids viennent d'un fichier personnel.</translation></message>
<message><source>Long steps without fresh noise: DDPM's network generates pictures in a tenth of the time.</source><translation>De longues étapes sans bruit neuf : le réseau de DDPM génère des images en un dixième du temps.</translation></message>
<message><source>NCSN in continuous time: the picture is not scaled, and growing noise hides it.</source><translation>NCSN en temps continu : l'image n'est pas mise à l'échelle, et un bruit croissant la cache.</translation></message>
<message><source>NeRF and the models it guides are diffusion models.</source><translation>NeRF et les modèles qu'il guide sont des modèles de diffusion.</translation></message>
<message><source>Noise as large as the distance between pictures, which hides the picture.</source><translation>Un bruit aussi grand que la distance entre les images, qui cache l'image.</translation></message>
<message><source>Noise drawn from a centred gamma distribution.</source><translation>Un bruit tiré d'une loi gamma centrée.</translation></message>
<message><source>Noise drawn from a mixture of two Gaussians.</source><translation>Un bruit tiré d'un mélange de deux gaussiennes.</translation></message>
<message><source>Noise fifty times as large as the picture's values, which hides the picture.</source><translation>Un bruit cinquante fois plus grand que les valeurs de l'image, qui la cache.</translation></message>
<message><source>Nothing: it uses DDPM's network.</source><translation>Rien : elle utilise le réseau de DDPM.</translation></message>
<message><source>Nothing: it uses Imagen's networks.</source><translation>Rien : il utilise les réseaux d'Imagen.</translation></message>
<message><source>Nothing: one number per noise level is measured with DDPM's network.</source><translation>Rien : un nombre par niveau de bruit est mesuré avec le réseau de DDPM.</translation></message>
<message><source>Nothing: the cost of each step in the bound is measured with DDPM's network.</source><translation>Rien : le coût de chaque étape dans la borne est mesuré avec le réseau de DDPM.</translation></message>
<message><source>One network draws a small picture; others enlarge it, after noise is added to it.</source><translation>Un réseau dessine une petite image ; d'autres l'agrandissent, après y avoir ajouté du bruit.</translation></message>
<message><source>One network predicts with and without the class, and the difference is amplified.</source><translation>Un même réseau prédit avec et sans la classe, et la différence est amplifiée.</translation></message>
<message><source>One of a few backward steps, against the learned drift and along the learned score, with fresh noise.</source><translation>L'une de quelques étapes en arrière, contre la dérive apprise et le long du score appris, avec du bruit neuf.</translation></message>
<message><source>One of four long steps: samples a picture that explains x_t, then x_{t−1} from the posterior given both.</source><translation>L'une de quatre longues étapes : tire une image qui explique x_t, puis x_{t−1} de la loi a posteriori étant donné les deux.</translation></message>
<message><source>PGAN (progressive GAN) and BigGAN are diffusion models.</source><translation>PGAN (GAN progressif) et BigGAN sont des modèles de diffusion.</translation></message>
<message><source>Packs pictures into a few numbers and unpacks them: covers the data, and blurs it.</source><translation>Compresse les images en quelques nombres et les décompresse : couvre les données, mais les rend floues.</translation></message>
<message><source>Parti is a diffusion model.</source><translation>Parti est un modèle de diffusion.</translation></message>
<message><source>Pictures and noise are joined by straight lines, and a network learns the velocity along them.</source><translation>Images et bruit sont joints par des lignes droites, et un réseau apprend la vitesse le long de celles-ci.</translation></message>
<message><source>Pictures are degraded without noise, and a network learns to restore them from any severity.</source><translation>Des images sont dégradées sans bruit, et un réseau apprend à les restaurer depuis n'importe quel degré.</translation></message>
<message><source>Predicts the picture; if steps remain, adds less noise and predicts again.</source><translation>Prédit l'image ; s'il reste des étapes, ajoute moins de bruit et prédit encore.</translation></message>
<message><source>Reduces the noise in x_t and adds none, in long steps; the initial noise determines the picture.</source><translation>Réduit le bruit dans x_t et n'en ajoute pas, en longues étapes ; le bruit initial détermine l'image.</translation></message>
<message><source>Removes one of a thousand parts of the noise, and adds a little fresh noise of a fixed variance.</source><translation>Enlève l'une de mille parts du bruit, et ajoute un peu de bruit neuf de variance fixe.</translation></message>
<message><source>Restores the picture, and replaces its degradation at this severity by the next lower one.</source><translation>Restaure l'image, et remplace sa dégradation de ce degré par celle du degré inférieur suivant.</translation></message>
<message><source>Several Langevin steps at one noise level, along the score with fresh noise; then the next lower level.</source><translation>Plusieurs étapes de Langevin à un niveau de bruit, le long du score avec du bruit neuf ; puis le niveau inférieur suivant.</translation></message>
<message><source>Steps of 64 pixels with and without the caption; then steps of 256 pixels.</source><translation>Des étapes de 64 pixels avec et sans la légende ; puis des étapes de 256 pixels.</translation></message>
<message><source>Steps of the small picture; then of larger ones, given the noised smaller one.</source><translation>Les étapes de la petite image ; puis celles des plus grandes, sachant la plus petite bruitée.</translation></message>
<message><source>Steps of two embeddings, of which the better is kept; then steps of 64, 256 and 1024 pixels.</source><translation>Des étapes de deux embeddings, dont le meilleur est gardé ; puis des étapes de 64, 256 et 1024 pixels.</translation></message>
<message><source>Text by itself; then the noise, given text or a noisy smaller picture.</source><translation>Le texte seul ; puis le bruit, sachant le texte ou une image plus petite et bruitée.</translation></message>
<message><source>The ODE's known part is solved exactly, so that ten to twenty evaluations of the network suffice.</source><translation>La partie connue de l'EDO est résolue exactement, de sorte que dix à vingt évaluations du réseau suffisent.</translation></message>
<message><source>The chain is cut short: a GAN generates the noisy picture it starts from.</source><translation>La chaîne est écourtée : un GAN génère l'image bruitée dont elle part.</translation></message>
<message><source>The clean picture, by a network whose inputs and outputs are scaled to unit variance.</source><translation>L'image nette, par un réseau dont les entrées et les sorties sont ramenées à une variance unité.</translation></message>
<message><source>The forward process is learned too, so that fewer backward steps are needed; shown with points in the plane.</source><translation>Le processus direct est appris lui aussi, de sorte qu'il faut moins d'étapes en arrière ; montré avec des points du plan.</translation></message>
<message><source>The gradient of a classifier of noisy pictures guides a denoiser, even one without classes.</source><translation>Le gradient d'un classifieur d'images bruitées guide un débruiteur, même sans classes.</translation></message>
<message><source>The network also predicts the variance of each backward step, learned from the variational bound.</source><translation>Le réseau prédit aussi la variance de chaque étape en arrière, apprise par la borne variationnelle.</translation></message>
<message><source>The noise in x_t below T′, and the GAN.</source><translation>Le bruit dans x_t en dessous de T′, et le GAN.</translation></message>
<message><source>The noise in x_t below T′; the VAE is not changed.</source><translation>Le bruit dans x_t en dessous de T′ ; le VAE ne change pas.</translation></message>
<message><source>The noise in x_t, and the variance of a backward step, between β̃_t and β_t.</source><translation>Le bruit dans x_t, et la variance d'une étape en arrière, entre β̃_t et β_t.</translation></message>
<message><source>The noise in x_t, by the absolute error.</source><translation>Le bruit dans x_t, par l'erreur absolue.</translation></message>
<message><source>The noise in x_t, weighted as in the bound on the likelihood: low noise counts most.</source><translation>Le bruit dans x_t, pondéré comme dans la borne sur la vraisemblance : le bruit faible compte le plus.</translation></message>
<message><source>The noise in x_t, with equal weight for every noise level.</source><translation>Le bruit dans x_t, avec un poids égal pour chaque niveau de bruit.</translation></message>
<message><source>The noise, given a caption, by two networks, and the encoding of captions.</source><translation>Le bruit, sachant une légende, par deux réseaux, et l'encodage des légendes.</translation></message>
<message><source>The optimal timesteps for the likelihood bound, by dynamic programming; not always the best pictures.</source><translation>Les pas de temps optimaux pour la borne sur la vraisemblance, par programmation dynamique ; pas toujours les meilleures images.</translation></message>
<message><source>The optimal variance of every backward step for the likelihood bound, in closed form.</source><translation>La variance optimale de chaque étape en arrière pour la borne sur la vraisemblance, en forme close.</translation></message>
<message><source>The original bits given x_t, by the whole bound on the likelihood.</source><translation>Les bits d'origine étant donné x_t, par la borne entière sur la vraisemblance.</translation></message>
<message><source>The parts of a diffusion model are separated: training levels, scaling of the network, sampler and its steps.</source><translation>Les parties d'un modèle de diffusion sont séparées : niveaux d'entraînement, mise à l'échelle du réseau, échantillonneur et ses étapes.</translation></message>
<message><source>The score of the data at each of many noise levels.</source><translation>Le score des données à chacun de nombreux niveaux de bruit.</translation></message>
<message><source>The score, the direction of higher data density, at every time.</source><translation>Le score, direction de plus forte densité des données, à chaque instant.</translation></message>
<message><source>The velocity ε − x_0, the mean over all lines through a point.</source><translation>La vitesse ε − x_0, la moyenne sur toutes les lignes passant par un point.</translation></message>
<message><source>They are not: a NeRF is a three-dimensional scene fitted to views of it. A diffusion model may score these views, but is not changed by that.</source><translation>Non : un NeRF est une scène tridimensionnelle ajustée à des vues de celle-ci. Un modèle de diffusion peut évaluer ces vues, mais n'en est pas changé.</translation></message>
<message><source>They are not: they are GANs, which generate an image in a single pass.</source><translation>Non : ce sont des GAN, qui génèrent une image en une seule passe.</translation></message>
<message><source>They are out of scope: this program generates images.</source><translation>Ils sont hors sujet : ce programme génère des images.</translation></message>
<message><source>To classify a picture at any noise level; DDPM's network is not changed.</source><translation>À classer une image à n'importe quel niveau de bruit ; le réseau de DDPM ne change pas.</translation></message>
<message><source>To encode a picture as z and to decode it, by the bound on the likelihood.</source><translation>À encoder une image en z et à la décoder, par la borne sur la vraisemblance.</translation></message>
<message><source>To generate pictures that a discriminator, which is trained too, cannot distinguish from real ones.</source><translation>À générer des images qu'un discriminateur, entraîné lui aussi, ne distingue pas des vraies.</translation></message>
<message><source>To predict the same picture from all points of a path.</source><translation>À prédire la même image depuis tous les points d'un trajet.</translation></message>
<message><source>To restore the picture from any severity.</source><translation>À restaurer l'image depuis n'importe quel degré.</translation></message>
<message><source>To sample a picture that explains x_t, so that a discriminator cannot tell the steps from real ones.</source><translation>À tirer une image qui explique x_t, de sorte qu'un discriminateur ne distingue pas les étapes des vraies.</translation></message>
<message><source>VP's drift with at most its noise: designed for likelihoods.</source><translation>La dérive de VP avec au plus son bruit : conçu pour les vraisemblances.</translation></message>
<message><source>a VAE's bound; then E‖ε − ε_θ(x_t, x̂, t)‖²</source><translation>la borne d'un VAE ; puis E‖ε − ε_θ(x_t, x̂, t)‖²</translation></message>
<message><source>a minute</source><translation>une minute</translation></message>
<message><source>bits per heartbeat sequence above the true entropy, log2 5</source><translation>bits par séquence de battements au-delà de la vraie entropie, log2 5</translation></message>
<message><source>bound in nats per point at 8 steps minus that of DDPM’s fixed drift, after equal training</source><translation>borne en nats par point à 8 étapes moins celle de la dérive fixe de DDPM, à entraînement égal</translation></message>
<message><source>bound of held-out points in bits per coordinate minus the best one of three fixed variances</source><translation>borne de points de test en bits par coordonnée moins la meilleure de trois variances fixes</translation></message>
<message><source>bound of held-out points in nats at 10, 25 and 50 steps minus that of the better fixed variance</source><translation>borne de points de test en nats à 10, 25 et 50 étapes moins celle de la meilleure variance fixe</translation></message>
<message><source>bound of held-out points in nats at 5, 10 and 25 steps minus that of even or quadratic steps</source><translation>borne de points de test en nats à 5, 10 et 25 étapes moins celle d'étapes régulières ou quadratiques</translation></message>
<message><source>bound of held-out points in nats over 100 even steps minus that of DDPM, after equal training</source><translation>borne de points de test en nats sur 100 étapes régulières moins celle de DDPM, à entraînement égal</translation></message>
<message><source>bound or −log p above the entropy of the true distribution, in nats</source><translation>borne ou −log p au-delà de l'entropie de la vraie distribution, en nats</translation></message>
<message><source>deviation within the modes over the true one</source><translation>écart au sein des modes rapporté au vrai</translation></message>
<message><source>difference of pictures of one prompt over that of different prompts</source><translation>différence des images d'un même prompt rapportée à celle de prompts différents</translation></message>
<message><source>distance of the points of the ODE from those of the SDE, minus that of two samples</source><translation>distance des points de l'EDO à ceux de l'EDS, moins celle de deux échantillons</translation></message>
<message><source>error in 40 steps over that of DDIM with as many evaluations of the network</source><translation>erreur en 40 étapes rapportée à celle de DDIM avec autant d'évaluations du réseau</translation></message>
<message><source>error of a run’s random numbers beside independent ones from N(0, 1)</source><translation>erreur des nombres aléatoires d'une exécution par rapport à des nombres indépendants de N(0, 1)</translation></message>
<message><source>error of a step back beside q(x_{t−1} | x_t, x_0), over its deviation</source><translation>erreur d'un pas en arrière par rapport à q(x_{t−1} | x_t, x_0), rapportée à son écart-type</translation></message>
<message><source>error of blurred held-out pictures restored by algorithm 2 over that by algorithm 1, at 20 steps</source><translation>erreur d'images de test floues restaurées par l'algorithme 2, rapportée à celle de l'algorithme 1, à 20 étapes</translation></message>
<message><source>error of pictures restored from their latents over that from as many pixels of a smaller picture</source><translation>erreur d'images restaurées depuis leurs latents, rapportée à celle depuis autant de pixels d'une image plus petite</translation></message>
<message><source>error of points by Heun’s method over that by Euler’s, at 35 evaluations of the network each</source><translation>erreur des points par la méthode de Heun, rapportée à celle par la méthode d'Euler, à 35 évaluations du réseau chacune</translation></message>
<message><source>error of points encoded as noise and decoded, over their deviation, at 100 steps</source><translation>erreur de points encodés en bruit puis décodés, rapportée à leur écart-type, à 100 étapes</translation></message>
<message><source>error of points in 10 steps over that of DDIM with as many evaluations of the network</source><translation>erreur des points en 10 étapes, rapportée à celle de DDIM avec autant d'évaluations du réseau</translation></message>
<message><source>error of points in 10 steps over that of DPM-Solver++ of the same order</source><translation>erreur des points en 10 étapes, rapportée à celle de DPM-Solver++ de même ordre</translation></message>
<message><source>error of single steps from the exact path over that of DDIM’s steps</source><translation>erreur d'étapes isolées depuis le chemin exact rapportée à celle des étapes de DDIM</translation></message>
<message><source>error of the modes’ shares</source><translation>erreur des parts des modes</translation></message>
<message><source>error of the noise’s third and fourth moments</source><translation>erreur des troisième et quatrième moments du bruit</translation></message>
<message><source>error of the shares of 25 modes of points</source><translation>erreur des parts de 25 modes de points</translation></message>
<message><source>error of the shares of two far modes, of weights 0.2 and 0.8</source><translation>erreur des parts de deux modes éloignés, de poids 0.2 et 0.8</translation></message>
<message><source>error of the start’s coefficients √ᾱ_T′ and √(1 − ᾱ_T′)</source><translation>erreur des coefficients √ᾱ_T′ et √(1 − ᾱ_T′) du départ</translation></message>
<message><source>error of v over that without gates initialised to zero, after equal training</source><translation>erreur de v rapportée à celle sans portes initialisées à zéro, à entraînement égal</translation></message>
<message><source>error of v over that without latents of the previous step, after equal training</source><translation>erreur de v rapportée à celle sans latents de l'étape précédente, à entraînement égal</translation></message>
<message><source>error of v over that without long skips, after equal training</source><translation>erreur de v rapportée à celle sans longues connexions, à entraînement égal</translation></message>
<message><source>error of v over that without the shift, after equal training</source><translation>erreur de v rapportée à celle sans le décalage, à entraînement égal</translation></message>
<message><source>excess distance of points at 8 even steps over that of DDPM’s network by DDIM, after equal training</source><translation>distance excédentaire de points à 8 étapes régulières, rapportée à celle du réseau de DDPM par DDIM, à entraînement égal</translation></message>
<message><source>excess distance of points in 10 steps over that from a Gaussian start of the same moments</source><translation>distance excédentaire de points en 10 étapes, rapportée à celle depuis un départ gaussien de mêmes moments</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM in 10 steps</source><translation>distance excédentaire de points en 10 étapes, rapportée à celle de DDPM en 10 étapes</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM with the better fixed variance</source><translation>distance excédentaire de points en 10 étapes, rapportée à celle de DDPM avec la meilleure variance fixe</translation></message>
<message><source>excess distance of points with corrector minus that without, at equal evaluations</source><translation>distance excédentaire de points avec correcteur moins celle sans, à évaluations égales</translation></message>
<message><source>gap in detail between enlarged generated and real pictures, over that without noise in them</source><translation>écart de détail entre images générées et réelles agrandies, rapporté à celui sans bruit dans celles-ci</translation></message>
<message><source>how well latents that it draws are told apart from encoded ones (AUC; 0.5 is not at all)</source><translation>à quel point les latents qu'elle tire se distinguent de latents encodés (AUC ; 0,5 : pas du tout)</translation></message>
<message><source>its weights are not shipped</source><translation>ses poids ne sont pas fournis</translation></message>
<message><source>largest distance of the states x_t from their exact distribution, over its deviation</source><translation>plus grande distance des états x_t à leur distribution exacte, rapportée à son écart</translation></message>
<message><source>largest prediction x̂_0 where clipping is needed, over the end of its range</source><translation>plus grande prédiction x̂_0 là où l'écrêtage est nécessaire, rapportée à la fin de son intervalle</translation></message>
<message><source>mean error of x̂_0 beside the exact prediction, over that of the exact one beside x_0</source><translation>erreur moyenne de x̂_0 face à la prédiction exacte, rapportée à celle de l'exacte face à x_0</translation></message>
<message><source>mean over σ_i of σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²</source><translation>moyenne sur σ_i de σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²</translation></message>
<message><source>none of its own: DDPM's network</source><translation>aucune en propre : le réseau de DDPM</translation></message>
<message><source>none of its own: DDPM's, with the class sometimes dropped</source><translation>aucune en propre : celle de DDPM, la classe étant parfois omise</translation></message>
<message><source>none of its own: the minimum of DDPM's bound over paths of K steps</source><translation>aucune en propre : le minimum de la borne de DDPM sur les chemins de K étapes</translation></message>
<message><source>none of its own: Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d of DDPM's network, measured once</source><translation>aucune en propre : Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d du réseau de DDPM, mesuré une fois</translation></message>
<message><source>not measured yet</source><translation>pas encore mesurée</translation></message>
<message><source>not trained yet</source><translation>pas encore entraînée</translation></message>
<message><source>order of convergence to the exact path, with exact predictions</source><translation>ordre de convergence vers le chemin exact, avec des prédictions exactes</translation></message>
<message><source>share of drawn sequences that occur in the data</source><translation>part des séquences tirées qui existent dans les données</translation></message>
<message><source>share of fully saturated pixels at guidance 10, over that with clipping, at the same classes</source><translation>part des pixels entièrement saturés à guidage 10, rapportée à celle avec écrêtage, aux mêmes classes</translation></message>
<message><source>share of pictures of the right thing by the prior, minus that with the caption’s own embedding</source><translation>part des images du bon sujet par le prior, moins celle avec l'embedding propre à la légende</translation></message>
<message><source>share of pictures of the right thing, minus the best such share by CLIP guidance</source><translation>part des images du bon sujet, moins la meilleure part obtenue par guidage CLIP</translation></message>
<message><source>share of points at one of 25 modes in 4 steps minus that of exact Gaussian steps</source><translation>part des points sur l'un des 25 modes en 4 étapes moins celle d'étapes gaussiennes exactes</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE</source><translation>part des points sur l'un des 25 modes moins celle du VAE</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE it starts from</source><translation>part des points sur l'un des 25 modes moins celle du VAE dont elle part</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, at 100 steps</source><translation>part des points sur l'un des 25 modes moins l'erreur des parts des modes, à 100 étapes</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, over EDM’s, in 2 steps</source><translation>part des points sur l'un des 25 modes moins l'erreur des parts des modes, rapportée à celle d'EDM, en 2 étapes</translation></message>
<message><source>share of points at the most frequent mode among those of one z, with different noise</source><translation>part des points sur le mode le plus fréquent parmi ceux d'un même z, avec des bruits différents</translation></message>
<message><source>share of points that lie in their class, of three that overlap, minus that without guidance</source><translation>part des points situés dans leur classe, sur trois qui se chevauchent, moins celle sans guidage</translation></message>
<message><source>share of prompts whose better embedding is chosen</source><translation>part des prompts dont la meilleure représentation est choisie</translation></message>
<message><source>share of the values of x̂_0 at the end of the range</source><translation>part des valeurs de x̂_0 à la fin de l'intervalle</translation></message>
<message><source>the claim holds</source><translation>l'affirmation est vérifiée</translation></message>
<message><source>the claim is missed</source><translation>l'affirmation n'est pas vérifiée</translation></message>
<message><source>undecided: it holds for the mean, but not for all seeds</source><translation>indécis : elle vaut pour la moyenne, mais pas pour toutes les graines</translation></message>
<message><source>v, by a U-Net with a transformer in the middle.</source><translation>v, par un U-Net avec un transformeur au milieu.</translation></message>
<message><source>v, by a network that reuses its latents of the previous step.</source><translation>v, par un réseau qui réutilise ses latents de l'étape précédente.</translation></message>
<message><source>v, by a transformer whose blocks start as the identity.</source><translation>v, par un transformeur dont les blocs commencent comme l'identité.</translation></message>
<message><source>v, by a transformer with skips from its first half to its second.</source><translation>v, par un transformeur avec des connexions de sa première moitié à la seconde.</translation></message>
<message><source>{low} to {high}</source><translation>{low} à {high}</translation></message>
<message><source>{minutes} minutes</source><translation>{minutes} minutes</translation></message>
<message><source>{value} ({low} to {high})</source><translation>{value} ({low} à {high})</translation></message>
<message><source>−log p of held-out points in nats above that of the true distribution</source><translation>−log p de points de test en nats au-delà de celui de la vraie distribution</translation></message>
<message><source>−log p of held-out points in nats minus that by VP’s network, after equal training</source><translation>−log p de points de test en nats moins celui du réseau de VP, à entraînement égal</translation></message>
<message><source>−the variational bound, one term per sample</source><translation>−la borne variationnelle, un terme par échantillon</translation></message>
</context>
<context>
<name>Table</name>
<message><source>Same</source><translation>Même</translation></message>
</context>
<context>
<name>TagEntry</name>
<message><source>Add</source><translation>Ajouter</translation></message>
<message><source>Add the tag</source><translation>Ajouter le tag</translation></message>
<message><source>Tag</source><translation>Tag</translation></message>
<message><source>Tag for these pictures: Enter adds it, Esc closes</source><translation>Tag pour ces images : Entrée l'ajoute, Échap ferme</translation></message>
</context>
<context>
<name>Tags</name>
<message><source>Remove {tag}</source><translation>Retirer {tag}</translation></message>
</context>
<context>
<name>ThingList</name>
<message><source> · the first {maximum} count</source><translation> · seuls les {maximum} premiers comptent</translation></message>
<message numerus="yes"><source>%n thing(s)</source><translation>
<numerusform>%n sujet</numerusform>
<numerusform>%n sujets</numerusform>
</translation></message>
<message><source>Back to single pictures</source><translation>Revenir aux images seules</translation></message>
<message><source>One thing per line</source><translation>Un sujet par ligne</translation></message>
<message><source>The text is too long for a list</source><translation>Le texte est trop long pour une liste</translation></message>
<message><source>Things of the set</source><translation>Sujets de la série</translation></message>
<message><source>What the set shows, one thing per line</source><translation>Ce que montre la série, un sujet par ligne</translation></message>
<message><source>fox
owl
mushroom

One thing per line, or with commas</source><translation>renard
hibou
champignon

Un sujet par ligne, ou avec des virgules</translation></message>
</context>
<context>
<name>TilePopup</name>
<message><source>Nothing has this name</source><translation>Rien ne porte ce nom</translation></message>
<message><source>Search {names}</source><translation>Chercher : {names}</translation></message>
<message><source>Type to search. The arrow keys move, Enter chooses</source><translation>Taper pour chercher. Les flèches déplacent, Entrée choisit</translation></message>
</context>
<context>
<name>Tools</name>
<message><source>Copy one in any program; the next pictures then start from it.</source><translation>En copier une dans n'importe quel programme ; les prochaines images en partent alors.</translation></message>
<message><source>No picture to paste</source><translation>Aucune image à coller</translation></message>
</context>
<context>
<name>TopBar</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>%n image à faire</numerusform>
<numerusform>%n images à faire</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread error(s)</source><translation>
<numerusform>%n erreur non lue</numerusform>
<numerusform>%n erreurs non lues</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread notice(s)</source><translation>
<numerusform>%n message non lu</numerusform>
<numerusform>%n messages non lus</numerusform>
</translation></message>
<message><source>Device in use · {state}</source><translation>Appareil utilisé · {state}</translation></message>
<message><source>Memory in use by this window: {size}</source><translation>Mémoire utilisée par cette fenêtre : {size}</translation></message>
<message><source>Nothing in the queue</source><translation>Rien dans la file d'attente</translation></message>
<message><source>Queue</source><translation>File</translation></message>
<message><source>Queue {count}</source><translation>File {count}</translation></message>
<message><source>not available</source><translation>indisponible</translation></message>
<message><source>preparing</source><translation>préparation</translation></message>
<message><source>ready</source><translation>prêt</translation></message>
<message><source>running</source><translation>actif</translation></message>
<message><source>the queue is paused</source><translation>la file est en pause</translation></message>
</context>
<context>
<name>TrainControls</name>
<message><source>Add the result of the latest test pictures to the models</source><translation>Ajouter aux modèles le résultat des dernières images de test</translation></message>
<message><source>Change a model, or train a system of the literature</source><translation>Modifier un modèle, ou entraîner une méthode de la littérature</translation></message>
<message><source>Choose folder…</source><translation>Choisir un dossier…</translation></message>
<message><source>Choose the pictures to learn from</source><translation>Choisir les images d'apprentissage</translation></message>
<message><source>Continue after closing</source><translation>Continuer après fermeture</translation></message>
<message><source>Discard</source><translation>Abandonner</translation></message>
<message><source>Drawn again and again with the same noise, separated by semicolons</source><translation>Dessinés encore et encore avec le même bruit, séparés par des points-virgules</translation></message>
<message><source>Higher ranks can learn more details, and copy sooner</source><translation>Des rangs plus élevés peuvent apprendre plus de détails, et copient plus tôt</translation></message>
<message><source>How often a picture is looked at, in total</source><translation>Combien de fois une image est regardée, au total</translation></message>
<message><source>Larger pictures take more time and memory</source><translation>De grandes images prennent plus de temps et de mémoire</translation></message>
<message><source>Learning rate</source><translation>Taux d'apprentissage</translation></message>
<message><source>Method</source><translation>Méthode</translation></message>
<message><source>Model</source><translation>Modèle</translation></message>
<message><source>Name</source><translation>Nom</translation></message>
<message><source>Network</source><translation>Réseau</translation></message>
<message><source>No folder yet</source><translation>Pas encore de dossier</translation></message>
<message><source>Open an earlier run, or begin another one</source><translation>Ouvrir un entraînement précédent, ou en commencer un</translation></message>
<message><source>Pause</source><translation>Pause</translation></message>
<message><source>Picture size</source><translation>Taille d'image</translation></message>
<message><source>Rank</source><translation>Rang</translation></message>
<message><source>Run</source><translation>Entraînement</translation></message>
<message><source>Samples</source><translation>Échantillons</translation></message>
<message><source>Save and free the memory; start it again later</source><translation>Enregistrer et libérer la mémoire ; redémarrer plus tard</translation></message>
<message><source>Size of the changes of each step. If the loss jumps, lower it.</source><translation>Ampleur des changements à chaque pas. Si la perte saute, la réduire.</translation></message>
<message><source>Start</source><translation>Démarrer</translation></message>
<message><source>Stop, and delete this run</source><translation>Arrêter, et supprimer cet entraînement</translation></message>
<message><source>Test prompts</source><translation>Prompts de test</translation></message>
<message><source>The model that is changed</source><translation>Le modèle à modifier</translation></message>
<message><source>The network that removes the noise</source><translation>Le réseau qui enlève le bruit</translation></message>
<message><source>Train</source><translation>Entraîner</translation></message>
<message><source>Train in the background</source><translation>Entraîner en arrière-plan</translation></message>
<message><source>Train on when the window is closed. Open the run here to see it again.</source><translation>Continuer une fois la fenêtre fermée. Ouvrir l'entraînement ici pour le revoir.</translation></message>
<message><source>Training settings</source><translation>Réglages de l'entraînement</translation></message>
<message><source>Use it in Create</source><translation>L'utiliser dans Créer</translation></message>
<message><source>fox; house; red car</source><translation>renard ; maison ; voiture rouge</translation></message>
<message><source>{size} × {size} pixels</source><translation>{size} × {size} pixels</translation></message>
</context>
<context>
<name>TrainPage</name>
<message numerus="yes"><source>%n minute(s) left</source><translation>
<numerusform>reste %n minute</numerusform>
<numerusform>reste %n minutes</numerusform>
</translation></message>
<message numerus="yes"><source>%n test picture(s) is(are) almost the same as yours.</source><translation>
<numerusform>%n image de test est presque identique à une image fournie.</numerusform>
<numerusform>%n images de test sont presque identiques à des images fournies.</numerusform>
</translation></message>
<message><source>A small file that adds a style or a thing to a model</source><translation>Un petit fichier qui ajoute un style ou un sujet à un modèle</translation></message>
<message><source>Added as {name}</source><translation>Ajouté sous le nom {name}</translation></message>
<message><source>Another model is called {title} and is kept.</source><translation>Un autre modèle s'appelle {title} et est conservé.</translation></message>
<message><source>Before the training</source><translation>Avant l'entraînement</translation></message>
<message><source>Better than {run}; the difference is significant.</source><translation>Meilleur que {run} ; la différence est significative.</translation></message>
<message><source>Caption</source><translation>Légende</translation></message>
<message><source>Captions cut after {limit} characters: {count}; the first is {first}.</source><translation>Légendes coupées après {limit} caractères : {count} ; la première est {first}.</translation></message>
<message><source>Change a model</source><translation>Modifier un modèle</translation></message>
<message><source>Check the captions. Later, you ask for pictures in the same words.</source><translation>Vérifier les légendes. Plus tard, les images se demandent avec les mêmes mots.</translation></message>
<message><source>Choose the pictures to learn from</source><translation>Choisir les images d'apprentissage</translation></message>
<message><source>Class</source><translation>Classe</translation></message>
<message><source>Compare with</source><translation>Comparer à</translation></message>
<message><source>Continue</source><translation>Continuer</translation></message>
<message><source>Copies among the test pictures are only found with {count} pictures or more.</source><translation>Les copies parmi les images de test ne sont détectées qu'à partir de {count} images.</translation></message>
<message><source>Done</source><translation>Terminé</translation></message>
<message><source>Double-click to change the caption</source><translation>Double-cliquer pour changer la légende</translation></message>
<message><source>Earlier runs</source><translation>Précédents</translation></message>
<message><source>Fine-tuning</source><translation>Affinage</translation></message>
<message><source>From scratch</source><translation>À partir de zéro</translation></message>
<message><source>It continues without the window.</source><translation>Il continue sans la fenêtre.</translation></message>
<message><source>It was paused when the window closed.</source><translation>Il a été mis en pause à la fermeture de la fenêtre.</translation></message>
<message><source>LoRA</source><translation>LoRA</translation></message>
<message><source>New run</source><translation>Nouveau</translation></message>
<message><source>No comparison</source><translation>Sans comparaison</translation></message>
<message><source>No significant difference from {run}.</source><translation>Pas de différence significative avec {run}.</translation></message>
<message><source>Paused. Resume continues it.</source><translation>En pause. Reprendre continue l'entraînement.</translation></message>
<message><source>Pausing…</source><translation>Mise en pause…</translation></message>
<message><source>Picture</source><translation>Image</translation></message>
<message><source>Pictures added, removed or changed since the last checkpoint: {count}. Training goes on with them.</source><translation>Images ajoutées, supprimées ou modifiées depuis le dernier point de reprise : {count}. L’entraînement continue avec elles.</translation></message>
<message><source>Pictures and captions</source><translation>Images et légendes</translation></message>
<message><source>Pictures in subfolders, which are left out: {count}; the first subfolder is {first}.</source><translation>Images de sous-dossiers, laissées de côté : {count} ; le premier sous-dossier est {first}.</translation></message>
<message><source>Pictures that cannot be read and are left out: {count}; the first is {first}.</source><translation>Images illisibles, laissées de côté : {count} ; la première est {first}.</translation></message>
<message><source>Pictures with the same caption, or in the same folder, form a class.</source><translation>Les images de même légende, ou d'un même dossier, forment une classe.</translation></message>
<message><source>Preparing…</source><translation>Préparation…</translation></message>
<message><source>Saving…</source><translation>Enregistrement…</translation></message>
<message><source>Show the errors of an earlier run at the same noise beside this one</source><translation>Afficher à côté les erreurs d'un entraînement précédent au même bruit</translation></message>
<message><source>Some hundreds of one kind are a good start.</source><translation>Quelques centaines d'un même genre sont un bon début.</translation></message>
<message><source>Ten or more pictures give a diagnosis.</source><translation>À partir de dix images, un diagnostic est possible.</translation></message>
<message><source>Test pictures</source><translation>Images de test</translation></message>
<message><source>The first test pictures and the diagnosis follow in a few minutes.</source><translation>Les premières images de test et le diagnostic suivent dans quelques minutes.</translation></message>
<message><source>The process ended unexpectedly. Start it again; at most a minute is lost.</source><translation>Le processus s'est terminé de façon inattendue. Le redémarrer ; une minute au plus est perdue.</translation></message>
<message><source>The run was deleted.</source><translation>L'entraînement a été supprimé.</translation></message>
<message><source>The run was restored.</source><translation>L'entraînement a été restauré.</translation></message>
<message><source>Training</source><translation>Entraînement en cours</translation></message>
<message><source>Training has stopped</source><translation>L'entraînement s'est arrêté</translation></message>
<message><source>Training is finished.</source><translation>L'entraînement est terminé.</translation></message>
<message><source>Training {name}</source><translation>Entraînement {name}</translation></message>
<message><source>Training {name} is paused</source><translation>L'entraînement {name} est en pause</translation></message>
<message><source>Trains the whole network: another model that can change more</source><translation>Entraîne tout le réseau : un autre modèle, qui peut changer davantage</translation></message>
<message><source>Twenty of one style, or of one thing, are a good start.</source><translation>Vingt d'un même style ou d'un même sujet sont un bon début.</translation></message>
<message><source>Worse than {run}; the difference is significant.</source><translation>Moins bon que {run} ; la différence est significative.</translation></message>
<message><source>You get a LoRA: a small file that adds this style or thing to any prompt.</source><translation>Le résultat est un LoRA : un petit fichier qui ajoute ce style ou ce sujet à tout prompt.</translation></message>
<message><source>You get a copy of the model that draws more like your pictures.</source><translation>Le résultat est une copie du modèle, qui dessine davantage comme vos images.</translation></message>
<message><source>You get a small model that draws nothing but pictures like yours.</source><translation>Le résultat est un petit modèle qui ne dessine que des images semblables aux vôtres.</translation></message>
<message><source>less than a minute left</source><translation>reste moins d’une minute</translation></message>
<message><source>{done} of {count} pictures encoded</source><translation>Images encodées : {done} sur {count}</translation></message>
<message><source>{run} has no errors of the same pictures, so it cannot be compared.</source><translation>{run} n'a pas d'erreurs sur les mêmes images : aucune comparaison possible.</translation></message>
<message><source>{seen} of {samples} samples</source><translation>{seen} échantillons sur {samples}</translation></message>
<message><source>{speed} per second</source><translation>{speed} par seconde</translation></message>
</context>
<context>
<name>TrashView</name>
<message><source>Click a picture to restore it.</source><translation>Cliquez sur une image pour la restaurer.</translation></message>
<message><source>Deleted pictures move to the system's trash after 30 days.</source><translation>Les images supprimées vont dans la corbeille du système après 30 jours.</translation></message>
<message><source>Pictures of imported folders are only hidden; their files stay.</source><translation>Les images des dossiers importés sont seulement masquées ; leurs fichiers restent.</translation></message>
<message><source>Recently deleted</source><translation>Suppressions récentes</translation></message>
<message><source>Restore</source><translation>Restaurer</translation></message>
<message><source>Restore {pictures}</source><translation>Restaurer {pictures}</translation></message>
<message><source>There are no deleted pictures.</source><translation>Il n'y a pas d'images supprimées.</translation></message>
<message><source>What this window deleted moves to the system's trash when it closes, the rest after 30 days.</source><translation>Ce que cette fenêtre a supprimé va dans la corbeille du système à sa fermeture, le reste après 30 jours.</translation></message>
</context>
<context>
<name>VariationsController</name>
<message><source>A variation</source><translation>Une variation</translation></message>
<message><source>Back to the variations</source><translation>Revenir aux variations</translation></message>
<message><source>Click one to explore from it, the centre to use it</source><translation>Cliquer sur l’une pour explorer à partir d’elle, sur le centre pour l’utiliser</translation></message>
<message><source>The centre</source><translation>Le centre</translation></message>
<message><source>There is no model called {model}; its variations cannot be made here.</source><translation>Il n'y a pas de modèle nommé {model} ; ses variations ne peuvent pas être faites ici.</translation></message>
<message><source>seed {seed}</source><translation>graine {seed}</translation></message>
</context>
<context>
<name>VariationsView</name>
<message><source>Back to step {number} of the path</source><translation>Revenir à l'étape {number} du parcours</translation></message>
<message><source>Back to the start</source><translation>Revenir au début</translation></message>
<message><source>Compare with the centre</source><translation>Comparer au centre</translation></message>
<message><source>Current centre</source><translation>Centre actuel</translation></message>
<message><source>Distance</source><translation>Distance</translation></message>
<message><source>Distance from the centre's noise: 0 is the same noise, 1 is entirely different noise</source><translation>Distance au bruit du centre : 0 est le même bruit, 1 un bruit entièrement différent</translation></message>
<message><source>Explore from it</source><translation>Explorer d'ici</translation></message>
<message><source>Fast</source><translation>Rapide</translation></message>
<message><source>Pictures between them</source><translation>Images entre elles</translation></message>
<message><source>Start</source><translation>Début</translation></message>
<message><source>Step {number} of the path</source><translation>Étape {number} du parcours</translation></message>
<message><source>Use the fast variant of the model</source><translation>Utiliser la variante rapide du modèle</translation></message>
<message><source>Variations</source><translation>Variations</translation></message>
<message><source>far</source><translation>loin</translation></message>
<message><source>near</source><translation>près</translation></message>
</context>
<context>
<name>ViewModes</name>
<message><source>Both</source><translation>Les deux</translation></message>
<message><source>Difference</source><translation>Différence</translation></message>
<message><source>Noise</source><translation>Bruit</translation></message>
<message><source>Noisy</source><translation>Bruitée</translation></message>
<message><source>Predicted</source><translation>Prédite</translation></message>
<message><source>The change of the predicted picture in this step; grey where it is unchanged</source><translation>Le changement de l'image prédite à cette étape ; gris là où elle ne change pas</translation></message>
<message><source>The clean picture that the model predicts so far</source><translation>L'image nette que le modèle prédit à ce stade</translation></message>
<message><source>The noisy picture at this step</source><translation>L'image bruitée à cette étape</translation></message>
<message><source>The noisy picture beside the predicted one</source><translation>L'image bruitée à côté de l'image prédite</translation></message>
<message><source>The predicted noise: the noisy picture without the predicted one</source><translation>Le bruit prédit : l'image bruitée sans l'image prédite</translation></message>
</context>
<context>
<name>Viewer</name>
<message><source>The first step has no earlier one to compare with</source><translation>La première étape n'en a pas de précédente à comparer</translation></message>
<message><source>The noise of this step was not drawn</source><translation>Le bruit de cette étape n'a pas été dessiné</translation></message>
<message><source>This step left the predicted picture unchanged</source><translation>Cette étape n'a pas changé l'image prédite</translation></message>
<message><source>seed {seed}</source><translation>graine {seed}</translation></message>
<message><source>to its noise</source><translation>vers son bruit</translation></message>
</context>
<context>
<name>Welcome</name>
<message><source>Add a model file; it is used where it is, and nothing is copied</source><translation>Ajouter un fichier de modèle ; il est utilisé où il est, et rien n'est copié</translation></message>
<message><source>Draws pictures from a prompt.</source><translation>Dessine des images à partir d'un prompt.</translation></message>
<message><source>Draws pictures without a prompt.</source><translation>Dessine des images sans prompt.</translation></message>
<message><source>Draws things and small scenes as icons, from words in English and twelve other languages.</source><translation>Dessine des objets et de petites scènes sous forme d'icônes, à partir de mots anglais ou de douze autres langues.</translation></message>
<message><source>Use your own checkpoint…</source><translation>Utiliser son propre checkpoint…</translation></message>
</context>
<context>
<name>Window</name>
<message><source>Your pictures will appear here.

They are saved in {folder}.</source><translation>Vos images apparaîtront ici.

Elles sont enregistrées dans {folder}.</translation></message>
<message><source>{name} was added to the prompt</source><translation>{name} ajouté au prompt</translation></message>
<message><source>{name} was not added to the prompt</source><translation>{name} n'a pas été ajouté au prompt</translation></message>
</context>
<context>
<name>WordRow</name>
<message><source>Acted most at step {number} of {count} recorded steps</source><translation>A agi le plus à l'étape {number} des {count} étapes notées</translation></message>
</context>
<context>
<name>WordsView</name>
<message><source>All steps</source><translation>Toutes les étapes</translation></message>
<message><source>Close</source><translation>Fermer</translation></message>
<message><source>Point at a word to see where it acted, or at a place to see its words.</source><translation>Pointer un mot pour voir où il a agi, ou un endroit pour voir ses mots.</translation></message>
<message><source>Step</source><translation>Étape</translation></message>
<message><source>Step {number}</source><translation>Étape {number}</translation></message>
<message><source>The effect of each word</source><translation>L'effet de chaque mot</translation></message>
<message><source>Words of the prompt</source><translation>Mots du prompt</translation></message>
<message><source>Words that acted here: {words}</source><translation>Mots qui ont agi ici : {words}</translation></message>
<message><source>“{word}” acted where the picture is not faded, most at step {step}.</source><translation>« {word} » a agi là où l’image n’est pas estompée, surtout à l’étape {step}.</translation></message>
</context>
<context>
<name>_CanvasArea</name>
<message><source>Divider between the pictures</source><translation>Séparateur entre les images</translation></message>
<message><source>Noisy picture</source><translation>Image bruitée</translation></message>
<message><source>Sketch</source><translation>Croquis</translation></message>
</context>
<context>
<name>_Cell</name>
<message><source>Restore it</source><translation>La restaurer</translation></message>
<message><source>Restore {picture}</source><translation>Restaurer {picture}</translation></message>
</context>
<context>
<name>_Crash</name>
<message numerus="yes"><source>GDM Studio crashed %n time(s) while making “{title}”.</source><translation>
<numerusform>GDM Studio a planté %n fois en créant « {title} ».</numerusform>
<numerusform>GDM Studio a planté %n fois en créant « {title} ».</numerusform>
</translation></message>
<message><source>Remove</source><translation>Retirer</translation></message>
<message><source>Remove it and resume the queue</source><translation>La retirer et reprendre la file d'attente</translation></message>
<message><source>Resume it and the queue</source><translation>La reprendre, ainsi que la file d'attente</translation></message>
<message><source>The queue is paused: try it again or remove it.</source><translation>La file d'attente est en pause : réessayer ou la retirer.</translation></message>
<message><source>Try again</source><translation>Réessayer</translation></message>
</context>
<context>
<name>_Divider</name>
<message><source>Arrow keys move it</source><translation>Les flèches le déplacent</translation></message>
<message><source>Drag to resize; double-click for the default size</source><translation>Glisser pour redimensionner ; double-clic : taille par défaut</translation></message>
</context>
<context>
<name>_Empty</name>
<message><source>Compare pictures</source><translation>Comparer des images</translation></message>
<message><source>Open the gallery</source><translation>Ouvrir la galerie</translation></message>
<message><source>Select pictures there</source><translation>Y sélectionner des images</translation></message>
<message><source>They share zoom and position; a table shows their settings.</source><translation>Elles partagent zoom et position ; un tableau montre leurs réglages.</translation></message>
</context>
<context>
<name>_Field</name>
<message><source>A few letters of an action, a scheduler, a style or a model</source><translation>Quelques lettres d'une action, d'un planificateur, d'un style ou d'un modèle</translation></message>
<message><source>What would you like to do?</source><translation>Que faire ?</translation></message>
</context>
<context>
<name>_List</name>
<message><source>Actions</source><translation>Actions</translation></message>
</context>
<context>
<name>_Name</name>
<message><source>{setting} differs</source><translation>Différence : {setting}</translation></message>
</context>
<context>
<name>_Picture</name>
<message><source>Preview</source><translation>Aperçu</translation></message>
</context>
<context>
<name>_PlaceView</name>
<message><source>Places of the gallery</source><translation>Emplacements de la galerie</translation></message>
<message><source>Rename</source><translation>Renommer</translation></message>
</context>
<context>
<name>_PresetRow</name>
<message><source>Delete {name}</source><translation>Supprimer {name}</translation></message>
<message><source>New name</source><translation>Nouveau nom</translation></message>
<message><source>Rename {name}</source><translation>Renommer {name}</translation></message>
</context>
<context>
<name>_Row</name>
<message><source>in use</source><translation>utilisé</translation></message>
<message><source>recent</source><translation>récent</translation></message>
</context>
<context>
<name>_Strip</name>
<message><source>Above: x at a step. Below: the prediction of the network</source><translation>En haut : x à une étape. En bas : la prédiction du réseau</translation></message>
<message><source>Denoising of a picture: x above, the prediction of the network below</source><translation>Débruitage d'une image : x en haut, la prédiction du réseau en bas</translation></message>
</context>
<context>
<name>_Table</name>
<message><source>Models</source><translation>Modèles</translation></message>
</context>
<context>
<name>card_view</name>
<message numerus="yes"><source>%n noise level(s)</source><translation>
<numerusform>%n niveau de bruit</numerusform>
<numerusform>%n niveaux de bruit</numerusform>
</translation></message>
<message><source>A picture, in matrix products</source><translation>Une image, en produits matriciels</translation></message>
<message><source>Author</source><translation>Auteur</translation></message>
<message><source>Blurry areas, neither flat nor an edge</source><translation>Zones floues, ni aplat ni contour</translation></message>
<message><source>Colours as requested</source><translation>Couleurs conformes</translation></message>
<message><source>Colours new to a subject</source><translation>Couleurs nouvelles pour un sujet</translation></message>
<message><source>Colours new to a subject, subject recognised</source><translation>Couleurs nouvelles pour un sujet, sujet reconnu</translation></message>
<message><source>Decoder, colours</source><translation>Décodeur, couleurs</translation></message>
<message><source>Decoder, its worst style</source><translation>Décodeur, son pire style</translation></message>
<message><source>Decoder, transparency</source><translation>Décodeur, transparence</translation></message>
<message><source>Family</source><translation>Famille</translation></message>
<message><source>File</source><translation>Fichier</translation></message>
<message><source>Fréchet distance, against training</source><translation>Distance de Fréchet, face à l'entraînement</translation></message>
<message><source>Hash, {name}</source><translation>Hash, {name}</translation></message>
<message><source>Its file does not say. See the licence on the web page of the model.</source><translation>Son fichier ne le dit pas. Voir la licence sur la page web du modèle.</translation></message>
<message><source>Kernel distance</source><translation>Distance à noyau</translation></message>
<message><source>Kind</source><translation>Type</translation></message>
<message><source>Latents</source><translation>Latents</translation></message>
<message><source>Licence</source><translation>Licence</translation></message>
<message><source>Made for</source><translation>Fait pour</translation></message>
<message><source>Memory</source><translation>Mémoire</translation></message>
<message><source>Named by someone new</source><translation>Nommées par une nouvelle personne</translation></message>
<message><source>Named by someone new, second list</source><translation>Nommées par une nouvelle personne, seconde liste</translation></message>
<message><source>No: its licence, {licence}, does not allow that.</source><translation>Non : sa licence, {licence}, ne le permet pas.</translation></message>
<message><source>No: some of its training data may not be used commercially. See below.</source><translation>Non : certaines de ses données d'entraînement ne peuvent pas servir commercialement. Voir ci-dessous.</translation></message>
<message><source>Other file's {part}</source><translation>D’un autre fichier : {part}</translation></message>
<message><source>Parameters</source><translation>Paramètres</translation></message>
<message><source>Pictures</source><translation>Images</translation></message>
<message><source>Pictures a second on a GPU</source><translation>Images par seconde sur un GPU</translation></message>
<message><source>Pictures seen before that</source><translation>Images vues avant cela</translation></message>
<message><source>Pictures seen in training</source><translation>Images vues à l'entraînement</translation></message>
<message><source>Pixel error on training pictures, × 1e-3</source><translation>Erreur de pixel sur les images d'entraînement, × 1e-3</translation></message>
<message><source>Predicts</source><translation>Prédit</translation></message>
<message><source>Recognised from its prompt, against drawings</source><translation>Reconnues d'après leur prompt, face aux dessins</translation></message>
<message><source>Recognised from its prompt, against its teacher</source><translation>Reconnues d'après leur prompt, face au professeur</translation></message>
<message><source>Recognised from its prompt, without a style</source><translation>Reconnues d'après leur prompt, sans style</translation></message>
<message><source>Repeats among prompts without a style</source><translation>Répétitions parmi les prompts sans style</translation></message>
<message><source>Repeats among subjects in a new style</source><translation>Répétitions parmi les sujets dans un nouveau style</translation></message>
<message><source>Repeats of training pictures</source><translation>Répétitions d'images d'entraînement</translation></message>
<message><source>Repeats of training pictures, by features</source><translation>Répétitions d'images d'entraînement, par traits</translation></message>
<message><source>Repeats of training pictures, by pixels</source><translation>Répétitions d'images d'entraînement, par pixels</translation></message>
<message><source>Score norms</source><translation>Normes du score</translation></message>
<message><source>Size</source><translation>Taille</translation></message>
<message><source>Started from the weights of</source><translation>Parti des poids de</translation></message>
<message><source>Style recognised, against drawings</source><translation>Style reconnu, face aux dessins</translation></message>
<message><source>That depends on its licence: {licence}.</source><translation>Cela dépend de sa licence : {licence}.</translation></message>
<message><source>Time</source><translation>Durée</translation></message>
<message><source>Varies with temperature</source><translation>Varie avec la température</translation></message>
<message><source>Words not in its training</source><translation>Mots absents de l'entraînement</translation></message>
<message><source>Yes, according to its web page: {licence}.</source><translation>Oui, selon sa page web : {licence}.</translation></message>
<message><source>Yes, except for the uses that its licence excludes: see {licence}.</source><translation>Oui, sauf pour les usages que sa licence exclut : voir {licence}.</translation></message>
<message><source>Yes, with credit if a picture is close to its sources: {authors}.</source><translation>Oui, en créditant si une image est proche de ses sources : {authors}.</translation></message>
<message><source>Yes. Its sources only require that their licences stay with the model.</source><translation>Oui. Ses sources exigent seulement que leurs licences accompagnent le modèle.</translation></message>
<message><source>about {size}</source><translation>environ {size}</translation></message>
<message><source>about {time}, {steps} steps</source><translation>environ {time}, {steps} étapes</translation></message>
<message><source>about {time}, {steps} steps, as before</source><translation>environ {time}, {steps} étapes, comme avant</translation></message>
<message><source>{limit} can be used, and it needs at least {least}. Choose a smaller size.</source><translation>{limit} utilisables, alors qu'il faut au moins {least}. Choisir une taille plus petite.</translation></message>
<message><source>{limit} can be used, so its weights are read from the disk at each step.</source><translation>{limit} utilisables : ses poids sont lus sur le disque à chaque étape.</translation></message>
<message><source>{size} GB</source><translation>{size} Go</translation></message>
<message><source>{size} × {size}, opaque</source><translation>{size} × {size}, opaque</translation></message>
<message><source>{size} × {size}, transparent</source><translation>{size} × {size}, transparente</translation></message>
<message><source>{title} by {author}</source><translation>{title} de {author}</translation></message>
</context>
<context>
<name>compare_facts</name>
<message><source>, transparent</source><translation>, transparente</translation></message>
<message><source>a picture</source><translation>une image</translation></message>
<message><source>none</source><translation>aucun</translation></message>
<message><source>step {step} of {seed}</source><translation>étape {step} de {seed}</translation></message>
<message><source>{made} of {steps}</source><translation>{made} sur {steps}</translation></message>
<message><source>{target}, seed {seed}</source><translation>{target}, graine {seed}</translation></message>
</context>
<context>
<name>dates</name>
<message><source>MMMM</source><translation>MMMM</translation></message>
<message><source>MMMM yyyy</source><translation>MMMM yyyy</translation></message>
<message><source>d MMM</source><translation>d MMM</translation></message>
<message><source>d MMM yyyy</source><translation>d MMM yyyy</translation></message>
<message><source>dddd, d MMMM</source><translation>dddd d MMMM</translation></message>
<message><source>dddd, d MMMM yyyy</source><translation>dddd d MMMM yyyy</translation></message>
<message><source>dddd, dd MMMM yyyy, HH:mm:ss</source><translation>dddd d MMMM yyyy, HH:mm:ss</translation></message>
</context>
<context>
<name>days</name>
<message><source>Today</source><translation>Aujourd'hui</translation></message>
<message><source>Yesterday</source><translation>Hier</translation></message>
</context>
<context>
<name>facts</name>
<message><source>Edited</source><translation>Modifiée</translation></message>
<message><source>Made with</source><translation>Faite avec</translation></message>
<message><source>Model</source><translation>Modèle</translation></message>
<message><source>Requested by</source><translation>Demandée par</translation></message>
<message><source>Settings</source><translation>Réglages</translation></message>
<message><source>Size</source><translation>Taille</translation></message>
<message><source>Stopped at step</source><translation>Arrêtée à l'étape</translation></message>
<message><source>Style</source><translation>Style</translation></message>
<message><source>Target seed</source><translation>Graine visée</translation></message>
<message><source>a picture</source><translation>une image</translation></message>
<message><source>in another program</source><translation>dans un autre programme</translation></message>
<message><source>just now</source><translation>à l'instant</translation></message>
<message><source>none in its file</source><translation>aucun dans le fichier</translation></message>
<message><source>with a mask</source><translation>avec un masque</translation></message>
<message><source>yesterday</source><translation>hier</translation></message>
<message><source>{minutes} min ago</source><translation>il y a {minutes} min</translation></message>
<message><source>{share} of seed {seed}</source><translation>{share} de la graine {seed}</translation></message>
</context>
<context>
<name>gallery</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n image</numerusform>
<numerusform>%n images</numerusform>
</translation></message>
</context>
<context>
<name>picture_files</name>
<message><source>Pictures ({suffixes})</source><translation>Images ({suffixes})</translation></message>
</context>
<context>
<name>progress</name>
<message><source>paused</source><translation>en pause</translation></message>
<message><source>starting…</source><translation>démarrage…</translation></message>
<message><source>{images} of {count} done</source><translation>{images} sur {count} faites</translation></message>
<message><source>{seconds} s</source><translation>{seconds} s</translation></message>
<message><source>{step} of {steps}</source><translation>{step} sur {steps}</translation></message>
<message><source>{time} left</source><translation>reste {time}</translation></message>
</context>
<context>
<name>steps</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n étape</numerusform>
<numerusform>%n étapes</numerusform>
</translation></message>
</context>
<context>
<name>system_trash</name>
<message><source>{file} cannot be moved to the trash; delete it yourself, or restore it.</source><translation>{file} ne peut pas aller à la corbeille ; le supprimer manuellement, ou le restaurer.</translation></message>
</context>
</TS>
