<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en_GB">
<context>
<name>About</name>
<message numerus="yes"><source>%n note(s)</source><translation>
<numerusform>%n nota</numerusform>
<numerusform>%n notas</numerusform>
</translation></message>
<message><source>Checking…</source><translation>Comprobando…</translation></message>
<message><source>Copy report</source><translation>Copiar informe</translation></message>
<message><source>Copy the report as text</source><translation>Copiar el informe como texto</translation></message>
<message><source>Everything is fine</source><translation>Todo está bien</translation></message>
<message><source>Licences</source><translation>Licencias</translation></message>
<message><source>Show the licences of the program and its parts</source><translation>Mostrar las licencias del programa y sus componentes</translation></message>
<message><source>fine</source><translation>bien</translation></message>
<message><source>worth a look</source><translation>por revisar</translation></message>
<message><source>wrong</source><translation>error</translation></message>
</context>
<context>
<name>Action</name>
<message><source>About this computer</source><translation>Acerca de este equipo</translation></message>
<message><source>Actual size</source><translation>Tamaño real</translation></message>
<message><source>Add a copy with the next seeds</source><translation>Añadir una copia con otras semillas</translation></message>
<message><source>Add a folder of models…</source><translation>Añadir una carpeta de modelos…</translation></message>
<message><source>Add a picture whose lines, depth or pose the next pictures follow</source><translation>Añadir una imagen cuyas líneas, profundidad o pose sigan las siguientes</translation></message>
<message><source>Add a tag</source><translation>Añadir etiqueta</translation></message>
<message><source>Add folder…</source><translation>Añadir carpeta…</translation></message>
<message><source>Add model files…</source><translation>Añadir archivos de modelos…</translation></message>
<message><source>Add noise</source><translation>Añadir ruido</translation></message>
<message><source>Add noise to the picture</source><translation>Añadir ruido a la imagen</translation></message>
<message><source>Add noise to the picture, or recover its noise</source><translation>Añadir ruido a la imagen o recuperar su ruido</translation></message>
<message><source>Add picture files</source><translation>Añadir archivos de imagen</translation></message>
<message><source>Add to a collection</source><translation>Añadir a una colección</translation></message>
<message><source>Add to the queue</source><translation>Añadir a la cola</translation></message>
<message><source>Add…</source><translation>Añadir…</translation></message>
<message><source>Another seed</source><translation>Otra semilla</translation></message>
<message><source>Axes</source><translation>Ejes</translation></message>
<message><source>Back to the model's defaults</source><translation>Volver a los valores del modelo</translation></message>
<message><source>Branch from here</source><translation>Ramificar aquí</translation></message>
<message><source>Bring back the prompt before this one</source><translation>Recuperar el prompt anterior a este</translation></message>
<message><source>Canvas colour…</source><translation>Color del lienzo…</translation></message>
<message><source>Change…</source><translation>Cambiar…</translation></message>
<message><source>Choose files…</source><translation>Elegir archivos…</translation></message>
<message><source>Choose the colour behind transparent pictures</source><translation>Elegir el color detrás de las imágenes transparentes</translation></message>
<message><source>Choose the two settings of the grid</source><translation>Elegir los dos ajustes de la cuadrícula</translation></message>
<message><source>Clear</source><translation>Vaciar</translation></message>
<message><source>Clear the queue</source><translation>Vaciar la cola</translation></message>
<message><source>Code that generates the same pictures with this program</source><translation>Código que genera las mismas imágenes con este programa</translation></message>
<message><source>Collection…</source><translation>Colección…</translation></message>
<message><source>Compare</source><translation>Comparar</translation></message>
<message><source>Compare picture files</source><translation>Comparar archivos de imagen</translation></message>
<message><source>Compare picture files…</source><translation>Comparar archivos de imagen…</translation></message>
<message><source>Compare pictures side by side</source><translation>Comparar imágenes lado a lado</translation></message>
<message><source>Compare schedulers with the same seed</source><translation>Comparar los planificadores con la misma semilla</translation></message>
<message><source>Compare schedulers…</source><translation>Comparar planificadores…</translation></message>
<message><source>Compare something else</source><translation>Comparar otra cosa</translation></message>
<message><source>Compare the systems of the literature</source><translation>Comparar los métodos de la bibliografía</translation></message>
<message><source>Compare this step with the last one</source><translation>Comparar este paso con el último</translation></message>
<message><source>Compare with final</source><translation>Comparar con la final</translation></message>
<message><source>Continue with changes</source><translation>Continuar con cambios</translation></message>
<message><source>Copy</source><translation>Copiar</translation></message>
<message><source>Copy credit</source><translation>Copiar créditos</translation></message>
<message><source>Copy path</source><translation>Copiar ruta</translation></message>
<message><source>Copy the credit for the training drawings</source><translation>Copiar los créditos de los dibujos de entrenamiento</translation></message>
<message><source>Copy the path of the picture's file</source><translation>Copiar la ruta del archivo de la imagen</translation></message>
<message><source>Copy the picture for other programs</source><translation>Copiar la imagen para otros programas</translation></message>
<message><source>Copy this step as shown</source><translation>Copiar este paso tal como se ve</translation></message>
<message><source>Create</source><translation>Crear</translation></message>
<message><source>Dark theme</source><translation>Tema oscuro</translation></message>
<message><source>Delete</source><translation>Eliminar</translation></message>
<message><source>Delete and show the next picture; Ctrl+Z brings it back</source><translation>Eliminar y mostrar la imagen siguiente; Control+Z la recupera</translation></message>
<message><source>Delete; Ctrl+Z brings it back</source><translation>Eliminar; Control+Z la recupera</translation></message>
<message><source>Desktop theme</source><translation>Tema del sistema</translation></message>
<message><source>Detail…</source><translation>Refinar un detalle…</translation></message>
<message><source>Does it reproduce?</source><translation>¿Se reproduce?</translation></message>
<message><source>Download a model with all its parts, or resume a download</source><translation>Descargar un modelo con todas sus partes, o reanudar una descarga</translation></message>
<message><source>Draw on it</source><translation>Dibujar encima</translation></message>
<message><source>Draw on the picture, which each stroke generates again</source><translation>Dibujar sobre la imagen, que cada trazo regenera</translation></message>
<message><source>Draw, and the picture follows each stroke</source><translation>Dibujar; la imagen sigue cada trazo</translation></message>
<message><source>Duplicate</source><translation>Duplicar</translation></message>
<message><source>Earlier prompt</source><translation>Prompt anterior</translation></message>
<message><source>Edit</source><translation>Editar</translation></message>
<message><source>Edit a folder…</source><translation>Editar una carpeta…</translation></message>
<message><source>Edit all pictures of a folder from one prompt, or upscale them</source><translation>Editar todas las imágenes de una carpeta con un prompt, o ampliarlas</translation></message>
<message><source>Edit its settings; Generate puts it back</source><translation>Editar sus ajustes; Generar la devuelve a la cola</translation></message>
<message><source>Edit picture</source><translation>Editar imagen</translation></message>
<message><source>Effect of each word</source><translation>Efecto de cada palabra</translation></message>
<message><source>Enlarge and refine…</source><translation>Ampliar y refinar…</translation></message>
<message><source>Examples</source><translation>Ejemplos</translation></message>
<message><source>Explore pictures near this one</source><translation>Explorar imágenes cercanas a esta</translation></message>
<message><source>Export set…</source><translation>Exportar serie…</translation></message>
<message><source>Export the animation…</source><translation>Exportar la animación…</translation></message>
<message><source>Export…</source><translation>Exportar…</translation></message>
<message><source>Extend</source><translation>Extender</translation></message>
<message><source>Extend the picture in a larger frame</source><translation>Extender la imagen en un marco mayor</translation></message>
<message><source>Family</source><translation>Familia</translation></message>
<message><source>Family tree</source><translation>Genealogía</translation></message>
<message><source>Fast</source><translation>Rápido</translation></message>
<message><source>Favourite</source><translation>Favorito</translation></message>
<message><source>Find any action by name</source><translation>Buscar acciones por nombre</translation></message>
<message><source>Find similar</source><translation>Buscar similares</translation></message>
<message><source>First step</source><translation>Primer paso</translation></message>
<message><source>Fit</source><translation>Ajustar</translation></message>
<message><source>Fit the picture in the window</source><translation>Ajustar la imagen a la ventana</translation></message>
<message><source>Fit the pictures in their places</source><translation>Ajustar las imágenes a sus espacios</translation></message>
<message><source>Fix</source><translation>Arreglar</translation></message>
<message><source>Follow a picture…</source><translation>Seguir una imagen…</translation></message>
<message><source>Free memory</source><translation>Liberar memoria</translation></message>
<message><source>Gallery</source><translation>Galería</translation></message>
<message><source>Generate</source><translation>Generar</translation></message>
<message><source>Generate it again from its file and compare</source><translation>Generarla de nuevo a partir de su archivo y comparar</translation></message>
<message><source>Generate what a word describes again at full size, such as a face</source><translation>Genera de nuevo a tamaño completo lo que describe una palabra, como una cara</translation></message>
<message><source>Get a model…</source><translation>Obtener un modelo…</translation></message>
<message><source>Give back all memory of the models, also on the GPU</source><translation>Devolver toda la memoria de los modelos, también en la GPU</translation></message>
<message><source>Go to</source><translation>Ir a</translation></message>
<message><source>Grid over two settings…</source><translation>Cuadrícula de dos ajustes…</translation></message>
<message><source>Here</source><translation>Aquí</translation></message>
<message><source>Hide or show the side panels; Tab works after a click on the canvas</source><translation>Ocultar o mostrar los paneles laterales; Tab funciona tras un clic en el lienzo</translation></message>
<message><source>Keep</source><translation>Conservar</translation></message>
<message><source>Keep as picture</source><translation>Conservar como imagen</translation></message>
<message><source>Keep or delete pictures one by one: the selected ones, or all that are listed</source><translation>Conservar o eliminar imágenes una por una: las seleccionadas, o todas las de la lista</translation></message>
<message><source>Keep the selected while others are made again</source><translation>Conservar las seleccionadas cuando se rehacen otras</translation></message>
<message><source>Keyboard shortcuts</source><translation>Atajos de teclado</translation></message>
<message><source>Larger brush</source><translation>Pincel más grande</translation></message>
<message><source>Larger pictures</source><translation>Imágenes más grandes</translation></message>
<message><source>Learn</source><translation>Aprender</translation></message>
<message><source>Leave the branch</source><translation>Salir de la rama</translation></message>
<message><source>Leave the branch; pictures start from noise again</source><translation>Salir de la rama; las imágenes parten de nuevo del ruido</translation></message>
<message><source>Light theme</source><translation>Tema claro</translation></message>
<message><source>Live</source><translation>En vivo</translation></message>
<message><source>Lock</source><translation>Bloquear</translation></message>
<message><source>Make a set of pictures in one style from a list</source><translation>Crear una serie de imágenes en un mismo estilo a partir de una lista</translation></message>
<message><source>Make all waiting pictures on the cluster of the settings</source><translation>Crear todas las imágenes en espera en el clúster de los ajustes</translation></message>
<message><source>Make similar pictures</source><translation>Crear imágenes similares</translation></message>
<message><source>Make the picture</source><translation>Crear la imagen</translation></message>
<message><source>Make the remaining steps</source><translation>Hacer los pasos restantes</translation></message>
<message><source>Make the remaining steps with {changes}</source><translation>Hacer los pasos restantes con {changes}</translation></message>
<message><source>Make the selected again, or all that are not locked</source><translation>Rehacer las seleccionadas, o todas las que no están bloqueadas</translation></message>
<message><source>Mark as a favourite and show the next picture</source><translation>Marcar como favorita y mostrar la imagen siguiente</translation></message>
<message><source>Mark the focused picture, or that in the centre, as a favourite</source><translation>Marcar la imagen enfocada, o la del centro, como favorita</translation></message>
<message><source>Mark the picture shown as a favourite</source><translation>Marcar la imagen mostrada como favorita</translation></message>
<message><source>Mask</source><translation>Máscara</translation></message>
<message><source>Models</source><translation>Modelos</translation></message>
<message><source>Move the keyboard focus to the picture, the list, the top bar and back</source><translation>Mover el foco del teclado a la imagen, la lista, la barra superior y volver</translation></message>
<message><source>New set</source><translation>Nueva serie</translation></message>
<message><source>Newest step</source><translation>Último paso</translation></message>
<message><source>Next</source><translation>Siguiente</translation></message>
<message><source>Next part of the page</source><translation>Parte siguiente de la página</translation></message>
<message><source>Next step</source><translation>Paso siguiente</translation></message>
<message><source>Next view</source><translation>Vista siguiente</translation></message>
<message><source>Noise</source><translation>Ruido</translation></message>
<message><source>One file with the pictures and their settings, without links</source><translation>Un solo archivo con las imágenes y sus ajustes, sin enlaces</translation></message>
<message><source>Open as set</source><translation>Abrir como serie</translation></message>
<message><source>Open folder</source><translation>Abrir carpeta</translation></message>
<message><source>Open its folder</source><translation>Abrir su carpeta</translation></message>
<message><source>Open or close the queue</source><translation>Abrir o cerrar la cola</translation></message>
<message><source>Open or close the stack</source><translation>Abrir o cerrar la pila</translation></message>
<message><source>Paint the part to regenerate</source><translation>Pintar la parte que se regenerará</translation></message>
<message><source>Paste a picture</source><translation>Pegar una imagen</translation></message>
<message><source>Pause</source><translation>Pausar</translation></message>
<message><source>Pause or resume</source><translation>Pausar o reanudar</translation></message>
<message><source>Pause or resume the queue</source><translation>Pausar o reanudar la cola</translation></message>
<message><source>Pause or resume this one</source><translation>Pausar o reanudar esta</translation></message>
<message><source>Pictures between two seeds or prompts</source><translation>Imágenes entre dos semillas o prompts</translation></message>
<message><source>Play the steps</source><translation>Reproducir los pasos</translation></message>
<message><source>Present the steps</source><translation>Presentar los pasos</translation></message>
<message><source>Preset</source><translation>Preajuste</translation></message>
<message><source>Presets…</source><translation>Preajustes…</translation></message>
<message><source>Previous part of the page</source><translation>Parte anterior de la página</translation></message>
<message><source>Previous step</source><translation>Paso anterior</translation></message>
<message><source>Previous view</source><translation>Vista anterior</translation></message>
<message><source>Queue</source><translation>Cola</translation></message>
<message><source>Quit</source><translation>Salir</translation></message>
<message><source>Recover noise</source><translation>Recuperar el ruido</translation></message>
<message><source>Recover the noise that leads to this picture, for other words in the same layout</source><translation>Recuperar el ruido que lleva a esta imagen, para otras palabras con la misma composición</translation></message>
<message><source>Redo</source><translation>Rehacer</translation></message>
<message><source>Reject</source><translation>Descartar</translation></message>
<message><source>Remove</source><translation>Quitar</translation></message>
<message><source>Remove all waiting pictures; Undo brings them back</source><translation>Quitar todas las imágenes en espera; Deshacer las recupera</translation></message>
<message><source>Remove from favourites</source><translation>Quitar de favoritos</translation></message>
<message><source>Remove it from the queue</source><translation>Quitar de la cola</translation></message>
<message><source>Remove the selected from the set</source><translation>Quitar la selección de la serie</translation></message>
<message><source>Repeat</source><translation>Repetir</translation></message>
<message><source>Repeat what was undone</source><translation>Repetir lo que se deshizo</translation></message>
<message><source>Repeat with the next seeds until stopped</source><translation>Repetir con las semillas siguientes hasta detenerlo</translation></message>
<message><source>Resume</source><translation>Reanudar</translation></message>
<message><source>Reverse the order</source><translation>Invertir el orden</translation></message>
<message><source>Review</source><translation>Revisar</translation></message>
<message><source>Run the queue on a cluster</source><translation>Ejecutar la cola en un clúster</translation></message>
<message><source>Save</source><translation>Guardar</translation></message>
<message><source>Save animation…</source><translation>Guardar animación…</translation></message>
<message><source>Save as WebP, GIF or MP4</source><translation>Guardar como WebP, GIF o MP4</translation></message>
<message><source>Save as picture</source><translation>Guardar como imagen</translation></message>
<message><source>Save larger, as SVG or as icons</source><translation>Guardar más grande, como SVG o como iconos</translation></message>
<message><source>Save the comparison as a notebook</source><translation>Guardar la comparación como cuaderno</translation></message>
<message><source>Save the comparison as a web page</source><translation>Guardar la comparación como página web</translation></message>
<message><source>Save the comparison as one labelled picture</source><translation>Guardar la comparación como una sola imagen rotulada</translation></message>
<message><source>Save the picture as it is now</source><translation>Guardar la imagen tal como está ahora</translation></message>
<message><source>Save the prediction of this step in the gallery</source><translation>Guardar la predicción de este paso en la galería</translation></message>
<message><source>Save the settings under a name, or use saved ones</source><translation>Guardar los ajustes con un nombre, o usar otros guardados</translation></message>
<message><source>Save the sheet as one labelled picture</source><translation>Guardar la lámina como una sola imagen rotulada</translation></message>
<message><source>Save the steps as an animation</source><translation>Guardar los pasos como animación</translation></message>
<message><source>Search actions</source><translation>Buscar acciones</translation></message>
<message><source>Search field</source><translation>Campo de búsqueda</translation></message>
<message><source>Set</source><translation>Serie</translation></message>
<message><source>Setting</source><translation>Ajuste</translation></message>
<message><source>Settings</source><translation>Ajustes</translation></message>
<message><source>Show all pictures of this stack, or only the newest</source><translation>Mostrar todas las imágenes de esta pila, o solo la más reciente</translation></message>
<message><source>Show eight others at this distance</source><translation>Mostrar otras ocho a esta distancia</translation></message>
<message><source>Show example prompts</source><translation>Mostrar prompts de ejemplo</translation></message>
<message><source>Show file settings</source><translation>Ver ajustes del archivo</translation></message>
<message><source>Show its branches and its parents</source><translation>Mostrar sus ramas y sus padres</translation></message>
<message><source>Show near-identical pictures that follow each other as one</source><translation>Mostrar como una sola las imágenes seguidas casi idénticas</translation></message>
<message><source>Show pictures like this one, by their prompts and their looks</source><translation>Mostrar imágenes como esta, por sus prompts y su aspecto</translation></message>
<message><source>Show the formula of this step, its noise levels and its code</source><translation>Mostrar la fórmula de este paso, sus niveles de ruido y su código</translation></message>
<message><source>Show the grid</source><translation>Mostrar cuadrícula</translation></message>
<message><source>Show the next picture</source><translation>Mostrar la imagen siguiente</translation></message>
<message><source>Show the noisy and the predicted picture in full screen</source><translation>Mostrar la imagen con ruido y la prevista a pantalla completa</translation></message>
<message><source>Show the pictures of a folder without copying them</source><translation>Mostrar las imágenes de una carpeta sin copiarlas</translation></message>
<message><source>Show this set in the gallery</source><translation>Mostrar esta serie en la galería</translation></message>
<message><source>Show which of its settings are used, ignored or unknown</source><translation>Mostrar cuáles de sus ajustes se usan, se ignoran o se desconocen</translation></message>
<message><source>Shuffle</source><translation>Barajar</translation></message>
<message><source>Side panels</source><translation>Paneles laterales</translation></message>
<message><source>Sketch</source><translation>Boceto</translation></message>
<message><source>Smaller brush</source><translation>Pincel más pequeño</translation></message>
<message><source>Smaller pictures</source><translation>Imágenes más pequeñas</translation></message>
<message><source>Stacks</source><translation>Pilas</translation></message>
<message><source>Start from a picture…</source><translation>Partir de una imagen…</translation></message>
<message><source>Start from the picture on the clipboard</source><translation>Partir de la imagen del portapapeles</translation></message>
<message><source>Start from the picture, repaint a part or a detail of it, or extend it</source><translation>Partir de la imagen, repintar una parte o un detalle, o extenderla</translation></message>
<message><source>Start from this</source><translation>Partir de esta</translation></message>
<message><source>Start the next pictures from this one</source><translation>Iniciar las próximas imágenes desde esta</translation></message>
<message><source>Start the next pictures from this step</source><translation>Iniciar las próximas imágenes desde este paso</translation></message>
<message><source>Start with an empty sheet; this set stays in the gallery</source><translation>Empezar con una lámina vacía; esta serie se queda en la galería</translation></message>
<message><source>Steps</source><translation>Pasos</translation></message>
<message><source>Stop</source><translation>Detener</translation></message>
<message><source>Stop all running jobs</source><translation>Detener todas las tareas</translation></message>
<message><source>Stop playing</source><translation>Parar los pasos</translation></message>
<message><source>Stop what is running after this step</source><translation>Detener lo que está en curso tras este paso</translation></message>
<message><source>Swap</source><translation>Permutar</translation></message>
<message><source>Tag</source><translation>Etiquetar</translation></message>
<message><source>Teach a model from your own pictures</source><translation>Enseñar a un modelo con imágenes propias</translation></message>
<message><source>This step, in numbers</source><translation>Este paso, en números</translation></message>
<message><source>Toggle full screen</source><translation>Pantalla completa</translation></message>
<message><source>Train</source><translation>Entrenar</translation></message>
<message><source>Try again</source><translation>Reintentar</translation></message>
<message><source>Try again with settings that work</source><translation>Reintentar con ajustes que funcionen</translation></message>
<message><source>Undo</source><translation>Deshacer</translation></message>
<message><source>Undo the last action</source><translation>Deshacer la última acción</translation></message>
<message><source>Update the picture as you change the prompt and sliders</source><translation>Actualizar la imagen a medida que cambian el prompt y los deslizadores</translation></message>
<message><source>Upscale the picture, and let the model refine it in tiles</source><translation>Ampliar la imagen y dejar que el modelo la refine por mosaicos</translation></message>
<message><source>Use</source><translation>Usar</translation></message>
<message><source>Use a faster version of this model with few steps</source><translation>Usar una versión más rápida de este modelo, con pocos pasos</translation></message>
<message><source>Use all settings of this picture</source><translation>Usar todos los ajustes de esta imagen</translation></message>
<message><source>Use model files where they are, without copying them</source><translation>Usar archivos de modelos donde están, sin copiarlos</translation></message>
<message><source>Use settings</source><translation>Usar ajustes</translation></message>
<message><source>Use the models of another program without copying them</source><translation>Usar los modelos de otro programa sin copiarlos</translation></message>
<message><source>Use the settings of the picture shown</source><translation>Usar los ajustes de la imagen mostrada</translation></message>
<message><source>Vary</source><translation>Variar</translation></message>
<message><source>Vary the picture</source><translation>Variar la imagen</translation></message>
<message><source>Watch samplers on points in the plane</source><translation>Observar los muestreadores con puntos del plano</translation></message>
<message><source>Write a folder with its icons for an app or a website</source><translation>Escribir una carpeta con sus iconos para una aplicación o un sitio web</translation></message>
<message><source>Write something else for the selected in the list</source><translation>Escribir otra cosa en la lista para la seleccionada</translation></message>
<message><source>adetailer segment face hands fix restore refine inpaint</source><translation>cara manos arreglar refinar adetailer segment face hands fix restore refine inpaint</translation></message>
<message><source>again repeat</source><translation>repetir de nuevo</translation></message>
<message><source>album folder group set</source><translation>álbum carpeta grupo conjunto album folder group set</translation></message>
<message><source>animate preview animation timelapse stop</source><translation>animar vista previa animación cámara rápida detener animate preview animation timelapse stop</translation></message>
<message><source>at once parallel vram memory together</source><translation>a la vez paralelo vram memoria juntas at once parallel vram memory together</translation></message>
<message><source>attention maps cross-attention heatmap daam tokens words</source><translation>mapas de atención atención cruzada mapa de calor daam tokens palabras attention maps cross-attention heatmap daam tokens words</translation></message>
<message><source>background ground checkerboard transparency dark light</source><translation>fondo damero ajedrez transparencia oscuro claro background ground checkerboard transparency dark light</translation></message>
<message><source>batch count batch size images amount how many number</source><translation>número de lotes tamaño de lote imágenes cantidad cuántas número batch count batch size images amount how many number</translation></message>
<message><source>batch directory process inpaint upscale many</source><translation>batch lote directorio muchas inpaint upscale</translation></message>
<message><source>browser images outputs history</source><translation>explorador imágenes salidas historial browser images outputs history</translation></message>
<message><source>cancel abort interrupt</source><translation>cancelar abortar interrumpir cancel abort interrupt</translation></message>
<message><source>cancel all empty</source><translation>cancelar todo vaciar cancel all empty</translation></message>
<message><source>cfg rescale</source><translation>reescalado cfg cfg rescale</translation></message>
<message><source>cfg scale classifier free guidance scale strictness adherence</source><translation>escala cfg guía sin clasificador fidelidad rigor cfg scale classifier free guidance scale strictness adherence</translation></message>
<message><source>checkpoint ckpt weights safetensors unet</source><translation>punto de control pesos checkpoint ckpt weights safetensors unet</translation></message>
<message><source>checkpoints ckpt lora weights safetensors load install</source><translation>puntos de control pesos cargar instalar checkpoints ckpt lora weights safetensors load install</translation></message>
<message><source>clear empty</source><translation>vaciar vacío nuevo</translation></message>
<message><source>clip stop at last layers</source><translation>salto de clip últimas capas clip stop at last layers</translation></message>
<message><source>clipboard</source><translation>portapapeles clipboard</translation></message>
<message><source>clipboard file name location folder</source><translation>portapapeles archivo nombre ubicación carpeta clipboard file name location folder</translation></message>
<message><source>command palette commands</source><translation>paleta de comandos comandos órdenes command palette commands</translation></message>
<message><source>controlnet control net t2i adapter canny depth pose scribble reference ip-adapter lines image prompt style</source><translation>controlnet t2i adapter scribble control canny profundidad depth pose referencia ip-adapter líneas imagen prompt estilo</translation></message>
<message><source>creativity variety diversity</source><translation>creatividad variedad diversidad creativity variety diversity</translation></message>
<message><source>cull culling sort rate pick reject slideshow</source><translation>seleccionar cribar ordenar puntuar elegir descartar diapositivas cull culling sort rate pick reject slideshow</translation></message>
<message><source>day mode appearance</source><translation>modo día clara apariencia day mode appearance</translation></message>
<message><source>doctor system info diagnostics health version report gpu memory</source><translation>diagnóstico sistema información salud versión informe gpu memoria doctor system info diagnostics health version report gpu memory</translation></message>
<message><source>download hugging face hub url internet flux sdxl install</source><translation>descargar hugging face hub url internet flux sdxl instalar</translation></message>
<message><source>exclude avoid unwanted without uncond</source><translation>excluir evitar no deseado sin exclude avoid unwanted without uncond</translation></message>
<message><source>exit close</source><translation>salir cerrar exit close</translation></message>
<message><source>export</source><translation>exportar export</translation></message>
<message><source>export html take home</source><translation>exportar html llevar a casa export html take home</translation></message>
<message><source>export ipynb jupyter python take home</source><translation>exportar ipynb jupyter python cuaderno llevar a casa export ipynb jupyter python take home</translation></message>
<message><source>film gif mp4 video webp movie</source><translation>película gif mp4 vídeo webp film gif mp4 video webp movie</translation></message>
<message><source>find filter</source><translation>encontrar filtrar buscar find filter</translation></message>
<message><source>fixed noise number</source><translation>ruido fijo número fixed noise number</translation></message>
<message><source>fork</source><translation>bifurcar bifurcación fork</translation></message>
<message><source>formula alpha sigma eta code python norms mathematics</source><translation>fórmula alfa sigma eta código python normas matemáticas formula alpha sigma eta code python norms mathematics</translation></message>
<message><source>fp16 fp32 bf16 half float dtype</source><translation>fp16 fp32 bf16 media precisión coma flotante tipo half float dtype</translation></message>
<message><source>fullscreen maximise maximize window</source><translation>pantalla completa maximizar ventana fullscreen maximise maximize window</translation></message>
<message><source>gpu cuda cpu mps hardware</source><translation>gpu cuda cpu mps tarjeta gráfica hardware</translation></message>
<message><source>group collapse expand unstack</source><translation>agrupar contraer expandir desapilar group collapse expand unstack</translation></message>
<message><source>group duplicates collapse expand series burst</source><translation>agrupar duplicados contraer expandir serie ráfaga group duplicates collapse expand series burst</translation></message>
<message><source>help hotkeys keys manual documentation</source><translation>ayuda atajos teclas manual documentación help hotkeys keys manual documentation</translation></message>
<message><source>hires fix denoising strength</source><translation>fuerza de eliminación de ruido alta resolución hires fix denoising strength</translation></message>
<message><source>hires fix upscale by</source><translation>ampliación alta resolución hires fix upscale by</translation></message>
<message><source>history last previous recall</source><translation>historial último anterior recuperar</translation></message>
<message><source>ideas inspiration templates sample</source><translation>ideas inspiración plantillas ejemplo ideas inspiration templates sample</translation></message>
<message><source>img2img clipboard image</source><translation>portapapeles imagen img2img clipboard image</translation></message>
<message><source>img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</source><translation>imagen a imagen cargar subir imagen inicial máscara boceto repintar img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting</translation></message>
<message><source>img2img image to image i2i init send to</source><translation>imagen a imagen enviar a img2img image to image i2i init send to</translation></message>
<message><source>import browse open images output directory path</source><translation>importar explorar abrir imágenes salida directorio ruta import browse open images output directory path</translation></message>
<message><source>import comfyui a1111 forge directory path checkpoints loras</source><translation>importar comfyui a1111 forge directorio ruta checkpoints loras</translation></message>
<message><source>import load install open checkpoints lora vae safetensors gguf</source><translation>importar cargar instalar abrir checkpoints lora vae safetensors gguf</translation></message>
<message><source>inpaint inpainting brush edit part retouch</source><translation>pincel repintar editar una parte retocar inpaint inpainting brush edit part retouch</translation></message>
<message><source>interpolate interpolation morph blend travel slerp</source><translation>interpolar interpolación transformación mezcla recorrido interpolate interpolation morph blend travel slerp</translation></message>
<message><source>interrupt cancel abort skip</source><translation>interrumpir cancelar abortar omitir interrupt cancel abort skip</translation></message>
<message><source>invert inversion ddim reverse</source><translation>invertir inversión ddim inverso invert inversion ddim reverse</translation></message>
<message><source>jobs list enqueue pending history</source><translation>tareas lista encolar pendientes historial jobs list enqueue pending history</translation></message>
<message><source>lab plane toy points score course lesson</source><translation>laboratorio plano juguete puntos score curso lección lab plane toy points score course lesson</translation></message>
<message><source>label keyword</source><translation>rótulo palabra clave label keyword</translation></message>
<message><source>like this related duplicates alike meaning semantic</source><translation>como esta relacionadas duplicados parecidas significado semántica like this related duplicates alike meaning semantic</translation></message>
<message><source>look preset artist lora</source><translation>aspecto preajuste artista lora look preset artist lora</translation></message>
<message><source>lora finetune fine-tune dreambooth own style dataset</source><translation>lora ajuste fino dreambooth estilo propio conjunto de datos lora finetune fine-tune dreambooth own style dataset</translation></message>
<message><source>metadata png info pnginfo parameters exif workflow read</source><translation>metadatos png info parámetros exif leer metadata png info pnginfo parameters exif workflow read</translation></message>
<message><source>night mode appearance</source><translation>modo noche oscura nocturno apariencia night mode appearance</translation></message>
<message><source>noising forward diffuse denoise</source><translation>añadir ruido directo difundir eliminar ruido noising forward diffuse denoise</translation></message>
<message><source>outpaint outpainting uncrop expand canvas</source><translation>outpainting ampliar extender marco lienzo outpaint outpainting uncrop expand canvas</translation></message>
<message><source>paint painting canvas scribble doodle live realtime</source><translation>pintar lienzo garabato tiempo real</translation></message>
<message><source>pane panel switch cycle focus region</source><translation>panel cambiar foco zona</translation></message>
<message><source>parents children history tree lineage</source><translation>padres hijos historial árbol linaje parents children history tree lineage</translation></message>
<message><source>positive text description caption variants dynamic wildcards</source><translation>positivo texto descripción leyenda variantes comodines dinámicos positive text description caption variants dynamic wildcards</translation></message>
<message><source>preferences options configuration config</source><translation>preferencias opciones configuración preferences options configuration config</translation></message>
<message><source>presentation fullscreen slideshow lecture teach beamer projector</source><translation>presentación pantalla completa diapositivas clase proyector presentation fullscreen slideshow lecture teach beamer projector</translation></message>
<message><source>prompts from file series icons batches</source><translation>prompts de archivo series iconos lotes prompts from file series icons batches</translation></message>
<message><source>random randomize randomise dice roll reroll</source><translation>aleatorio azar dado volver a tirar random randomize randomise dice roll reroll</translation></message>
<message><source>ray nodes machines distribute remote</source><translation>ray nodos máquinas distribuir remoto ray nodes machines distribute remote</translation></message>
<message><source>realtime real time interactive auto</source><translation>tiempo real interactivo automático realtime real time interactive auto</translation></message>
<message><source>redraw regenerate retry again</source><translation>redibujar regenerar reintentar otra vez</translation></message>
<message><source>refiner switch at</source><translation>cambio al refinador refiner switch at</translation></message>
<message><source>reset clear restore settings</source><translation>restablecer borrar restaurar ajustes reset clear restore settings</translation></message>
<message><source>resume continue hold</source><translation>reanudar continuar retener resume continue hold</translation></message>
<message><source>run create draw render invoke imagine txt2img text2image go</source><translation>ejecutar crear dibujar renderizar imaginar run create draw render invoke imagine txt2img text2image go</translation></message>
<message><source>sampler sampling method solver ksampler</source><translation>muestreador método de muestreo solucionador sampler sampling method solver ksampler</translation></message>
<message><source>samplers</source><translation>muestreadores samplers</translation></message>
<message><source>sampling steps iterations quality</source><translation>pasos de muestreo iteraciones calidad sampling steps iterations quality</translation></message>
<message><source>save image intermediate</source><translation>guardar imagen intermedia save image intermediate</translation></message>
<message><source>save svg png ico icns sprite assets developer palette colours</source><translation>guardar svg png ico icns sprite recursos desarrollador paleta colores</translation></message>
<message><source>schedule type scheduler sigmas timesteps noise schedule karras</source><translation>tipo de planificación sigmas pasos de tiempo planificación de ruido schedule type scheduler sigmas timesteps noise schedule karras</translation></message>
<message><source>send to txt2img recall remix load parameters workflow</source><translation>enviar a txt2img recuperar cargar parámetros send to txt2img recall remix load parameters workflow</translation></message>
<message><source>side by side difference ab</source><translation>lado a lado diferencia ab side by side difference ab</translation></message>
<message><source>sketch paint over overpaint canvas</source><translation>boceto pintar encima lienzo</translation></message>
<message><source>star like heart bookmark</source><translation>estrella me gusta corazón marcador star like heart bookmark</translation></message>
<message><source>strength denoise denoising strength</source><translation>fuerza eliminación de ruido intensidad strength denoise denoising strength</translation></message>
<message><source>styles template favourite settings store load save profile</source><translation>estilos plantilla favorito ajustes guardar cargar perfil styles template favourite settings store load save profile</translation></message>
<message><source>swap replace rename edit</source><translation>cambiar sustituir renombrar editar</translation></message>
<message><source>system auto appearance</source><translation>sistema auto apariencia system auto appearance</translation></message>
<message><source>take back revert restore</source><translation>volver atrás revertir restaurar take back revert restore</translation></message>
<message><source>tiled diffusion multidiffusion tiles large upscale 4k</source><translation>tiled diffusion multidiffusion mosaicos grande ampliar 4k</translation></message>
<message><source>toggle sidebar focus mode zen distraction</source><translation>barra lateral concentración modo zen distracción toggle sidebar focus mode zen distraction</translation></message>
<message><source>trash bin remove discard</source><translation>papelera borrar quitar descartar trash bin remove discard</translation></message>
<message><source>trash delete</source><translation>papelera eliminar trash delete</translation></message>
<message><source>turbo lightning lcm distilled speed</source><translation>turbo lightning lcm destilado velocidad turbo lightning lcm distilled speed</translation></message>
<message><source>unload models vram gpu ram release engine restart</source><translation>descargar modelos vram gpu ram liberar motor reiniciar</translation></message>
<message><source>unlock pin freeze</source><translation>desbloquear fijar congelar</translation></message>
<message><source>upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</source><translation>ampliar agrandar redimensionar descargar guardar superresolución transparente upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent</translation></message>
<message><source>upscale super resolution large 4k tiled diffusion multidiffusion ultimate</source><translation>ampliar superresolución grande 4k tiled diffusion multidiffusion ultimate mosaicos</translation></message>
<message><source>variations variation subseed explore similar</source><translation>variaciones variación subsemilla explorar parecido variations variation subseed explore similar</translation></message>
<message><source>verify same check again</source><translation>verificar igual comprobar de nuevo verify same check again</translation></message>
<message><source>width height resolution dimensions aspect ratio</source><translation>ancho alto resolución dimensiones relación de aspecto width height resolution dimensions aspect ratio</translation></message>
<message><source>xyz plot xy matrix x/y/z prompt matrix</source><translation>matriz xyz gráfico xy matriz de prompts xyz plot xy matrix x/y/z prompt matrix</translation></message>
<message><source>zoom whole</source><translation>zoom entera zoom whole</translation></message>
</context>
<context>
<name>Application</name>
<message><source>Opening pictures from outside does not work</source><translation>Abrir imágenes desde fuera no funciona</translation></message>
</context>
<context>
<name>AxisEdit</name>
<message><source>None</source><translation>Ninguno</translation></message>
<message><source>Setting {direction}</source><translation>Ajuste {direction}</translation></message>
<message><source>Such as {example}</source><translation>Por ejemplo {example}</translation></message>
<message><source>The setting that the grid varies {direction}</source><translation>El ajuste que la cuadrícula varía {direction}</translation></message>
<message><source>Tick the values to compare</source><translation>Marcar los valores que se compararán</translation></message>
<message><source>Values {direction}</source><translation>Valores {direction}</translation></message>
<message><source>{example}; the others replace the first, which is in the prompt</source><translation>{example}; los demás sustituyen al primero, que está en el prompt</translation></message>
</context>
<context>
<name>Backlog</name>
<message><source>{error} The run continues, but would be lost in a crash.</source><translation>{error} La generación continúa, pero se perdería si el programa fallara.</translation></message>
</context>
<context>
<name>BoardCollection</name>
<message><source>in the gallery as “{name}”</source><translation>en la galería como «{name}»</translation></message>
</context>
<context>
<name>BoardHeader</name>
<message><source>Back to the picture; jobs continue</source><translation>Volver a la imagen; las tareas continúan</translation></message>
</context>
<context>
<name>BoardRunner</name>
<message><source>waits for the run</source><translation>espera a la generación</translation></message>
<message><source>waits until a picture can be saved</source><translation>espera a que se pueda guardar una imagen</translation></message>
<message><source>waits while the run is paused</source><translation>espera, generación en pausa</translation></message>
<message><source>{finished} of {total}</source><translation>{finished} de {total}</translation></message>
</context>
<context>
<name>BoardView</name>
<message><source>Make the missing pictures on the cluster of the settings</source><translation>Crear las imágenes que faltan en el clúster de los ajustes</translation></message>
<message><source>Run on a cluster</source><translation>Ejecutar en clúster</translation></message>
<message><source>Wait until the pictures are made, or stop making them.</source><translation>Espere a que se hagan las imágenes, o deténgalas.</translation></message>
</context>
<context>
<name>Boards</name>
<message><source>Leave the set with {keys} first.</source><translation>Salir primero de la serie con {keys}.</translation></message>
<message><source>Started from noise, without the branch</source><translation>Empezado desde el ruido, sin la rama</translation></message>
<message><source>The picture may look different from its branch.</source><translation>La imagen puede diferir de su rama.</translation></message>
<message><source>{model} is not installed</source><translation>{model} no está instalado</translation></message>
<message><source>{model} is used instead.</source><translation>En su lugar se usa {model}.</translation></message>
</context>
<context>
<name>BranchController</name>
<message><source>A branch shares this with its picture; press × below to leave the branch and change it</source><translation>Una rama comparte esto con su imagen; pulsar × abajo para salir de la rama y cambiarlo</translation></message>
<message><source>Branch from step {step} of {subject}</source><translation>Rama desde el paso {step} de {subject}</translation></message>
<message><source>Change a setting for another one, or leave the branch with ×.</source><translation>Cambiar un ajuste para hacer otra, o salir de la rama con ×.</translation></message>
<message><source>Changed</source><translation>Cambios</translation></message>
<message><source>Continue from step {step} with the settings above</source><translation>Continuar desde el paso {step} con los ajustes de arriba</translation></message>
<message><source>Continues step {step} of {subject}</source><translation>Continúa el paso {step} de {subject}</translation></message>
<message><source>Generate branch</source><translation>Generar rama</translation></message>
<message><source>Nothing is changed yet</source><translation>Aún no hay cambios</translation></message>
<message numerus="yes"><source>Only %n step(s) left: the picture will hardly change</source><translation>
<numerusform>Solo queda %n paso: la imagen apenas cambiará</numerusform>
<numerusform>Solo quedan %n pasos: la imagen apenas cambiará</numerusform>
</translation></message>
<message><source>Put {model} into the models folder to branch from it.</source><translation>Poner {model} en la carpeta de modelos para crear una rama.</translation></message>
<message><source>The branch would be the same picture. Change a setting, or leave the branch with ×.</source><translation>La rama daría la misma imagen. Cambiar un ajuste o salir de la rama con ×.</translation></message>
<message><source>The model of this picture is missing</source><translation>Falta el modelo de esta imagen</translation></message>
<message><source>This branch is made already</source><translation>Esta rama ya está hecha</translation></message>
<message><source>This branch is queued already</source><translation>Esta rama ya está en la cola</translation></message>
<message><source>a picture without a prompt</source><translation>una imagen sin prompt</translation></message>
</context>
<context>
<name>Canvas</name>
<message><source>Picture</source><translation>Imagen</translation></message>
<message><source>{width} by {height} pixels</source><translation>{width} por {height} píxeles</translation></message>
</context>
<context>
<name>CanvasBar</name>
<message><source>Continue</source><translation>Continuar</translation></message>
<message><source>Fit</source><translation>Ajustar</translation></message>
<message><source>Pause</source><translation>Pausar</translation></message>
<message><source>Pause after this step</source><translation>Pausar tras este paso</translation></message>
<message><source>Show all views: noise, difference, both</source><translation>Mostrar todas las vistas: ruido, diferencia, ambas</translation></message>
<message><source>Show only the current view</source><translation>Mostrar solo la vista actual</translation></message>
<message><source>Toolbar of the picture</source><translation>Barra de la imagen</translation></message>
<message><source>View mode</source><translation>Modo de vista</translation></message>
<message><source>Words</source><translation>Palabras</translation></message>
</context>
<context>
<name>CanvasColourButton</name>
<message><source>Custom colour…</source><translation>Otro color…</translation></message>
</context>
<context>
<name>CanvasPanel</name>
<message><source>Paused</source><translation>En pausa</translation></message>
<message><source>Picture area</source><translation>Zona de la imagen</translation></message>
<message><source>Step {number}</source><translation>Paso {number}</translation></message>
<message><source>at step {number} of {steps}</source><translation>en el paso {number} de {steps}</translation></message>
<message><source>of {steps}</source><translation>de {steps}</translation></message>
<message><source>{milliseconds} ms a step</source><translation>{milliseconds} ms por paso</translation></message>
</context>
<context>
<name>Capabilities</name>
<message><source>All {count} have the hashes they were installed with.</source><translation>Los {count} tienen los mismos hashes que al instalarse.</translation></message>
<message><source>Allowed. While a model that you chose is downloaded, a separate process connects to huggingface.co or to the address that you entered.</source><translation>Permitidas. Mientras se descarga un modelo que usted eligió, un proceso aparte se conecta a huggingface.co o a la dirección introducida.</translation></message>
<message><source>Downloads</source><translation>Descargas</translation></message>
<message><source>Files that differ from what was installed: {different}. Reinstall the program.</source><translation>Archivos distintos de los instalados: {different}. Reinstalar el programa.</translation></message>
<message><source>Model files</source><translation>Archivos de modelo</translation></message>
<message><source>Network</source><translation>Red</translation></message>
<message><source>None. The program runs its own code and that of its listed packages.</source><translation>Ninguno. El programa solo ejecuta su propio código y el de los paquetes que declara.</translation></message>
<message><source>Not used. The program opens no connection unless you add other computers, start its server or download a model.</source><translation>No se usa. El programa no abre ninguna conexión salvo que añada otros ordenadores, inicie su servidor o descargue un modelo.</translation></message>
<message><source>Off. No model is downloaded.</source><translation>Desactivadas. No se descarga ningún modelo.</translation></message>
<message><source>Plugins</source><translation>Complementos</translation></message>
<message><source>Program files</source><translation>Archivos del programa</translation></message>
<message><source>Read as numbers and text. Code in a model file is never run.</source><translation>Se leen como números y texto. El código de un archivo de modelo nunca se ejecuta.</translation></message>
<message><source>This is a source tree, which has no list of hashes.</source><translation>Esto es un árbol de código fuente, que no tiene lista de hashes.</translation></message>
<message><source>Used by ssh or Ray for {hosts}, only while you generate there. No other connection is opened, except for downloads.</source><translation>Usada por ssh o Ray para {hosts}, solo mientras genera allí. No se abre ninguna otra conexión, salvo para descargas.</translation></message>
</context>
<context>
<name>Catalogue</name>
<message><source>Better drafts than SD-Turbo in a few steps, for 8 GB of memory.</source><translation>Mejores borradores que SD-Turbo en pocos pasos, para 8 GB de memoria.</translation></message>
<message><source>Commercial use depends on the terms of the licence; read them first.</source><translation>El uso comercial depende de las condiciones de la licencia; léalas antes.</translation></message>
<message><source>Commercial use is allowed.</source><translation>El uso comercial está permitido.</translation></message>
<message><source>Commercial use is allowed; the licence forbids some uses, such as deceiving or harming people.</source><translation>El uso comercial está permitido; la licencia prohíbe algunos usos, como engañar o dañar a personas.</translation></message>
<message><source>Commercial use is free up to a yearly revenue of 1 million US dollars, under the licence's terms.</source><translation>El uso comercial es gratuito hasta unos ingresos anuales de 1 millón de dólares estadounidenses, según las condiciones de la licencia.</translation></message>
<message><source>Detailed images in 4 steps, from one file in fp8.</source><translation>Imágenes detalladas en 4 pasos, de un solo archivo en fp8.</translation></message>
<message><source>Fast images in 4 steps, and editing with up to four reference images.</source><translation>Imágenes rápidas en 4 pasos, y edición con hasta cuatro imágenes de referencia.</translation></message>
<message><source>Large images with natural colours, in 8 steps and fp8.</source><translation>Imágenes grandes con colores naturales, en 8 pasos y fp8.</translation></message>
<message><source>Larger images, with many LoRAs, ControlNets and fine-tuned models.</source><translation>Imágenes más grandes, con muchos LoRA, ControlNets y modelos ajustados.</translation></message>
<message><source>Long prompts and text in images, in fp8; the slowest here.</source><translation>Prompts largos y texto en imágenes, en fp8; el más lento de aquí.</translation></message>
<message><source>Many styles, with a negative prompt and guidance; slow.</source><translation>Muchos estilos, con prompt negativo y guía; lento.</translation></message>
<message><source>Photographs and text in images, in 8 steps.</source><translation>Fotografías y texto en imágenes, en 8 pasos.</translation></message>
<message><source>Quick drafts at 512 × 512 in a few steps, also on a CPU.</source><translation>Borradores rápidos de 512 × 512 en pocos pasos, también en una CPU.</translation></message>
<message><source>Small, with the largest choice of LoRAs, ControlNets and fine-tuned models.</source><translation>Pequeño, con la mayor variedad de LoRA, ControlNets y modelos ajustados.</translation></message>
<message><source>The smallest of the larger models, with a negative prompt and guidance.</source><translation>El menor de los modelos grandes, con prompt negativo y guía.</translation></message>
</context>
<context>
<name>Cell</name>
<message><source>Use {picture}</source><translation>Usar {picture}</translation></message>
</context>
<context>
<name>ChangedSettings</name>
<message><source>Draw each picture with another seed again</source><translation>Dibujar de nuevo cada imagen con otra semilla</translation></message>
<message><source>Sets and drafts use this faster version of the model, with few steps. Click to use the full model.</source><translation>Los juegos y los borradores usan esta versión más rápida del modelo, con pocos pasos. Un clic vuelve al modelo completo.</translation></message>
<message><source>{setting}: back to the model's default</source><translation>{setting}: volver al valor del modelo</translation></message>
</context>
<context>
<name>Changes</name>
<message><source>Change the prompt or guidance</source><translation>Cambiar el prompt o la guía</translation></message>
<message><source>seed of later noise</source><translation>semilla del ruido posterior</translation></message>
</context>
<context>
<name>Collapsible</name>
<message><source>Hide: {section}</source><translation>Ocultar: {section}</translation></message>
<message><source>Show: {section}</source><translation>Mostrar: {section}</translation></message>
</context>
<context>
<name>Combo</name>
<message><source>All {count}…</source><translation>Todos ({count})…</translation></message>
</context>
<context>
<name>Commands</name>
<message><source>A set has no single picture. Leave the set first.</source><translation>Una serie no tiene una imagen única. Salga primero de la serie.</translation></message>
<message><source>Click a picture first.</source><translation>Hacer clic primero en una imagen.</translation></message>
<message><source>Generate or choose a picture first.</source><translation>Genere o elija primero una imagen.</translation></message>
<message><source>Only models with a ControlNet or with references follow pictures.</source><translation>Solo los modelos con ControlNet o con referencias siguen imágenes.</translation></message>
<message><source>Select a picture first.</source><translation>Seleccionar primero una imagen.</translation></message>
<message><source>Settings reset to the model's defaults</source><translation>Ajustes devueltos a los valores del modelo</translation></message>
<message><source>The selected model and pictures do not use it.</source><translation>El modelo elegido y las imágenes no lo usan.</translation></message>
<message><source>The selected model cannot start from a picture.</source><translation>El modelo elegido no puede partir de una imagen.</translation></message>
<message><source>{keys} shows what can be done here.</source><translation>{keys} muestra lo que se puede hacer aquí.</translation></message>
<message><source>“{action}” cannot be used now</source><translation>«{action}» no se puede usar ahora</translation></message>
</context>
<context>
<name>CompareController</name>
<message><source>Comparison</source><translation>Comparación</translation></message>
<message><source>Comparison cleared</source><translation>Comparación vaciada</translation></message>
<message><source>Comparison saved</source><translation>Comparación guardada</translation></message>
<message><source>Left out: {files}.</source><translation>Omitidos: {files}.</translation></message>
<message><source>Only the first {count} are shown.</source><translation>Solo se muestran las primeras {count}.</translation></message>
<message><source>Pictures ({suffixes})</source><translation>Imágenes ({suffixes})</translation></message>
<message><source>Pictures to compare</source><translation>Imágenes por comparar</translation></message>
<message><source>Some files cannot be read</source><translation>Algunos archivos no se pueden leer</translation></message>
<message><source>Too many pictures to compare</source><translation>Demasiadas imágenes para comparar</translation></message>
<message><source>Web page of the comparison</source><translation>Página web de la comparación</translation></message>
<message><source>{file} is in your pictures folder.</source><translation>{file} está en la carpeta de imágenes.</translation></message>
<message><source>{picture} removed from the comparison</source><translation>{picture} se quitó de la comparación</translation></message>
<message><source>{picture}: step {step}</source><translation>{picture}: paso {step}</translation></message>
</context>
<context>
<name>ComparePage</name>
<message><source>Add another picture to compare: drop it here, or press Add.</source><translation>Añadir otra imagen para comparar: soltarla aquí o pulsar Añadir.</translation></message>
<message><source>All pictures beside each other</source><translation>Todas las imágenes, unas junto a otras</translation></message>
<message><source>Black where both are equal</source><translation>Negro donde ambas son iguales</translation></message>
<message><source>Difference</source><translation>Diferencia</translation></message>
<message><source>Drop picture files here, or choose them below.</source><translation>Soltar aquí archivos de imagen o elegirlos abajo.</translation></message>
<message><source>Flicker</source><translation>Alternar</translation></message>
<message><source>In the gallery, select two or more and press Compare.</source><translation>En la galería, seleccionar dos o más y pulsar Comparar.</translation></message>
<message><source>Mode of comparison</source><translation>Modo de comparación</translation></message>
<message><source>Needs exactly two pictures</source><translation>Hacen falta exactamente dos imágenes</translation></message>
<message><source>On the strip of steps, right-click a step and compare it with the final picture.</source><translation>En la tira de pasos, clic derecho en un paso para compararlo con la imagen final.</translation></message>
<message><source>One after the other in one place; Space pauses, ← → switch</source><translation>Una tras otra en el mismo lugar; Espacio pausa, ← → cambian</translation></message>
<message><source>One over the other; drag the line, or use ← →</source><translation>Una sobre otra; arrastrar la línea o usar ← →</translation></message>
<message><source>Side by side</source><translation>Lado a lado</translation></message>
<message><source>Slider</source><translation>Deslizador</translation></message>
<message><source>{percent} %</source><translation>{percent} %</translation></message>
</context>
<context>
<name>Completions</name>
<message><source>Completions</source><translation>Sugerencias</translation></message>
<message><source>Press Enter or Tab to use one</source><translation>Pulsar Intro o Tabulador para usar una</translation></message>
<message><source>embedding</source><translation>embedding</translation></message>
<message><source>used before</source><translation>ya usado</translation></message>
</context>
<context>
<name>Conditions</name>
<message><source>Any</source><translation>Cualquiera</translation></message>
<message><source>Control</source><translation>Control</translation></message>
<message><source>Interpolation</source><translation>Interpolación</translation></message>
<message><source>No network; quick and soft</source><translation>Sin red; rápida y suave</translation></message>
<message><source>References</source><translation>Referencias</translation></message>
</context>
<context>
<name>ControlImageList</name>
<message><source> or </source><translation> o </translation></message>
<message><source>A control image ({kinds}) to follow; it can be dropped here</source><translation>Una imagen de control ({kinds}) que seguir; se puede soltar aquí</translation></message>
<message><source>A picture that the model sees; it can be dropped here</source><translation>Una imagen que el modelo ve; se puede soltar aquí</translation></message>
<message><source>A picture to follow</source><translation>Una imagen que seguir</translation></message>
<message><source>Follow a picture…</source><translation>Seguir una imagen…</translation></message>
<message><source>Reference ({count} of {most})…</source><translation>Referencia ({count} de {most})…</translation></message>
<message><source>Remove all</source><translation>Quitar todas</translation></message>
</context>
<context>
<name>ControlImageRow</name>
<message><source>From</source><translation>Desde</translation></message>
<message><source>How closely it is followed: 0 not at all</source><translation>Con qué fidelidad se sigue: 0 nada</translation></message>
<message><source>Image prompt</source><translation>Imagen como prompt</translation></message>
<message><source>Kind of control image</source><translation>Tipo de imagen de control</translation></message>
<message><source>Move up</source><translation>Subir</translation></message>
<message><source>Part of the steps after which it ends</source><translation>Parte de los pasos tras la que termina</translation></message>
<message><source>Part of the steps before it acts</source><translation>Parte de los pasos antes de que actúe</translation></message>
<message><source>Picture {number}</source><translation>Imagen {number}</translation></message>
<message><source>Preprocessor</source><translation>Preprocesado</translation></message>
<message><source>Stop following this picture</source><translation>Dejar de seguir esta imagen</translation></message>
<message><source>The next pictures show what this one shows, or have its style</source><translation>Las próximas imágenes muestran lo que muestra esta, o tienen su estilo</translation></message>
<message><source>To</source><translation>Hasta</translation></message>
<message><source>Weight</source><translation>Peso</translation></message>
<message><source>What is done to the picture before the model sees it</source><translation>Lo que se hace con la imagen antes de que el modelo la vea</translation></message>
<message><source>What the model is given</source><translation>Lo que recibe el modelo</translation></message>
<message><source>What the picture shows the model</source><translation>Lo que la imagen muestra al modelo</translation></message>
</context>
<context>
<name>ControlImages</name>
<message><source>About the control image</source><translation>Sobre la imagen de control</translation></message>
<message><source>Follow a picture</source><translation>Seguir una imagen</translation></message>
</context>
<context>
<name>Controls</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n imagen</numerusform>
<numerusform>%n imágenes</numerusform>
</translation></message>
<message><source>The model that generates the picture; the Models page tells more</source><translation>El modelo que genera la imagen; la página Modelos dice más</translation></message>
<message><source>With parts of {files}</source><translation>Con partes de {files}</translation></message>
<message><source>the picture had {value}</source><translation>en la imagen: {value}</translation></message>
<message><source>{value} in a new set</source><translation>{value} en una serie nueva</translation></message>
</context>
<context>
<name>CreatePage</name>
<message><source>Width of the picture list</source><translation>Ancho de la lista de imágenes</translation></message>
<message><source>Width of the settings</source><translation>Ancho de los ajustes</translation></message>
<message><source>Your picture will appear here</source><translation>La imagen aparecerá aquí</translation></message>
<message><source>{sentence} Press Generate, or choose an example.</source><translation>{sentence} Pulsar Generar o elegir un ejemplo.</translation></message>
<message><source>{sentence} Press Generate.</source><translation>{sentence} Pulsar Generar.</translation></message>
</context>
<context>
<name>Density</name>
<message><source>Checkerboard</source><translation>Damero</translation></message>
<message><source>Letters</source><translation>Letras</translation></message>
<message><source>Moons</source><translation>Lunas</translation></message>
<message><source>Ring</source><translation>Anillo</translation></message>
<message><source>Spiral</source><translation>Espiral</translation></message>
<message><source>Two modes</source><translation>Dos modas</translation></message>
</context>
<context>
<name>Detail</name>
<message><source>It stays as it is. Try another word.</source><translation>Se queda como está. Pruebe otra palabra.</translation></message>
<message><source>Looking for “{word}”</source><translation>Buscando «{word}»</translation></message>
<message><source>There is no “{word}” in the picture</source><translation>No hay «{word}» en la imagen</translation></message>
</context>
<context>
<name>DetailPopup</name>
<message><source>Detail</source><translation>Refinar</translation></message>
<message><source>Detail “{word}”</source><translation>Refinar «{word}»</translation></message>
<message><source>Find the word and generate it again</source><translation>Encontrar la palabra en la imagen y generarla de nuevo</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompt, or empty for the word</source><translation>Prompt, o vacío para la palabra</translation></message>
<message><source>What the word describes is generated again at full size. All other pixels stay.</source><translation>Lo que describe la palabra se genera de nuevo a tamaño completo. Los demás píxeles no cambian.</translation></message>
<message><source>Word</source><translation>Palabra</translation></message>
<message><source>Word, such as face</source><translation>Palabra, como cara</translation></message>
</context>
<context>
<name>Details</name>
<message><source>About the system</source><translation>Sobre el método</translation></message>
<message><source>Basis of</source><translation>Base de</translation></message>
<message><source>Builds on</source><translation>Se basa en</translation></message>
<message><source>Claim</source><translation>Afirmación</translation></message>
<message><source>Copy the command</source><translation>Copiar el comando</translation></message>
<message><source>Generate pictures with it</source><translation>Generar imágenes con él</translation></message>
<message><source>Generate points with it</source><translation>Generar puntos con él</translation></message>
<message><source>It starts with</source><translation>Empieza con</translation></message>
<message><source>Its loss</source><translation>Su pérdida</translation></message>
<message><source>More actions</source><translation>Más acciones</translation></message>
<message><source>Result</source><translation>Resultado</translation></message>
<message><source>The claim also restricts</source><translation>La afirmación también limita</translation></message>
<message><source>The mathematics</source><translation>Las matemáticas</translation></message>
<message><source>Try it</source><translation>Probar</translation></message>
<message><source>Weights</source><translation>Pesos</translation></message>
<message><source>What a step does</source><translation>Qué hace un paso</translation></message>
<message><source>What is learned</source><translation>Qué se aprende</translation></message>
</context>
<context>
<name>DetailsPanel</name>
<message><source>Edited from</source><translation>Editada de</translation></message>
<message><source>Its file</source><translation>Su archivo</translation></message>
<message><source>Reproducibility</source><translation>Reproducibilidad</translation></message>
<message><source>Select a picture to see how it was made.</source><translation>Seleccionar una imagen para ver cómo se hizo.</translation></message>
<message><source>Show the picture as it was generated</source><translation>Mostrar la imagen tal como se generó</translation></message>
<message><source>check</source><translation>probar</translation></message>
<message><source>details</source><translation>detalles</translation></message>
</context>
<context>
<name>Device</name>
<message numerus="yes"><source>CPU · %n thread(s)</source><translation>
<numerusform>CPU · %n hilo</numerusform>
<numerusform>CPU · %n hilos</numerusform>
</translation></message>
</context>
<context>
<name>Diagnosis</name>
<message><source>Broken: captions have no effect. Check that they belong to their images.</source><translation>Error: las descripciones no tienen efecto. Comprobar que corresponden a sus imágenes.</translation></message>
<message><source>Broken: numbers overflow. Train in fp32, or at a lower rate.</source><translation>Error: los números se desbordan. Entrenar en fp32 o con una tasa menor.</translation></message>
<message><source>Broken: predicted images are too bright or too dark. Check the range of the data.</source><translation>Error: las imágenes predichas son demasiado claras u oscuras. Revisar el rango de los datos.</translation></message>
<message><source>Broken: the data has {spread} times the spread that the model expects.</source><translation>Error: los datos tienen {spread} veces la dispersión que espera el modelo.</translation></message>
<message><source>Broken: the error rises below σ = {ratio}.</source><translation>Error: el error aumenta por debajo de σ = {ratio}.</translation></message>
<message><source>Broken: the images have more noise than the network is told.</source><translation>Error: las imágenes tienen más ruido del que se indica a la red.</translation></message>
<message><source>Broken: the loss jumps or does not fall. Lower the learning rate.</source><translation>Error: la pérdida salta o no baja. Reducir la tasa de aprendizaje.</translation></message>
<message><source>Broken: the network is no better than an untrained one. Check its targets, or raise the learning rate.</source><translation>Error: la red no es mejor que una sin entrenar. Comprobar sus objetivos o aumentar la tasa de aprendizaje.</translation></message>
<message><source>Broken: the network learns another target than the sampler uses.</source><translation>Error: la red aprende un objetivo distinto del que usa el muestreador.</translation></message>
<message><source>Broken: the weights grow too fast. Lower the learning rate.</source><translation>Error: los pesos crecen demasiado deprisa. Reducir la tasa de aprendizaje.</translation></message>
<message><source>Broken: {layer} has not changed since the start.</source><translation>Error: {layer} no ha cambiado desde el inicio.</translation></message>
<message><source>It is copying: stop, or add images.</source><translation>Está copiando: detener o añadir imágenes.</translation></message>
<message><source>It is too early to tell what is learned.</source><translation>Es demasiado pronto para decir qué se ha aprendido.</translation></message>
<message><source>Layout and details are learned; {percent} % of what this data allows.</source><translation>La composición y los detalles están aprendidos; {percent} % de lo que permiten estos datos.</translation></message>
<message><source>Layout is learned down to σ = {ratio}; details are not; {percent} % of what this data allows.</source><translation>La composición está aprendida hasta σ = {ratio}; los detalles no; {percent} % de lo que permiten estos datos.</translation></message>
<message><source>Layout is not learned yet; {percent} % of what this data allows.</source><translation>La composición aún no está aprendida; {percent} % de lo que permiten estos datos.</translation></message>
<message><source>The training was too short to tell what was learned.</source><translation>El entrenamiento fue demasiado corto para saber qué se aprendió.</translation></message>
<message><source>The weights are not averaged: images will vary from step to step.</source><translation>Los pesos no se promedian: las imágenes variarán de un paso a otro.</translation></message>
</context>
<context>
<name>Difference</name>
<message><source>the same, pixel for pixel</source><translation>iguales, píxel por píxel</translation></message>
<message><source>{numbers}, shown × {gain}</source><translation>{numbers}, mostrado × {gain}</translation></message>
<message><source>{share} % of the pixels, {mean} of 255 on average</source><translation>{share} % de los píxeles, {mean} de 255 de media</translation></message>
</context>
<context>
<name>DistanceChart</name>
<message><source>Distance from the true distribution</source><translation>Distancia a la distribución real</translation></message>
<message><source>Two true samples</source><translation>Dos muestras verdaderas</translation></message>
<message><source>distance from the truth · evaluations of the denoiser</source><translation>distancia a la verdad · evaluaciones del denoiser</translation></message>
</context>
<context>
<name>Doctor</name>
<message><source>1 image, index damaged</source><translation>1 imagen, índice dañado</translation></message>
<message><source>1 image, index sound</source><translation>1 imagen, índice correcto</translation></message>
<message><source>Allow reading it, or start the program as its owner.</source><translation>Permita leerlo o inicie el programa como su propietario.</translation></message>
<message><source>Allow writing there, or choose another folder.</source><translation>Permita escribir ahí o elija otra carpeta.</translation></message>
<message><source>Cache folder</source><translation>Carpeta de caché</translation></message>
<message><source>Check that its disk is connected and not full.</source><translation>Compruebe que su disco esté conectado y no esté lleno.</translation></message>
<message><source>Choose another device in the settings; until then the fastest is used.</source><translation>Elija otro dispositivo en los ajustes; hasta entonces se usa el más rápido.</translation></message>
<message><source>Chosen device</source><translation>Dispositivo elegido</translation></message>
<message><source>Close other programs during a run, or choose smaller models.</source><translation>Cierre otros programas durante la generación o elija modelos más pequeños.</translation></message>
<message><source>Connect its disk, or choose another folder in the settings.</source><translation>Conecte su disco o elija otra carpeta en los ajustes.</translation></message>
<message><source>Connect its disk, or remove it in the settings.</source><translation>Conecte su disco o quite la carpeta en los ajustes.</translation></message>
<message><source>Crashes</source><translation>Fallos</translation></message>
<message><source>Data folder</source><translation>Carpeta de datos</translation></message>
<message><source>Device {number}</source><translation>Dispositivo {number}</translation></message>
<message><source>Devices</source><translation>Dispositivos</translation></message>
<message><source>Error</source><translation>Error</translation></message>
<message><source>Errors</source><translation>Errores</translation></message>
<message><source>Free some space on this disk.</source><translation>Libere espacio en este disco.</translation></message>
<message><source>Gallery</source><translation>Galería</translation></message>
<message><source>Install it with  {command}  if you want it.</source><translation>Instálelo si lo desea con  {command}</translation></message>
<message><source>Last crash</source><translation>Último fallo</translation></message>
<message><source>Memory</source><translation>Memoria</translation></message>
<message><source>Model file</source><translation>Archivo de modelo</translation></message>
<message><source>Model folder</source><translation>Carpeta de modelos</translation></message>
<message><source>Models</source><translation>Modelos</translation></message>
<message><source>Pictures folder</source><translation>Carpeta de imágenes</translation></message>
<message><source>Presets</source><translation>Preajustes</translation></message>
<message><source>Processor</source><translation>Procesador</translation></message>
<message><source>Recorded steps</source><translation>Pasos guardados</translation></message>
<message><source>Reinstall the program, or put a model into the models folder.</source><translation>Reinstale el programa o ponga un modelo en la carpeta de modelos.</translation></message>
<message><source>Reinstall the program.</source><translation>Reinstale el programa.</translation></message>
<message><source>Report it to the developers, with this report.</source><translation>Comuníquelo a los desarrolladores con este informe.</translation></message>
<message><source>Report it to the developers, with {file}.</source><translation>Comuníquelo a los desarrolladores con {file}.</translation></message>
<message><source>Run `{command} gallery rebuild`; it does not change the images.</source><translation>Ejecute `{command} gallery rebuild`; las imágenes no cambian.</translation></message>
<message><source>System</source><translation>Sistema</translation></message>
<message><source>Try again in a moment.</source><translation>Inténtelo de nuevo en un momento.</translation></message>
<message><source>Use the newest version of the program on this computer.</source><translation>Use la versión más reciente del programa en este equipo.</translation></message>
<message><source>Wildcards</source><translation>Comodines</translation></message>
<message><source>cannot be opened</source><translation>no se puede abrir</translation></message>
<message><source>its index cannot be checked now</source><translation>su índice no se puede comprobar ahora</translation></message>
<message><source>its index cannot be read</source><translation>no se puede leer su índice</translation></message>
<message><source>its index is in use by another program</source><translation>otro programa está usando su índice</translation></message>
<message><source>its index is of a newer version</source><translation>su índice es de una versión más reciente</translation></message>
<message><source>none</source><translation>ninguno</translation></message>
<message><source>none recorded in {folder}</source><translation>ninguno registrado en {folder}</translation></message>
<message><source>none so far</source><translation>ninguno hasta ahora</translation></message>
<message><source>not in this bundle, which saves films as GIF or WebP</source><translation>no está en este paquete, que guarda las películas como GIF o WebP</translation></message>
<message><source>not installed</source><translation>no instalado</translation></message>
<message><source>not installed; needed for saving films as MP4</source><translation>no instalado; necesario para guardar películas en MP4</translation></message>
<message><source>this user may not read its index</source><translation>este usuario no puede leer su índice</translation></message>
<message><source>torch cannot be loaded ({error})</source><translation>no se puede cargar torch ({error})</translation></message>
<message><source>{count} images, index damaged</source><translation>{count} imágenes, índice dañado</translation></message>
<message><source>{count} images, index sound</source><translation>{count} imágenes, índice correcto</translation></message>
<message><source>{count} threads</source><translation>{count} hilos</translation></message>
<message><source>{device} is missing</source><translation>falta {device}</translation></message>
<message><source>{folder}, {size} free</source><translation>{folder}, {size} libres</translation></message>
<message><source>{folder}: cannot be written to</source><translation>{folder}: no se puede escribir</translation></message>
<message><source>{folder}: missing</source><translation>{folder}: falta</translation></message>
<message><source>{path} cannot be used</source><translation>{path} no se puede usar</translation></message>
<message><source>{shipped} built in, {own} of your own</source><translation>{shipped} incluidos, {own} propios</translation></message>
<message><source>{shipped} built in, {own} of your own; LoRAs, VAEs and other parts of your own: {added}</source><translation>{shipped} incluidos, {own} propios; LoRA, VAE y otras partes propias: {added}</translation></message>
<message><source>{version}, for saving films as MP4</source><translation>{version}, para guardar películas en MP4</translation></message>
</context>
<context>
<name>DownloadDialog</name>
<message numerus="yes"><source>%n file(s)</source><translation>
<numerusform>%n archivo</numerusform>
<numerusform>%n archivos</numerusform>
</translation></message>
<message><source>A model on huggingface.co, or an https address that ends in .safetensors, .gguf or .ckpt</source><translation>Un modelo en huggingface.co, o una dirección https que termina en .safetensors, .gguf o .ckpt</translation></message>
<message><source>A picture with it</source><translation>Una imagen con él</translation></message>
<message><source>Added: {names}.</source><translation>Añadido: {names}.</translation></message>
<message><source>All of it was here already.</source><translation>Todo estaba ya aquí.</translation></message>
<message><source>Allow downloads</source><translation>Permitir descargas</translation></message>
<message><source>Another model</source><translation>Otro modelo</translation></message>
<message><source>Cancel</source><translation>Cancelar</translation></message>
<message><source>Cancelled. What has arrived is kept; a new start resumes it.</source><translation>Cancelado. Lo que llegó se conserva; un nuevo inicio lo reanuda.</translation></message>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Download</source><translation>Descargar</translation></message>
<message><source>Download it</source><translation>Descargarlo</translation></message>
<message><source>Download the model in the field</source><translation>Descargar el modelo del campo</translation></message>
<message><source>Download this model with all its parts</source><translation>Descargar este modelo con todas sus partes</translation></message>
<message><source>Downloads are off. If you allow them, the program connects to huggingface.co, or to an address that you enter, while it downloads a model that you chose.</source><translation>Las descargas están desactivadas. Si las permite, el programa se conecta a huggingface.co, o a una dirección que usted introduce, mientras descarga un modelo que usted eligió.</translation></message>
<message><source>Family</source><translation>Familia</translation></message>
<message><source>From</source><translation>De</translation></message>
<message><source>Get a model</source><translation>Obtener un modelo</translation></message>
<message><source>Licence</source><translation>Licencia</translation></message>
<message><source>Memory</source><translation>Memoria</translation></message>
<message><source>Models to download</source><translation>Modelos para descargar</translation></message>
<message><source>OWNER/NAME of huggingface.co, or the address of a file</source><translation>OWNER/NAME de huggingface.co, o la dirección de un archivo</translation></message>
<message><source>Open the model's page in the browser</source><translation>Abrir la página del modelo en el navegador</translation></message>
<message><source>Progress of the download</source><translation>Progreso de la descarga</translation></message>
<message><source>Read the licence</source><translation>Leer la licencia</translation></message>
<message><source>Resume</source><translation>Reanudar</translation></message>
<message><source>Stop; what has arrived is kept</source><translation>Detener; lo que llegó se conserva</translation></message>
<message><source>The same as in Settings under Permissions</source><translation>Lo mismo que en Ajustes, en Permisos</translation></message>
<message><source>The selected model</source><translation>El modelo seleccionado</translation></message>
<message><source>about {size}, {files}</source><translation>unos {size}, {files}</translation></message>
<message><source>about {time} at {side} × {side}, on this computer</source><translation>unos {time} a {side} × {side}, en este ordenador</translation></message>
<message><source>estimating…</source><translation>estimando…</translation></message>
<message><source>{file}: checking and adding it…</source><translation>{file}: comprobando y añadiendo…</translation></message>
<message><source>{file}: {done} of {total}</source><translation>{file}: {done} de {total}</translation></message>
<message><source>{model}: asking for its files…</source><translation>{model}: consultando sus archivos…</translation></message>
<message><source>{progress}, {time} left</source><translation>{progress}, quedan {time}</translation></message>
<message><source>{size}; with less, weights are read from the disk at each step, which is slower</source><translation>{size}; con menos, los pesos se leen del disco en cada paso, lo que es más lento</translation></message>
</context>
<context>
<name>DropArea</name>
<message><source>Drop a folder of pictures here</source><translation>Soltar aquí una carpeta de imágenes</translation></message>
</context>
<context>
<name>DropZones</name>
<message><source>Start from it</source><translation>Partir de esta</translation></message>
<message><source>Use its settings</source><translation>Usar sus ajustes</translation></message>
<message><source>as stored in the file</source><translation>tal como en el archivo</translation></message>
<message><source>use it as the start of the next pictures</source><translation>usarla como inicio de las próximas imágenes</translation></message>
</context>
<context>
<name>Enlarge</name>
<message><source>Enlarging · {share} %</source><translation>Ampliando · {share} %</translation></message>
</context>
<context>
<name>EnlargePopup</name>
<message><source>An upscaler enlarges the picture, and the model refines it in overlapping tiles.</source><translation>Un ampliador amplía la imagen y el modelo la refina en mosaicos que se solapan.</translation></message>
<message><source>Built in</source><translation>Integrado</translation></message>
<message><source>Enlarge and refine</source><translation>Ampliar y refinar</translation></message>
<message><source>Enlarge the picture and save it in the gallery</source><translation>Ampliar la imagen y guardarla en la galería</translation></message>
<message><source>Factor</source><translation>Factor</translation></message>
<message><source>Upscaler</source><translation>Ampliador</translation></message>
<message><source>{width} × {height} pixels</source><translation>{width} × {height} píxeles</translation></message>
</context>
<context>
<name>Errors</name>
<message><source>1 entry</source><translation>1 entrada</translation></message>
<message><source>A name pattern cannot be empty; the default is {default}.</source><translation>El patrón de nombre no puede estar vacío; el predeterminado es {default}.</translation></message>
<message><source>A name pattern has no field {field}; choose from {known}.</source><translation>Un patrón de nombre no tiene el campo {field}; elegir entre {known}.</translation></message>
<message><source>A picture can have at most {most} details; leave out the others.</source><translation>Una imagen puede tener como máximo {most} detalles; quite los demás.</translation></message>
<message><source>A picture to detail has at most {most} pixels a side; reduce it first.</source><translation>Una imagen que refinar tiene como máximo {most} píxeles por lado; redúzcala primero.</translation></message>
<message><source>A word of what to detail has at most {most} characters; shorten it.</source><translation>La palabra de un detalle tiene como máximo {most} caracteres; acórtela.</translation></message>
<message><source>An entry of the queue was damaged; it was moved to {file}.</source><translation>Una entrada de la cola estaba dañada; se movió a {file}.</translation></message>
<message><source>Another GDM Studio is busy with the gallery; try again in a moment.</source><translation>Otro GDM Studio está usando la galería; reintentar en un momento.</translation></message>
<message><source>Check the prompt</source><translation>Revisar el prompt</translation></message>
<message><source>Check the settings</source><translation>Revisar los ajustes</translation></message>
<message><source>Downloads are off; allow them in Settings under Permissions, or by `gdm-studio models get --allow`.</source><translation>Las descargas están desactivadas; permítalas en Ajustes, en Permisos, o con `gdm-studio models get --allow`.</translation></message>
<message><source>Downloads need the package huggingface_hub. {advice}</source><translation>Las descargas necesitan el paquete huggingface_hub. {advice}</translation></message>
<message><source>HF_HUB_OFFLINE forbids connections to the hub; unset it, then start the download again.</source><translation>HF_HUB_OFFLINE prohíbe las conexiones al hub; quítelo e inicie la descarga de nuevo.</translation></message>
<message><source>In {folder}, the edited pictures would be among those to edit; choose another folder for them.</source><translation>En {folder}, las imágenes editadas quedarían entre las que se van a editar; elija otra carpeta para ellas.</translation></message>
<message><source>Name a word that describes what to detail, such as face.</source><translation>Escriba una palabra que describa qué refinar, como cara.</translation></message>
<message><source>Name a word that describes what to select.</source><translation>Indique una palabra que describa lo que se debe seleccionar.</translation></message>
<message><source>No engine process can be started; the window generates images itself, but slower.</source><translation>No se puede iniciar ningún proceso del motor; la ventana genera las imágenes por sí misma, pero más despacio.</translation></message>
<message><source>No installed font has the characters {characters}; install a font for them, such as Noto Sans.</source><translation>Ninguna fuente instalada tiene los caracteres {characters}; instale una fuente que los tenga, como Noto Sans.</translation></message>
<message><source>On {host}: {error}</source><translation>En {host}: {error}</translation></message>
<message><source>Reinstall the program.</source><translation>Volver a instalar el programa.</translation></message>
<message><source>Run `{command}` to repair the program.</source><translation>`{command}` repara el programa.</translation></message>
<message><source>That did not work</source><translation>No ha funcionado</translation></message>
<message><source>The cluster does not answer; check its address in Settings.</source><translation>El clúster no responde; revisar su dirección en los ajustes.</translation></message>
<message><source>The colour profile of the picture cannot be used; its colours are read as sRGB.</source><translation>El perfil de color de la imagen no se puede usar; sus colores se leen como sRGB.</translation></message>
<message><source>The connection to {host} was lost ({reason}); start the download again to resume it.</source><translation>Se perdió la conexión con {host} ({reason}); inicie la descarga de nuevo para reanudarla.</translation></message>
<message><source>The device cannot be used</source><translation>El dispositivo no se puede usar</translation></message>
<message><source>The disk of {folder} does not answer; check that it is connected, or choose another folder.</source><translation>El disco de {folder} no responde; comprobar que está conectado o elegir otra carpeta.</translation></message>
<message><source>The disk of {folder} has {free} GB free, but {size} GB are needed; free some space, then try again.</source><translation>El disco de {folder} tiene {free} GB libres, pero se necesitan {size} GB; libere espacio e inténtelo de nuevo.</translation></message>
<message><source>The disk of {folder} is full; free some space, then try again.</source><translation>El disco de {folder} está lleno; liberar espacio y reintentar.</translation></message>
<message><source>The drive of {place} is not connected; connect it, or choose another folder.</source><translation>La unidad de {place} no está conectada; conectarla o elegir otra carpeta.</translation></message>
<message><source>The engine cannot be started; restart the program.</source><translation>El motor no se puede iniciar; reinicia el programa.</translation></message>
<message><source>The engine did not answer. It was started again.</source><translation>El motor no respondía. Se ha iniciado de nuevo.</translation></message>
<message><source>The engine did not answer; another one begins again.</source><translation>El motor no respondía; otro empieza de nuevo.</translation></message>
<message><source>The engine did not answer; another one continues at the last recorded step.</source><translation>El motor no respondía; otro continúa en el último paso guardado.</translation></message>
<message><source>The engine ended twice at step {step}; generate fewer images at a time.</source><translation>El motor terminó dos veces en el paso {step}; genera menos imágenes a la vez.</translation></message>
<message><source>The engine ended twice at step {step}; try a smaller size.</source><translation>El motor terminó dos veces en el paso {step}; prueba un tamaño menor.</translation></message>
<message><source>The engine ended twice at step {step}; use another device.</source><translation>El motor terminó dos veces en el paso {step}; usa otro dispositivo.</translation></message>
<message><source>The engine ended twice while it worked on this; try again.</source><translation>El motor terminó dos veces mientras trabajaba en esto; inténtalo otra vez.</translation></message>
<message><source>The engine ended unexpectedly. It was started again.</source><translation>El motor terminó inesperadamente. Se ha iniciado de nuevo.</translation></message>
<message><source>The engine ended unexpectedly; another one begins again.</source><translation>El motor terminó inesperadamente; otro empieza de nuevo.</translation></message>
<message><source>The engine ended unexpectedly; another one continues at the last recorded step.</source><translation>El motor terminó inesperadamente; otro continúa en el último paso guardado.</translation></message>
<message><source>The engine has ended; try again.</source><translation>El motor ha terminado; inténtalo de nuevo.</translation></message>
<message><source>The file cannot be used</source><translation>El archivo no se puede usar</translation></message>
<message><source>The file of settings was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>El archivo de ajustes estaba dañado; se conserva como {file} y se sustituyó por lo que se pudo leer.</translation></message>
<message><source>The folder could not be opened</source><translation>No se pudo abrir la carpeta</translation></message>
<message><source>The folder {folder} cannot be created; choose another.</source><translation>No se puede crear la carpeta {folder}; elegir otra.</translation></message>
<message><source>The folder {folder} cannot be read; choose another one.</source><translation>La carpeta {folder} no se puede leer; elegir otra.</translation></message>
<message><source>The gallery's index was damaged and is built again from the files; nothing of yours was in it.</source><translation>El índice de la galería estaba dañado y se crea de nuevo a partir de los archivos; no contenía nada suyo.</translation></message>
<message><source>The last prompt is too long to be shown; the prompt is empty now. The file is kept as {file}.</source><translation>El último prompt es demasiado largo para mostrarlo; ahora el prompt está vacío. El archivo se conserva como {file}.</translation></message>
<message><source>The mask is the start picture itself; paint it white, or make it transparent, where to redraw.</source><translation>La máscara es la propia imagen inicial; píntela de blanco o hágala transparente donde se deba redibujar.</translation></message>
<message><source>The mask marks nothing to redraw; paint it white, or make it transparent, where that should be.</source><translation>La máscara no marca nada que redibujar; píntela de blanco o hágala transparente donde corresponda.</translation></message>
<message><source>The mask marks the whole picture to be redrawn.</source><translation>La máscara marca toda la imagen para redibujarla.</translation></message>
<message><source>The model cannot be used</source><translation>El modelo no se puede usar</translation></message>
<message><source>The model finds no {word!r} in the picture; name it by another word.</source><translation>El modelo no encuentra {word!r} en la imagen; nómbrelo con otra palabra.</translation></message>
<message><source>The model was not downloaded</source><translation>El modelo no se descargó</translation></message>
<message><source>The name is taken</source><translation>El nombre ya está en uso</translation></message>
<message><source>The path {path} is too long for this disk; choose a shorter one.</source><translation>La ruta {path} es demasiado larga para este disco; elegir una más corta.</translation></message>
<message><source>The picture contains infinite or undefined values; make it again in full precision.</source><translation>La imagen contiene valores infinitos o indefinidos; repetirla con precisión completa.</translation></message>
<message><source>The picture contains infinite or undefined values; make it again on the CPU.</source><translation>La imagen contiene valores infinitos o indefinidos; repetirla en la CPU.</translation></message>
<message><source>The picture contains infinite or undefined values; try more steps, another scheduler or less guidance.</source><translation>La imagen contiene valores infinitos o indefinidos; probar más pasos, otro planificador o menos guía.</translation></message>
<message><source>The picture could not be computed</source><translation>No se pudo calcular la imagen</translation></message>
<message><source>The picture is too long and narrow for {model} with tiles of {tile} pixels; crop it, or choose a larger factor or another model.</source><translation>La imagen es demasiado larga y estrecha para {model} con mosaicos de {tile} píxeles; recortarla, o elegir un factor mayor u otro modelo.</translation></message>
<message><source>The picture would be {width}x{height} pixels; a side can have at most {most}. Choose a smaller factor.</source><translation>La imagen tendría {width}x{height} píxeles; un lado puede tener {most} como máximo. Elegir un factor menor.</translation></message>
<message><source>The prompt becomes longer than {limit:,} characters; shorten its parts.</source><translation>El prompt supera los {limit:,} caracteres; acortar sus partes.</translation></message>
<message><source>The proxy in ALL_PROXY, HTTPS_PROXY or HTTP_PROXY cannot be used, because its address does not begin with http; name an HTTP proxy there, or unset the variable.</source><translation>El proxy de ALL_PROXY, HTTPS_PROXY o HTTP_PROXY no se puede usar, porque su dirección no empieza por http; indique ahí un proxy HTTP o elimine la variable.</translation></message>
<message><source>The saved state of the window was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>El estado guardado de la ventana estaba dañado; se conserva como {file} y se sustituyó por lo que se pudo leer.</translation></message>
<message><source>The server does not state the size of {name}; download it with a browser.</source><translation>El servidor no indica el tamaño de {name}; descárguelo con un navegador.</translation></message>
<message><source>The server sent another file than the {name} that it announced; this was deleted, try again later.</source><translation>El servidor envió otro archivo que el {name} que anunció; se eliminó, inténtelo más tarde.</translation></message>
<message><source>The start picture is no longer on this machine; choose it again.</source><translation>La imagen inicial ya no está en este equipo; elegirla de nuevo.</translation></message>
<message><source>The steps up to {step} do not fit the model as it is now, so the run starts again.</source><translation>Los pasos hasta el {step} no encajan con el modelo tal como es ahora, así que la ejecución vuelve a empezar.</translation></message>
<message><source>The transparent part of the mask is redrawn, {share} of the picture.</source><translation>Se redibuja la parte transparente de la máscara, {share} de la imagen.</translation></message>
<message><source>The wildcard {name!r} cannot be read: {error}</source><translation>El comodín {name!r} no se puede leer: {error}</translation></message>
<message><source>The wildcard {name!r} has a line of more than {limit:,} characters; shorten it.</source><translation>El comodín {name!r} tiene una línea de más de {limit:,} caracteres; acortarla.</translation></message>
<message><source>The wildcard {name!r} has no lines; write one word or phrase per line.</source><translation>El comodín {name!r} no tiene líneas; escribir una palabra o frase por línea.</translation></message>
<message><source>The wildcard {name!r} is not a text file; save it as UTF-8.</source><translation>El comodín {name!r} no es un archivo de texto; guardarlo como UTF-8.</translation></message>
<message><source>The window did not answer with its last prompt; the prompt is empty now. The file is kept as {file}.</source><translation>La ventana no respondía con su último prompt; ahora el prompt está vacío. El archivo se conserva como {file}.</translation></message>
<message><source>There is a collection called {name} already; choose another name.</source><translation>Ya hay una colección llamada {name}; elegir otro nombre.</translation></message>
<message><source>There is a preset called {name!r} already; choose another name, or rename that one.</source><translation>Ya hay un preajuste llamado {name!r}; elegir otro nombre o renombrar ese.</translation></message>
<message><source>There is a run called {title}; choose it to continue it, or another name.</source><translation>Ya hay un entrenamiento llamado {title}; elegirlo para continuarlo, o elegir otro nombre.</translation></message>
<message><source>There is no LoRA called {name!r} in the models folder; put its file there.</source><translation>No hay ningún LoRA llamado {name!r} en la carpeta de modelos; poner ahí su archivo.</translation></message>
<message><source>There is no LoRA called {name!r}; did you mean {names}?</source><translation>No hay ningún LoRA llamado {name!r}; ¿se refiere a {names}?</translation></message>
<message><source>There is no model called {name!r}, and no other; put a model file into the models folder.</source><translation>No hay ningún modelo llamado {name!r} ni ningún otro; poner un archivo de modelo en la carpeta de modelos.</translation></message>
<message><source>There is no model called {name!r}; did you mean {names}?</source><translation>No hay ningún modelo llamado {name!r}; ¿se refiere a {names}?</translation></message>
<message><source>There is no model called {name!r}; there are: {names}.</source><translation>No hay ningún modelo llamado {name!r}; los que hay: {names}.</translation></message>
<message><source>There is no model {name!r} to download; enter an address, OWNER/NAME, or one of {names}.</source><translation>No hay ningún modelo {name!r} para descargar; introduzca una dirección, OWNER/NAME, o uno de estos nombres: {names}.</translation></message>
<message><source>There is no wildcard called {name!r}; put {name}.txt into {folder}.</source><translation>No hay ningún comodín llamado {name!r}; poner {name}.txt en {folder}.</translation></message>
<message><source>There is no wildcard that matches {name!r} in {folder}.</source><translation>Ningún comodín de {folder} coincide con {name!r}.</translation></message>
<message><source>There is no {word!r} in the picture, which stays as it is.</source><translation>No hay {word!r} en la imagen, que se queda como está.</translation></message>
<message><source>There is not enough memory for even one picture; close other programs and try again.</source><translation>No hay memoria suficiente ni para una imagen; cerrar otros programas y reintentar.</translation></message>
<message><source>There is too little memory for {side} pixels; choose a smaller size.</source><translation>No hay memoria suficiente para {side} píxeles; elegir un tamaño menor.</translation></message>
<message><source>These could not be read, and their places are empty: {files}.</source><translation>No se pudieron leer y sus lugares están vacíos: {files}.</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose a smaller model.</source><translation>Esta imagen necesita al menos {least} de memoria y hay {total}; elija un modelo más pequeño.</translation></message>
<message><source>This image needs at least {least} of memory, and there are {total}; choose {width} × {height} or less.</source><translation>Esta imagen necesita al menos {least} de memoria y hay {total}; elija {width} × {height} o menos.</translation></message>
<message><source>This needs {packages}, not contained in the bundle; install GDM Studio from its source code to use it.</source><translation>Esto requiere {packages}, que el paquete de instalación no contiene; para usarlo, instalar GDM Studio desde su código fuente.</translation></message>
<message><source>This needs {packages}; run `{command}` to install it.</source><translation>Esto requiere {packages}; `{command}` lo instala.</translation></message>
<message><source>Used by its name, though its hash is another: {files}.</source><translation>Usado por su nombre, aunque su hash es otro: {files}.</translation></message>
<message><source>What was chosen for models was damaged; it is kept as {file}, and replaced by what could be read.</source><translation>Lo elegido para los modelos estaba dañado; se conserva como {file} y se sustituyó por lo que se pudo leer.</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}.</source><translation>Sus favoritos, etiquetas, notas y colecciones estaban dañados: {restored}.</translation></message>
<message><source>Your favourites, tags, notes and collections were damaged: {restored}; the damaged file is kept as {file}.</source><translation>Sus favoritos, etiquetas, notas y colecciones estaban dañados: {restored}; el archivo dañado se conserva como {file}.</translation></message>
<message><source>embedding {name}</source><translation>embedding {name}</translation></message>
<message><source>model {name}</source><translation>modelo {name}</translation></message>
<message><source>nothing of it could be read, and there is no copy of it</source><translation>no se pudo leer nada y no hay ninguna copia</translation></message>
<message><source>refiner {name}</source><translation>refinador {name}</translation></message>
<message><source>{advice} GIF and WebP work without it.</source><translation>{advice} GIF y WebP funcionan sin ello.</translation></message>
<message><source>{count:,} entries</source><translation>{count:,} entradas</translation></message>
<message><source>{count:,} pixels on a side</source><translation>{count:,} píxeles por lado</translation></message>
<message><source>{entries} could be read</source><translation>se pudieron leer {entries}</translation></message>
<message><source>{entries} could be read, {more} more came from the copy of {day}</source><translation>se pudieron leer {entries}; {more} más proceden de la copia del {day}</translation></message>
<message><source>{file} (hash {digest})</source><translation>{file} (hash {digest})</translation></message>
<message><source>{file} has integers without scales at {name!r}, which no weights are; choose another file.</source><translation>{file} contiene en {name!r} enteros sin escalas, que no son pesos; elegir otro archivo.</translation></message>
<message><source>{file} is {architecture}, an upscaler that needs a package. {advice}</source><translation>{file} es {architecture}, un upscaler que necesita un paquete. {advice}</translation></message>
<message><source>{first} or {second}</source><translation>{first} o {second}</translation></message>
<message><source>{folder} is not a folder; choose another.</source><translation>{folder} no es una carpeta; elija otra.</translation></message>
<message><source>{folder} is read-only; choose another folder.</source><translation>{folder} es de solo lectura; elegir otra carpeta.</translation></message>
<message><source>{host} answers with status {status} instead of {name}; try again later.</source><translation>{host} responde con el estado {status} en lugar de {name}; inténtelo más tarde.</translation></message>
<message><source>{host} cannot be reached ({reason}); check the connection, then start the download again.</source><translation>No se puede contactar con {host} ({reason}); compruebe la conexión e inicie la descarga de nuevo.</translation></message>
<message><source>{host} does not accept your access token; log in again with `hf auth login`, or remove HF_TOKEN.</source><translation>{host} no acepta su token de acceso; vuelva a iniciar sesión con `hf auth login`, o quite HF_TOKEN.</translation></message>
<message><source>{host} does not state the size and the hash of {name}; try again later.</source><translation>{host} no indica el tamaño ni el hash de {name}; inténtelo más tarde.</translation></message>
<message><source>{host} forbids the download of {name}; check the rights of your access token and of the page.</source><translation>{host} prohíbe la descarga de {name}; compruebe los derechos de su token de acceso y la página.</translation></message>
<message><source>{host} has a problem (status {status}); try again later.</source><translation>{host} tiene un problema (estado {status}); inténtelo más tarde.</translation></message>
<message><source>{host} has no file {name} ({status}); check the address.</source><translation>{host} no tiene ningún archivo {name} ({status}); compruebe la dirección.</translation></message>
<message><source>{host} has no public model {name}; check the name, or log in with `hf auth login` if it is private.</source><translation>{host} no tiene ningún modelo público {name}; compruebe el nombre, o inicie sesión con `hf auth login` si es privado.</translation></message>
<message><source>{host} refuses more requests for now; resume the download later.</source><translation>{host} rechaza más solicitudes por ahora; reanude la descarga más tarde.</translation></message>
<message><source>{host} refuses more requests for {seconds} seconds; resume the download after that.</source><translation>{host} rechaza más solicitudes durante {seconds} segundos; reanude la descarga después.</translation></message>
<message><source>{host} refuses {name} without permission ({status}); check the address, or log in with `hf auth login`, and start the download again.</source><translation>{host} rechaza {name} sin permiso ({status}); compruebe la dirección, o inicie sesión con `hf auth login`, e inicie la descarga de nuevo.</translation></message>
<message><source>{model} cannot refine a picture in tiles; choose another model.</source><translation>{model} no puede refinar una imagen por mosaicos; elegir otro modelo.</translation></message>
<message><source>{model} cannot repaint a part of a picture; choose another model.</source><translation>{model} no puede repintar una parte de una imagen; elija otro modelo.</translation></message>
<message><source>{model} has no text encoder ({kinds}); put one into the models folder.</source><translation>{model} no tiene codificador de texto ({kinds}); poner uno en la carpeta de modelos.</translation></message>
<message><source>{model} has no word maps; paint the mask, or choose another model.</source><translation>{model} no tiene mapas de palabras; pinte la máscara o elija otro modelo.</translation></message>
<message><source>{name} asks everyone to accept its licence: open {page}, accept it there, log in with `hf auth login`, and start the download again.</source><translation>{name} pide aceptar su licencia: abra {page}, acéptela allí, inicie sesión con `hf auth login` e inicie la descarga de nuevo.</translation></message>
<message><source>{name} cannot be downloaded: its address leads in circles.</source><translation>{name} no se puede descargar: su dirección da vueltas en círculo.</translation></message>
<message><source>{name} contains no weight files; choose another model.</source><translation>{name} no contiene archivos de pesos; elegir otro modelo.</translation></message>
<message><source>{name} has {count} weight files; add one to its name, as in {name}/{file} (there are: {some}).</source><translation>{name} tiene {count} archivos de pesos; añada uno al nombre, como en {name}/{file} (hay: {some}).</translation></message>
<message><source>{name} is a LoRA for {other}, and this model is one of {base}; choose a LoRA for {base}.</source><translation>{name} es un LoRA para {other}, y este modelo es de {base}; elegir un LoRA para {base}.</translation></message>
<message><source>{name} is an adapter of the kind {kind}, which is not supported; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} es un adaptador del tipo {kind}, que no es compatible; elegir un archivo LoRA, LoCon, LoHa, LoKr, GLoRA o DoRA, o uno OFT, BOFT, IA3 o T-LoRA de LyCORIS.</translation></message>
<message><source>{name} is an upscaler that is damaged or not whole; copy or download it again.</source><translation>{name} es un upscaler dañado o incompleto; copiarlo o descargarlo de nuevo.</translation></message>
<message><source>{name} is being downloaded by another window or command; wait for it.</source><translation>Otra ventana u orden está descargando {name}; espere a que termine.</translation></message>
<message><source>{name} is cut short; copy or download it again.</source><translation>{name} está cortado; copiarlo o descargarlo de nuevo.</translation></message>
<message><source>{name} is damaged or not whole; copy or download it again.</source><translation>{name} está dañado o incompleto; copiarlo o descargarlo de nuevo.</translation></message>
<message><source>{name} is damaged; copy or download it again.</source><translation>{name} está dañado; copiarlo o descargarlo de nuevo.</translation></message>
<message><source>{name} is not a file of a model; enter another.</source><translation>{name} no es un archivo de un modelo; introduzca otro.</translation></message>
<message><source>{name} is not a model file, or it is damaged; choose another file.</source><translation>{name} no es un archivo de modelo o está dañado; elegir otro archivo.</translation></message>
<message><source>{name} is not a model file; choose one that ends in {suffixes}.</source><translation>{name} no es un archivo de modelo; elegir uno que termine en {suffixes}.</translation></message>
<message><source>{name} is not a supported LoRA; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.</source><translation>{name} no es un LoRA compatible; elegir un archivo LoRA, LoCon, LoHa, LoKr, GLoRA o DoRA, o uno OFT, BOFT, IA3 o T-LoRA de LyCORIS.</translation></message>
<message><source>{name} is not a supported kind of model; choose another model file.</source><translation>{name} no es un tipo de modelo compatible; elegir otro archivo de modelo.</translation></message>
<message><source>{name} is not an upscaler; choose another file.</source><translation>{name} no es un upscaler; elegir otro archivo.</translation></message>
<message><source>{name} is not completely downloaded; wait for the end of its download, or start it again.</source><translation>{name} no se ha descargado por completo; espere a que termine la descarga o iníciela de nuevo.</translation></message>
<message><source>{name} is too large for the disk of {folder}; choose another disk.</source><translation>{name} es demasiado grande para el disco de {folder}; elegir otro disco.</translation></message>
<message><source>{name} on {host} has no {file}; check the name.</source><translation>{name} en {host} no tiene {file}; compruebe el nombre.</translation></message>
<message><source>{path} cannot be used: a part of it is a file, not a folder; choose another.</source><translation>{path} no se puede usar: una parte de la ruta es un archivo y no una carpeta; elegir otra.</translation></message>
<message><source>{path} cannot be used: permission is missing; choose another place or allow it.</source><translation>{path} no se puede usar: falta el permiso; elegir otro lugar o concederlo.</translation></message>
<message><source>{path} cannot be used: {error}.</source><translation>{path} no se puede usar: {error}.</translation></message>
<message><source>{path} has levels from {low} to {high}, whose white is unknown; save it with levels 0 to 1.</source><translation>{path} tiene niveles de {low} a {high}, cuyo blanco se desconoce; guárdela con niveles de 0 a 1.</translation></message>
<message><source>{path} has more pixels than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path} tiene más píxeles que el límite de {limit}; elegir una copia más pequeña.</translation></message>
<message><source>{path} has more than {limit}, which is the limit; choose a smaller copy of it.</source><translation>{path} supera el límite de {limit}; elegir una copia más pequeña.</translation></message>
<message><source>{path} has no mask, as other pictures of the folder have; add one.</source><translation>{path} no tiene máscara, como otras imágenes de la carpeta; añada una.</translation></message>
<message><source>{path} is a TIFF that is damaged or of an unsupported kind; save it as PNG, or with 8 bits.</source><translation>{path} es un TIFF dañado o de un tipo no admitido; guardarlo como PNG o con 8 bits.</translation></message>
<message><source>{path} is a file, not a folder; choose another.</source><translation>{path} es un archivo y no una carpeta; elegir otra ruta.</translation></message>
<message><source>{path} is a folder, not a file; choose a file.</source><translation>{path} es una carpeta y no un archivo; elegir un archivo.</translation></message>
<message><source>{path} is a {kind} picture, which is not supported; save it as PNG, JPEG or WebP.</source><translation>{path} es una imagen {kind}, que no es compatible; guardarla como PNG, JPEG o WebP.</translation></message>
<message><source>{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.</source><translation>{path} no es una imagen o está dañada; elegir un archivo PNG, JPEG o WebP.</translation></message>
<message><source>{path} is not there; check that its disk is connected, or choose another.</source><translation>{path} no está ahí; comprobar que su disco está conectado o elegir otra cosa.</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); move it out of the way, then try again.</source><translation>{path} de la galería no se puede usar ({error}); apártelo e inténtelo de nuevo.</translation></message>
<message><source>{path} of the gallery cannot be used ({error}); try again.</source><translation>{path} de la galería no se puede usar ({error}); inténtelo de nuevo.</translation></message>
<message><source>{path} of the gallery cannot be written; check its disk and permissions.</source><translation>No se puede escribir {path} de la galería; comprobar su disco y los permisos.</translation></message>
<message><source>{title} has learned from other pictures; choose another name.</source><translation>{title} ha aprendido de otras imágenes; elegir otro nombre.</translation></message>
<message><source>{title} is finished: all {count} samples are trained; raise the samples to train on, or choose another name.</source><translation>{title} está terminado: las {count} muestras están entrenadas; aumentar las muestras o elegir otro nombre.</translation></message>
<message><source>{title} is still being trained; wait for its end, or choose another name.</source><translation>{title} todavía se está entrenando; esperar a que termine o elegir otro nombre.</translation></message>
<message><source>{title} was started with other settings; choose another name.</source><translation>{title} se inició con otros ajustes; elegir otro nombre.</translation></message>
<message><source>{url} does not end in the name of a model file ({suffixes}); enter the address of one.</source><translation>{url} no termina en el nombre de un archivo de modelo ({suffixes}); introduzca la dirección de uno.</translation></message>
<message><source>{url} is not an https address; models are only downloaded by https.</source><translation>{url} no es una dirección https; los modelos solo se descargan por https.</translation></message>
<message><source>{url} is not the page of a model; enter the address of one.</source><translation>{url} no es la página de un modelo; introduzca la dirección de una.</translation></message>
</context>
<context>
<name>ExampleTile</name>
<message><source>Draw “{prompt}”</source><translation>Dibujar «{prompt}»</translation></message>
</context>
<context>
<name>ExportController</name>
<message numerus="yes"><source>%n picture(s) copied</source><translation>
<numerusform>%n imagen copiada</numerusform>
<numerusform>%n imágenes copiadas</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) exported</source><translation>
<numerusform>%n imagen exportada</numerusform>
<numerusform>%n imágenes exportadas</numerusform>
</translation></message>
<message numerus="yes"><source>%n shape(s)</source><translation>
<numerusform>%n forma</numerusform>
<numerusform>%n formas</numerusform>
</translation></message>
<message><source>Credit copied</source><translation>Créditos copiados</translation></message>
<message><source>Export</source><translation>Exportar</translation></message>
<message><source>Export stopped</source><translation>Exportación detenida</translation></message>
<message><source>Exporting {progress}…</source><translation>Exportando {progress}…</translation></message>
<message><source>No credit is known</source><translation>No se conoce ningún crédito</translation></message>
<message><source>Nothing was written.</source><translation>No se ha escrito nada.</translation></message>
<message><source>Paste it into any program.</source><translation>Se puede pegar en cualquier programa.</translation></message>
<message><source>Paste it where you show the picture or list your sources.</source><translation>Para pegar donde se muestra la imagen o se citan las fuentes.</translation></message>
<message><source>Paste them as files.</source><translation>Se pueden pegar como archivos.</translation></message>
<message><source>Picture copied</source><translation>Imagen copiada</translation></message>
<message><source>Picture exported</source><translation>Imagen exportada</translation></message>
<message><source>Preparing the preview: {number} of {count}…</source><translation>Preparando la vista previa: {number} de {count}…</translation></message>
<message><source>Preparing…</source><translation>Preparando…</translation></message>
<message><source>Sharpening…</source><translation>Nitidez…</translation></message>
<message><source>Sharpening… {percent} %</source><translation>Nitidez… {percent} %</translation></message>
<message><source>The contact sheet is incomplete</source><translation>La hoja de contactos está incompleta</translation></message>
<message><source>The sources of {models} are not known here; look at the licence.</source><translation>Aquí no se conocen las fuentes de {models}; consulte la licencia.</translation></message>
<message><source>{number} of {count}</source><translation>{number} de {count}</translation></message>
<message><source>{progress}, {percent} %</source><translation>{progress}, {percent} %</translation></message>
<message><source>{size} kB</source><translation>{size} kB</translation></message>
</context>
<context>
<name>ExportDialog</name>
<message><source>A dark line around the subject</source><translation>Una línea oscura alrededor del motivo</translation></message>
<message><source>A line along the edge, so that pale subjects are seen on a pale page</source><translation>Una línea en el borde, para que los motivos pálidos se vean en una página clara</translation></message>
<message><source>All on one page, each with its prompt and seed</source><translation>Todas en una página, cada una con su prompt y su semilla</translation></message>
<message><source>Another colour</source><translation>Otro color</translation></message>
<message><source>Around pale parts, if they make up much of the edge; never in icon sets</source><translation>Alrededor de las partes pálidas, si ocupan gran parte del borde; nunca en juegos de iconos</translation></message>
<message><source>As needed</source><translation>Si hace falta</translation></message>
<message><source>Authors of the model's training drawings</source><translation>Autores de los dibujos de entrenamiento del modelo</translation></message>
<message><source>Background</source><translation>Fondo</translation></message>
<message><source>Black</source><translation>Negro</translation></message>
<message><source>Built in</source><translation>Integrado</translation></message>
<message><source>Colour of the background</source><translation>Color del fondo</translation></message>
<message><source>Colours</source><translation>Colores</translation></message>
<message><source>Contact sheet</source><translation>Hoja de contactos</translation></message>
<message><source>Convert to</source><translation>Convertir a</translation></message>
<message><source>Copies of the files, under names of your own</source><translation>Copias de los archivos, con nombres propios</translation></message>
<message><source>Copy credit</source><translation>Copiar créditos</translation></message>
<message><source>Copy the credit to the clipboard</source><translation>Copiar los créditos al portapapeles</translation></message>
<message><source>Each area in one colour, as a designer draws icons</source><translation>Cada área de un solo color, como dibuja un diseñador los iconos</translation></message>
<message><source>Embed prompt and settings</source><translation>Incluir prompt y ajustes</translation></message>
<message><source>Enlarges pictures that are smaller than the chosen size</source><translation>Amplía las imágenes menores que el tamaño elegido</translation></message>
<message><source>Everything</source><translation>Todo</translation></message>
<message><source>Export</source><translation>Exportar</translation></message>
<message><source>Fewer colours give fewer shapes and a smaller file</source><translation>Menos colores dan menos formas y un archivo más pequeño</translation></message>
<message><source>File name</source><translation>Nombre del archivo</translation></message>
<message><source>Flat colours</source><translation>Colores planos</translation></message>
<message><source>For apps: SVG, PNG, .ico, .icns, a sprite, a sheet and credits</source><translation>Para apps: SVG, PNG, .ico, .icns, sprite, hoja y créditos</translation></message>
<message><source>Format</source><translation>Formato</translation></message>
<message><source>GDM Studio reads them from the file again</source><translation>GDM Studio los vuelve a leer del archivo</translation></message>
<message><source>Icon set</source><translation>Juego de iconos</translation></message>
<message><source>In a darker tone of their colour</source><translation>En un tono más oscuro de su color</translation></message>
<message><source>In the merged picture and the names of layers</source><translation>En la imagen combinada y en los nombres de las capas</translation></message>
<message><source>Include CREDITS.txt</source><translation>Incluir CREDITS.txt</translation></message>
<message><source>Names</source><translation>Nombres</translation></message>
<message><source>No outline</source><translation>Sin contorno</translation></message>
<message><source>Original files</source><translation>Archivos originales</translation></message>
<message><source>Originals</source><translation>Originales</translation></message>
<message><source>Outline</source><translation>Contorno</translation></message>
<message><source>Pale parts</source><translation>Partes pálidas</translation></message>
<message><source>Quick, and keeps transparency</source><translation>Rápido, y conserva la transparencia</translation></message>
<message><source>Rounds the borders of areas, in pixels of a picture of 256</source><translation>Redondea los bordes de las áreas, en píxeles de una imagen de 256</translation></message>
<message><source>Size</source><translation>Tamaño</translation></message>
<message><source>Smoothing</source><translation>Suavizado</translation></message>
<message><source>The files in one archive, with a list of all their settings</source><translation>Los archivos en un único comprimido, con una lista de todos sus ajustes</translation></message>
<message><source>Transparent</source><translation>Transparente</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>White</source><translation>Blanco</translation></message>
<message><source>ZIP</source><translation>ZIP</translation></message>
<message><source>as needed</source><translation>según haga falta</translation></message>
<message><source>{factor} times as wide and high</source><translation>Ancho y alto × {factor}</translation></message>
<message><source>{factor} × the picture</source><translation>{factor} × la imagen</translation></message>
<message><source>{size} pixels</source><translation>{size} píxeles</translation></message>
<message><source>{size} pixels on the longer side</source><translation>{size} píxeles en el lado mayor</translation></message>
</context>
<context>
<name>ExportFormat</name>
<message><source>App icons</source><translation>Iconos de app</translation></message>
<message><source>For iOS, Android, macOS and Windows apps, in a folder</source><translation>Para apps de iOS, Android, macOS y Windows, en una carpeta</translation></message>
<message><source>For slides, documents and the web; keeps transparency</source><translation>Para presentaciones, documentos y la web; conserva la transparencia</translation></message>
<message><source>JPEG</source><translation>JPEG</translation></message>
<message><source>Layers above the start picture, for Krita and GIMP</source><translation>Capas sobre la imagen inicial, para Krita y GIMP</translation></message>
<message><source>Lossless, smaller than PNG; for the web</source><translation>Sin pérdida, más pequeño que PNG; para la web</translation></message>
<message><source>Mac icon</source><translation>Icono de Mac</translation></message>
<message><source>No transparency; fills the background</source><translation>Sin transparencia; rellena el fondo</translation></message>
<message><source>One .icns with every size from 16 to 1024 pixels</source><translation>Un .icns con todos los tamaños de 16 a 1024 píxeles</translation></message>
<message><source>One .ico with seven sizes from 16 to 256 pixels</source><translation>Un .ico con siete tamaños de 16 a 256 píxeles</translation></message>
<message><source>OpenRaster</source><translation>OpenRaster</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>SVG</source><translation>SVG</translation></message>
<message><source>Shapes that stay sharp at any size; best for flat styles</source><translation>Formas nítidas a cualquier tamaño; ideal para estilos planos</translation></message>
<message><source>WebP</source><translation>WebP</translation></message>
<message><source>Website icons</source><translation>Iconos web</translation></message>
<message><source>Windows icon</source><translation>Icono de Windows</translation></message>
<message><source>favicon.ico, icons for phones and the web manifest, in a folder</source><translation>favicon.ico, iconos para teléfonos y el manifiesto web, en una carpeta</translation></message>
</context>
<context>
<name>ExtendBar</name>
<message><source>Generate the added area</source><translation>Generar el área añadida</translation></message>
<message><source>Leave the picture as it was</source><translation>Dejar la imagen como estaba</translation></message>
<message><source>Pixels above</source><translation>Píxeles arriba</translation></message>
<message><source>Pixels below</source><translation>Píxeles abajo</translation></message>
<message><source>Pixels left</source><translation>Píxeles izquierda</translation></message>
<message><source>Pixels right</source><translation>Píxeles derecha</translation></message>
<message><source>Pixels to add above; ↑ and ↓ change them</source><translation>Píxeles que añadir arriba; ↑ y ↓ los cambian</translation></message>
<message><source>Pixels to add at the left; ↑ and ↓ change them</source><translation>Píxeles que añadir a la izquierda; ↑ y ↓ los cambian</translation></message>
<message><source>Pixels to add at the right; ↑ and ↓ change them</source><translation>Píxeles que añadir a la derecha; ↑ y ↓ los cambian</translation></message>
<message><source>Pixels to add below; ↑ and ↓ change them</source><translation>Píxeles que añadir abajo; ↑ y ↓ los cambian</translation></message>
<message><source>Undo the last change</source><translation>Deshacer el último cambio</translation></message>
<message><source>Use frame</source><translation>Usar marco</translation></message>
</context>
<context>
<name>FactorGroup</name>
<message><source>Factors</source><translation>Factores</translation></message>
</context>
<context>
<name>FailureReport</name>
<message><source>Close</source><translation>Cerrar</translation></message>
</context>
<context>
<name>Family</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n paso</numerusform>
<numerusform>%n pasos</numerusform>
</translation></message>
<message><source>as it was at step {step}</source><translation>como era en el paso {step}</translation></message>
<message><source>edited in another program</source><translation>editada en otro programa</translation></message>
<message><source>from step {step}</source><translation>desde el paso {step}</translation></message>
<message><source>from step {step} of “{title}”, which is not in the gallery</source><translation>desde el paso {step} de «{title}», que no está en la galería</translation></message>
<message><source>{steps} · seed {seed}</source><translation>{steps} · semilla {seed}</translation></message>
</context>
<context>
<name>FamilyGraph</name>
<message><source>Family tree of the systems</source><translation>Genealogía de los métodos</translation></message>
</context>
<context>
<name>FamilyTreeController</name>
<message><source>Command copied</source><translation>Comando copiado</translation></message>
<message><source>{command} adds its weights.</source><translation>{command} añade sus pesos.</translation></message>
<message><source>{command} trains it in {time}.</source><translation>{command} lo entrena en {time}.</translation></message>
</context>
<context>
<name>FamilyTreePage</name>
<message><source>Back to the lessons and the points</source><translation>Volver a las lecciones y los puntos</translation></message>
<message><source>By year, with lines to the systems that build on each</source><translation>Por año, con líneas a los métodos que se basan en cada uno</translation></message>
<message><source>Common errors in the literature</source><translation>Errores comunes en la bibliografía</translation></message>
<message><source>Diffusion in 2D</source><translation>Difusión en 2D</translation></message>
<message><source>Side by side</source><translation>Lado a lado</translation></message>
<message><source>The family tree</source><translation>La genealogía</translation></message>
<message><source>Tree</source><translation>Árbol</translation></message>
<message><source>View of the systems</source><translation>Vista de los métodos</translation></message>
<message><source>Weights of pictures</source><translation>Pesos para imágenes</translation></message>
<message><source>Weights of points only</source><translation>Pesos solo para puntos</translation></message>
<message><source>What each starts with, what is learned, what a step does</source><translation>Con qué empieza cada uno, qué se aprende, qué hace un paso</translation></message>
</context>
<context>
<name>FamilyView</name>
<message><source>Family of the picture</source><translation>Familia de la imagen</translation></message>
<message><source>Family · the step at which each picture branched off</source><translation>Familia · el paso en el que se ramificó cada imagen</translation></message>
</context>
<context>
<name>FewSteps</name>
<message><source>Hyper</source><translation>Hyper</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>Lightning</source><translation>Lightning</translation></message>
<message><source>Turbo</source><translation>Turbo</translation></message>
<message><source>{steps} steps without guidance ({paper})</source><translation>{steps} pasos sin guía ({paper})</translation></message>
</context>
<context>
<name>FileDrops</name>
<message><source>Copy its text, and paste it where you want to have it.</source><translation>Copie su texto y péguelo donde lo necesite.</translation></message>
<message><source>Drop a picture, a model, or a folder of them.</source><translation>Suelte una imagen, un modelo o una carpeta con ellos.</translation></message>
<message><source>Only {file} is used</source><translation>Solo se usa {file}</translation></message>
<message><source>Save the picture as a file and drop that. “Get a model” downloads models.</source><translation>Guarde la imagen como archivo y suéltelo. «Obtener un modelo» descarga modelos.</translation></message>
<message><source>Web addresses cannot be dropped</source><translation>No se pueden soltar direcciones web</translation></message>
<message><source>{name} cannot be used here</source><translation>{name} no se puede usar aquí</translation></message>
</context>
<context>
<name>FilenamePattern</name>
<message><source>four letters of its unique id</source><translation>cuatro letras de su identificador único</translation></message>
<message><source>its first words, or the class</source><translation>sus primeras palabras, o la clase</translation></message>
<message><source>its number, {n:03} with zeros</source><translation>su número, {n:03} con ceros</translation></message>
<message><source>its {setting}</source><translation>ajuste: {setting}</translation></message>
<message><source>number of steps</source><translation>número de pasos</translation></message>
<message><source>the model's name</source><translation>el nombre del modelo</translation></message>
</context>
<context>
<name>FilmDialog</name>
<message><source>A notebook whose code generates the same steps with this program.</source><translation>Un cuaderno cuyo código genera los mismos pasos con este programa.</translation></message>
<message><source>A video for every player, without transparency.</source><translation>Un vídeo para cualquier reproductor, sin transparencia.</translation></message>
<message><source>A web page with a slider, the settings and a chart, in one file without links.</source><translation>Una página web con un deslizador, los ajustes y un gráfico, en un solo archivo sin enlaces.</translation></message>
<message><source>Animation of the steps</source><translation>Animación de los pasos</translation></message>
<message><source>Background</source><translation>Fondo</translation></message>
<message><source>Black</source><translation>Negro</translation></message>
<message><source>Format</source><translation>Formato</translation></message>
<message><source>Loop</source><translation>Bucle</translation></message>
<message><source>Once</source><translation>Una vez</translation></message>
<message><source>Original</source><translation>Original</translation></message>
<message><source>Ping-pong</source><translation>Ida y vuelta</translation></message>
<message><source>Plays back to the noise, then forward again</source><translation>Retrocede hasta el ruido y vuelve a avanzar</translation></message>
<message><source>Repeat</source><translation>Repetir</translation></message>
<message><source>Shown everywhere; 255 colours, and transparent pictures have hard edges.</source><translation>Se ve en todas partes; 255 colores, y las imágenes transparentes tienen bordes duros.</translation></message>
<message><source>Size</source><translation>Tamaño</translation></message>
<message><source>Size, pixels</source><translation>Tamaño, píxeles</translation></message>
<message><source>Small and exact, with half-transparent edges; browsers and messengers show it.</source><translation>Pequeño y exacto, con bordes semitransparentes; lo muestran navegadores y mensajería.</translation></message>
<message><source>Speed of the animation; the finished picture stays a little longer</source><translation>Velocidad de la animación; la imagen acabada permanece un poco más</translation></message>
<message><source>Starts again at the end</source><translation>Vuelve a empezar al final</translation></message>
<message><source>Steps per second</source><translation>Pasos por segundo</translation></message>
<message><source>Stops at the picture</source><translation>Se detiene en la imagen</translation></message>
<message><source>The player decides whether a video repeats</source><translation>El reproductor decide si un vídeo se repite</translation></message>
<message><source>The size of the picture</source><translation>El tamaño de la imagen</translation></message>
<message><source>Transparent</source><translation>Transparente</translation></message>
<message><source>View</source><translation>Vista</translation></message>
<message><source>White</source><translation>Blanco</translation></message>
<message><source>{pixels} pixels on the longer side</source><translation>{pixels} píxeles en el lado mayor</translation></message>
</context>
<context>
<name>FilmExport</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n paso</numerusform>
<numerusform>%n pasos</numerusform>
</translation></message>
<message><source>Animation exported</source><translation>Animación exportada</translation></message>
<message><source>Animation of {title}</source><translation>Animación de {title}</translation></message>
<message><source>Step {number} of {count}…</source><translation>Paso {number} de {count}…</translation></message>
<message><source>Steps exported</source><translation>Pasos exportados</translation></message>
<message><source>Writing…</source><translation>Escribiendo…</translation></message>
</context>
<context>
<name>FilmPreview</name>
<message><source>Preview of the animation</source><translation>Vista previa de la animación</translation></message>
</context>
<context>
<name>Filmstrip</name>
<message><source>Actions for this step</source><translation>Acciones de este paso</translation></message>
<message><source>Actions for this step (Menu key, right-click)</source><translation>Acciones de este paso (tecla Menu, clic derecho)</translation></message>
<message><source>All pictures of this run</source><translation>Todas las imágenes de esta generación</translation></message>
<message><source>Back to the newest step</source><translation>Volver al paso más reciente</translation></message>
<message><source>Back to the run in progress</source><translation>Volver a la generación en curso</translation></message>
<message><source>Latest</source><translation>Último</translation></message>
<message><source>Loop</source><translation>Bucle</translation></message>
<message><source>Next picture</source><translation>Imagen siguiente</translation></message>
<message><source>Picture {number} of {count}</source><translation>Imagen {number} de {count}</translation></message>
<message><source>Previous picture</source><translation>Imagen anterior</translation></message>
<message><source>Steps</source><translation>Pasos</translation></message>
<message><source>drag to look back</source><translation>arrastrar para revisar</translation></message>
<message><source>drag to look back, right-click to branch</source><translation>arrastrar para revisar, clic derecho para ramificar</translation></message>
<message><source>each one appears here as it is made</source><translation>cada uno aparece aquí al hacerse</translation></message>
</context>
<context>
<name>FolderDialog</name>
<message><source>Cancel</source><translation>Cancelar</translation></message>
<message><source>Choose another folder</source><translation>Elegir otra carpeta</translation></message>
<message><source>Choose…</source><translation>Elegir…</translation></message>
<message><source>Close without writing anything</source><translation>Cerrar sin escribir nada</translation></message>
<message><source>Export</source><translation>Exportar</translation></message>
<message><source>Folder</source><translation>Carpeta</translation></message>
<message><source>Folder for {title}</source><translation>Carpeta para {title}</translation></message>
<message><source>Stop</source><translation>Detener</translation></message>
<message><source>Write the files</source><translation>Escribir los archivos</translation></message>
</context>
<context>
<name>FolderEdit</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n imagen</numerusform>
<numerusform>%n imágenes</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) edited</source><translation>
<numerusform>%n imagen editada</numerusform>
<numerusform>%n imágenes editadas</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) not edited</source><translation>
<numerusform>%n imagen sin editar</numerusform>
<numerusform>%n imágenes sin editar</numerusform>
</translation></message>
<message><source>Edit a folder</source><translation>Editar una carpeta</translation></message>
<message><source>Folder with the pictures to edit</source><translation>Carpeta con las imágenes</translation></message>
<message><source>Open folder</source><translation>Abrir carpeta</translation></message>
<message><source>Show which</source><translation>Ver cuáles</translation></message>
<message><source>Stopped · {edited}, {count} left</source><translation>Detenido · {edited}, quedan {count}</translation></message>
<message><source>{folder} contains no pictures; choose another folder.</source><translation>{folder} no contiene imágenes; elija otra carpeta.</translation></message>
<message><source>{number} of {count}</source><translation>{number} de {count}</translation></message>
<message><source>{pictures}, {count} with a mask</source><translation>{pictures}, {count} con máscara</translation></message>
</context>
<context>
<name>FolderEditDialog</name>
<message><source>All become {width} × {height} pixels, the only size of this model.</source><translation>Todas tendrán {width} × {height} píxeles, el único tamaño de este modelo.</translation></message>
<message><source>Built in</source><translation>Integrado</translation></message>
<message><source>Each picture is generated from “{prompt}” by {model}.</source><translation>Cada imagen se genera a partir de «{prompt}» con {model}.</translation></message>
<message><source>Edit</source><translation>Editar</translation></message>
<message><source>Enlarge by a network; nothing else changes</source><translation>Ampliar con una red; no cambia nada más</translation></message>
<message><source>Inpaint</source><translation>Inpaint</translation></message>
<message><source>Inpaint area</source><translation>Área de inpaint</translation></message>
<message><source>Quick, and keeps transparency</source><translation>Rápido, conserva la transparencia</translation></message>
<message><source>Size</source><translation>Tamaño</translation></message>
<message><source>Start from each</source><translation>Partir de cada una</translation></message>
<message><source>The edited pictures keep their names, subfolders, EXIF data and colour profiles. Started again, the edit continues where it ended.</source><translation>Las imágenes editadas conservan nombres, subcarpetas, datos EXIF y perfiles de color. Si se inicia de nuevo, la edición continúa donde terminó.</translation></message>
<message><source>Upscale</source><translation>Ampliar</translation></message>
<message><source>Upscaler</source><translation>Ampliador</translation></message>
</context>
<context>
<name>Folders</name>
<message><source>Couldn't open the folder: {folder}. Open it in a file manager.</source><translation>No se pudo abrir la carpeta: {folder}. Abrirla en un gestor de archivos.</translation></message>
<message><source>Open folder</source><translation>Abrir carpeta</translation></message>
<message><source>{folder} is not there. If it is on another disk, connect that; then try again.</source><translation>{folder} no está ahí. Si está en otro disco, conectarlo y reintentar.</translation></message>
</context>
<context>
<name>FoldersRow</name>
<message><source>Add…</source><translation>Añadir…</translation></message>
<message><source>Open the default models folder</source><translation>Abrir la carpeta de modelos predeterminada</translation></message>
<message><source>Remove from the list; the files stay</source><translation>Quitar de la lista; los archivos se quedan</translation></message>
<message><source>Remove {folder}</source><translation>Quitar {folder}</translation></message>
<message><source>Search another folder for models</source><translation>Buscar modelos en otra carpeta</translation></message>
<message><source>Show</source><translation>Mostrar</translation></message>
</context>
<context>
<name>GalleryCells</name>
<message><source>Cannot be shown</source><translation>No se puede mostrar</translation></message>
</context>
<context>
<name>GalleryCommands</name>
<message numerus="yes"><source> (%n file(s))</source><translation>
<numerusform> (%n archivo)</numerusform>
<numerusform> (%n archivos)</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to the favourites</source><translation>
<numerusform>%n imagen añadida a favoritos</numerusform>
<numerusform>%n imágenes añadidas a favoritos</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) added to {name}</source><translation>
<numerusform>%n imagen añadida a {name}</numerusform>
<numerusform>%n imágenes añadidas a {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) deleted</source><translation>
<numerusform>%n imagen eliminada</numerusform>
<numerusform>%n imágenes eliminadas</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) hidden</source><translation>
<numerusform>%n imagen oculta</numerusform>
<numerusform>%n imágenes ocultas</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from the favourites</source><translation>
<numerusform>%n imagen quitada de favoritos</numerusform>
<numerusform>%n imágenes quitadas de favoritos</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) removed from {name}</source><translation>
<numerusform>%n imagen quitada de {name}</numerusform>
<numerusform>%n imágenes quitadas de {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) restored</source><translation>
<numerusform>%n imagen restaurada</numerusform>
<numerusform>%n imágenes restauradas</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) tagged {name}</source><translation>
<numerusform>%n imagen etiquetada: {name}</numerusform>
<numerusform>%n imágenes etiquetadas: {name}</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) taken back</source><translation>
<numerusform>Se deshizo %n imagen</numerusform>
<numerusform>Se deshicieron %n imágenes</numerusform>
</translation></message>
<message numerus="yes"><source>Collection of %n picture(s) created</source><translation>
<numerusform>Colección de %n imagen creada</numerusform>
<numerusform>Colección de %n imágenes creada</numerusform>
</translation></message>
<message><source>Ctrl+Z undoes it.</source><translation>Control+Z lo deshace.</translation></message>
<message><source>Imported folders are not changed.</source><translation>Las carpetas importadas no se modifican.</translation></message>
<message><source>In {name} already</source><translation>Ya en {name}</translation></message>
<message><source>It is under Recently deleted.</source><translation>Está en Eliminadas recientemente.</translation></message>
<message><source>New collection</source><translation>Nueva colección</translation></message>
<message><source>No picture is selected</source><translation>Ninguna imagen seleccionada</translation></message>
<message><source>Not in {name}</source><translation>No está en {name}</translation></message>
<message><source>Picture deleted</source><translation>Imagen eliminada</translation></message>
<message><source>Picture hidden</source><translation>Imagen oculta</translation></message>
<message><source>Picture restored</source><translation>Imagen restaurada</translation></message>
<message><source>Restore</source><translation>Restaurar</translation></message>
<message><source>They are under Recently deleted.</source><translation>Están en Eliminadas recientemente.</translation></message>
<message><source>{before} renamed to {now}</source><translation>{before} ahora se llama {now}</translation></message>
<message numerus="yes"><source>{name} removed from %n picture(s)</source><translation>
<numerusform>Quitado de %n imagen: {name}</numerusform>
<numerusform>Quitado de %n imágenes: {name}</numerusform>
</translation></message>
</context>
<context>
<name>GalleryPage</name>
<message><source>Gallery</source><translation>Galería</translation></message>
</context>
<context>
<name>GalleryPanel</name>
<message><source>Clear the search and show the new picture</source><translation>Borrar la búsqueda y mostrar la imagen nueva</translation></message>
<message><source>Show it</source><translation>Mostrar</translation></message>
<message><source>The search hides the new picture.</source><translation>La búsqueda oculta la imagen nueva.</translation></message>
</context>
<context>
<name>GalleryService</name>
<message><source>Something was repaired</source><translation>Algo se ha reparado</translation></message>
<message><source>{file} is damaged; copy a backup of it to {folder}, or generate it again from its settings.</source><translation>{file} está dañado; copiar una copia de seguridad en {folder} o generarla de nuevo con sus ajustes.</translation></message>
</context>
<context>
<name>GenerateButton</name>
<message><source>Starting…</source><translation>Iniciando…</translation></message>
<message><source>Stopping…</source><translation>Deteniendo…</translation></message>
<message><source>The current step is being finished</source><translation>Se está terminando el paso actual</translation></message>
</context>
<context>
<name>GenerationController</name>
<message numerus="yes"><source>%n failed and can be tried again.</source><translation>
<numerusform>%n falló y se puede reintentar.</numerusform>
<numerusform>%n fallaron y se pueden reintentar.</numerusform>
</translation></message>
<message><source>A picture could not be saved</source><translation>No se pudo guardar una imagen</translation></message>
<message><source>A run is in progress</source><translation>Hay una generación en curso</translation></message>
<message><source>Add to the queue</source><translation>Añadir a la cola</translation></message>
<message><source>Everything is made.</source><translation>Todo está hecho.</translation></message>
<message><source>It could not be followed to its end.</source><translation>No se pudo seguir hasta el final.</translation></message>
<message><source>It starts after the running jobs</source><translation>Empieza tras las tareas en curso</translation></message>
<message><source>Queued · {count}</source><translation>En cola · {count}</translation></message>
<message><source>Queued · {count} · {total} waiting in all</source><translation>En cola · {count} · {total} en espera en total</translation></message>
<message><source>Resume</source><translation>Reanudar</translation></message>
<message><source>The queue waits until it is.</source><translation>La cola espera hasta que se guarde.</translation></message>
<message><source>Try again once it has ended, or stop it first.</source><translation>Inténtelo de nuevo cuando haya acabado, o deténgala antes.</translation></message>
<message><source>Try again once it is saved.</source><translation>Inténtelo de nuevo cuando esté guardada.</translation></message>
<message><source>Your pictures are ready</source><translation>Las imágenes están listas</translation></message>
<message><source>about {time} · {size}</source><translation>unos {time} · {size}</translation></message>
<message><source>starting…</source><translation>iniciando…</translation></message>
<message><source>{title} · waits for the paused queue</source><translation>{title} · espera a la cola en pausa</translation></message>
<message><source>{title} · waits for the paused run</source><translation>{title} · espera a la generación en pausa</translation></message>
</context>
<context>
<name>GenerationModes</name>
<message><source>A set is a list of prompts, and {model} reads none.</source><translation>Una serie es una lista de prompts, y {model} no lee ninguno.</translation></message>
<message><source>Describe the picture, or let the model draw anything.</source><translation>Describir la imagen, o dejar que el modelo dibuje lo que sea.</translation></message>
<message><source>Draw anything</source><translation>Dibujar lo que sea</translation></message>
<message><source>It updates a single picture. Leave the set with {keys}.</source><translation>Este modo actualiza una sola imagen. Salir de la serie con {keys}.</translation></message>
<message><source>No set was found</source><translation>No se encontró ninguna serie</translation></message>
<message><source>The prompt is empty</source><translation>El prompt está vacío</translation></message>
</context>
<context>
<name>Grid</name>
<message><source>No favourites yet. Press F to mark the selected picture.</source><translation>Aún no hay favoritos. Pulsar F para marcar la imagen seleccionada.</translation></message>
<message><source>No imported pictures yet. Drop a file here, or add a folder.</source><translation>Aún no hay imágenes importadas. Soltar un archivo aquí o añadir una carpeta.</translation></message>
<message><source>No pictures from today yet.</source><translation>Aún no hay imágenes de hoy.</translation></message>
<message><source>Nothing matches “{query}”.</source><translation>Nada coincide con «{query}».</translation></message>
<message><source>Pictures</source><translation>Imágenes</translation></message>
<message><source>There are no pictures in this folder.</source><translation>No hay imágenes en esta carpeta.</translation></message>
<message><source>Your pictures will appear here.</source><translation>Las imágenes aparecerán aquí.</translation></message>
</context>
<context>
<name>GridController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n imagen</numerusform>
<numerusform>%n imágenes</numerusform>
</translation></message>
<message><source>Another grid is being generated. Stop it, then restore this one.</source><translation>Se está generando otra cuadrícula. Detenerla y luego restaurar esta.</translation></message>
<message><source>Back to the grid</source><translation>Volver a la cuadrícula</translation></message>
<message><source>Grid</source><translation>Cuadrícula</translation></message>
<message numerus="yes"><source>Grid: %n picture(s)</source><translation>
<numerusform>Cuadrícula: %n imagen</numerusform>
<numerusform>Cuadrícula: %n imágenes</numerusform>
</translation></message>
<message><source>It is in the pictures folder; its pictures are the collection “{name}”.</source><translation>Está en la carpeta de imágenes; sus imágenes son la colección «{name}».</translation></message>
<message><source>Its name is “{name}”.</source><translation>Se llama «{name}».</translation></message>
<message><source>One picture for each value, or each pair</source><translation>Una imagen por cada valor, o cada par</translation></message>
<message><source>One picture for each value, or each pair; all other settings stay as they are.</source><translation>Una imagen por cada valor, o cada par; los demás ajustes no cambian.</translation></message>
<message><source>Previous grid saved as a collection</source><translation>Cuadrícula anterior guardada como colección</translation></message>
<message><source>Restore it</source><translation>Restaurarla</translation></message>
<message><source>Schedulers</source><translation>Planificadores</translation></message>
<message numerus="yes"><source>Schedulers: %n picture(s)</source><translation>
<numerusform>Planificadores: %n imagen</numerusform>
<numerusform>Planificadores: %n imágenes</numerusform>
</translation></message>
<message><source>Sheet saved</source><translation>Lámina guardada</translation></message>
<message><source>click one to use it</source><translation>clic en una para usarla</translation></message>
<message><source>connecting to the cluster…</source><translation>conectando con el clúster…</translation></message>
</context>
<context>
<name>GridSetup</name>
<message><source>Across</source><translation>A lo ancho</translation></message>
<message><source>Down</source><translation>A lo alto</translation></message>
<message><source>Make the grid</source><translation>Crear la cuadrícula</translation></message>
<message><source>One picture for each</source><translation>Una imagen por cada uno</translation></message>
</context>
<context>
<name>GridView</name>
<message><source>Continue</source><translation>Continuar</translation></message>
<message><source>Each at its best</source><translation>Cada uno óptimo</translation></message>
<message><source>Every scheduler with its own default steps and spacing</source><translation>Cada planificador con sus pasos y espaciado predeterminados</translation></message>
<message><source>Every scheduler with the steps and the spacing that are set</source><translation>Cada planificador con los pasos y el espaciado establecidos</translation></message>
<message><source>Make the missing pictures</source><translation>Crear las imágenes que faltan</translation></message>
<message><source>Same settings</source><translation>Mismos ajustes</translation></message>
<message><source>Settings of the schedulers</source><translation>Ajustes de los planificadores</translation></message>
<message><source>Skip the missing pictures</source><translation>Omitir las imágenes que faltan</translation></message>
<message><source>Stop</source><translation>Detener</translation></message>
</context>
<context>
<name>Handout</name>
<message><source>A run on the plane</source><translation>Una ejecución en el plano</translation></message>
<message><source>Distance at the end</source><translation>Distancia al final</translation></message>
<message><source>Distance from the true distribution at each step</source><translation>Distancia a la distribución real en cada paso</translation></message>
<message><source>Each point starts as noise, and the sampler moves it towards the data. The notebook runs with the package `gdm_studio`.</source><translation>Cada punto empieza como ruido, y el muestreador lo mueve hacia los datos. El cuaderno se ejecuta con el paquete `gdm_studio`.</translation></message>
<message><source>Images, compared</source><translation>Imágenes, comparadas</translation></message>
<message><source>In Python</source><translation>En Python</translation></message>
<message><source>Made with GDM Studio.</source><translation>Hecho con GDM Studio.</translation></message>
<message><source>Noise after each step, as the ratio of noise to signal</source><translation>Ruido tras cada paso, como cociente de ruido y señal</translation></message>
<message><source>Nothing is known about how this image was made.</source><translation>No se sabe nada de cómo se hizo esta imagen.</translation></message>
<message><source>Play</source><translation>Reproducir</translation></message>
<message><source>Runs on the plane, compared</source><translation>Ejecuciones en el plano, comparadas</translation></message>
<message><source>Step</source><translation>Paso</translation></message>
<message><source>Step {step} in numbers</source><translation>Paso {step} en números</translation></message>
<message><source>Step {step} of {steps}</source><translation>Paso {step} de {steps}</translation></message>
<message><source>Step {step} of {steps} · α {alpha:.3f} · σ {sigma:.3f} · distance {distance:.3f}</source><translation>Paso {step} de {steps} · α {alpha:.3f} · σ {sigma:.3f} · distancia {distance:.3f}</translation></message>
<message><source>The network of this run is not part of the notebook. The exact denoiser takes its place.</source><translation>La red de esta ejecución no forma parte del cuaderno. La sustituye el denoiser exacto.</translation></message>
<message><source>The request below determines the image completely. Running it again generates the same image, step by step.</source><translation>La petición de abajo determina la imagen por completo. Ejecutarla de nuevo genera la misma imagen, paso a paso.</translation></message>
<message><source>evaluations of the denoiser</source><translation>evaluaciones del denoiser</translation></message>
<message><source>step</source><translation>paso</translation></message>
</context>
<context>
<name>Head</name>
<message><source>Its file does not say how it was made</source><translation>Su archivo no dice cómo se hizo</translation></message>
<message><source>Move {letter} to the left</source><translation>Mover {letter} a la izquierda</translation></message>
<message><source>Move {letter} to the right</source><translation>Mover {letter} a la derecha</translation></message>
<message><source>Remove {letter} from the comparison</source><translation>Quitar {letter} de la comparación</translation></message>
<message><source>Use the settings of {letter}</source><translation>Usar los ajustes de {letter}</translation></message>
<message><source>{title} · settings not known</source><translation>{title} · ajustes desconocidos</translation></message>
</context>
<context>
<name>IdleNotifier</name>
<message numerus="yes"><source>%n picture(s) still to make</source><translation>
<numerusform>Falta %n imagen por hacer</numerusform>
<numerusform>Faltan %n imágenes por hacer</numerusform>
</translation></message>
<message><source>The queue resumes when you open GDM Studio again.</source><translation>La cola se reanudará al abrir de nuevo GDM Studio.</translation></message>
</context>
<context>
<name>ImageSignals</name>
<message><source>The file does not say which model made this picture.</source><translation>El archivo no dice qué modelo creó esta imagen.</translation></message>
<message><source>This picture has no settings from which to make it again.</source><translation>Esta imagen no tiene ajustes con los que volver a crearla.</translation></message>
<message><source>This picture has no settings to use; drop it on the Create page to start from it.</source><translation>Esta imagen no tiene ajustes; suéltela en la página Crear para partir de ella.</translation></message>
<message><source>Variations need the settings of a picture, and this one has none; start from it instead.</source><translation>Las variaciones necesitan los ajustes de una imagen, y esta no tiene; parta de ella.</translation></message>
</context>
<context>
<name>ImportController</name>
<message><source>Add a folder of pictures to the gallery</source><translation>Añadir una carpeta de imágenes a la galería</translation></message>
<message><source>Added to the gallery</source><translation>Añadida a la galería</translation></message>
<message><source>{file} was copied; the original stays where it is.</source><translation>{file} se ha copiado; el original se queda donde está.</translation></message>
</context>
<context>
<name>InterpolationController</name>
<message><source>Animated WebP (*.webp)</source><translation>WebP animado (*.webp)</translation></message>
<message><source>Animation saved</source><translation>Animación guardada</translation></message>
<message><source>Animation {file}</source><translation>Animación {file}</translation></message>
<message><source>Back to the row</source><translation>Volver a la secuencia</translation></message>
<message numerus="yes"><source>Between two: %n picture(s)</source><translation>
<numerusform>Entre dos: %n imagen</numerusform>
<numerusform>Entre dos: %n imágenes</numerusform>
</translation></message>
<message><source>From {prompt}, seed {seed}</source><translation>De {prompt}, semilla {seed}</translation></message>
<message><source>GIF (*.gif)</source><translation>GIF (*.gif)</translation></message>
<message><source>MP4 video (*.mp4)</source><translation>Vídeo MP4 (*.mp4)</translation></message>
<message><source>Save animation</source><translation>Guardar animación</translation></message>
<message><source>every frame begins with the start picture</source><translation>cada imagen parte de la imagen inicial</translation></message>
<message><source>no prompt</source><translation>sin prompt</translation></message>
<message><source>only the masked part changes</source><translation>solo cambia la parte enmascarada</translation></message>
<message><source>press Make</source><translation>pulsar Crear</translation></message>
<message><source>seed {seed}</source><translation>semilla {seed}</translation></message>
<message><source>writing…</source><translation>escribiendo…</translation></message>
<message><source>{percent} % of the way</source><translation>{percent} % del camino</translation></message>
<message><source>{prompt}, seed {seed} → {end}</source><translation>{prompt}, semilla {seed} → {end}</translation></message>
</context>
<context>
<name>InterpolationRow</name>
<message><source>Use the seed and the prompt themselves</source><translation>Usar la semilla y el prompt tal cual</translation></message>
<message><source>Variation {percent} % of seed {seed}</source><translation>Variación {percent} % de la semilla {seed}</translation></message>
<message><source>{legs} steps away, the last {percent} % towards seed {seed}</source><translation>a {legs} tramos, el último {percent} % hacia la semilla {seed}</translation></message>
<message><source>{legs} steps away, the last {percent} % towards {prompt}, seed {seed}</source><translation>a {legs} tramos, el último {percent} % hacia {prompt}, semilla {seed}</translation></message>
<message><source>{percent} % towards {prompt}, seed {seed}</source><translation>{percent} % hacia {prompt}, semilla {seed}</translation></message>
</context>
<context>
<name>InterpolationView</name>
<message><source>Another seed</source><translation>Otra semilla</translation></message>
<message><source>Between two pictures</source><translation>Entre dos imágenes</translation></message>
<message><source>Drag along the row</source><translation>Arrastrar por la secuencia</translation></message>
<message><source>Frames</source><translation>Imágenes</translation></message>
<message><source>Make</source><translation>Crear</translation></message>
<message><source>Make the pictures of the row</source><translation>Crear las imágenes de la secuencia</translation></message>
<message><source>Picture of the row</source><translation>Imagen de la secuencia</translation></message>
<message><source>Pictures in the row</source><translation>Imágenes en la secuencia</translation></message>
<message><source>Prompt of the last picture</source><translation>Prompt de la última imagen</translation></message>
<message><source>Prompt of the last picture; empty for the same prompt</source><translation>Prompt de la última imagen; vacío para el mismo prompt</translation></message>
<message><source>Seed of the last picture</source><translation>Semilla de la última imagen</translation></message>
<message><source>Stop</source><translation>Detener</translation></message>
<message><source>To prompt</source><translation>Al prompt</translation></message>
<message><source>To seed</source><translation>A la semilla</translation></message>
<message><source>the same prompt</source><translation>el mismo prompt</translation></message>
</context>
<context>
<name>Introduction</name>
<message><source>Press Start. Test pictures and a diagnosis show whether it learns.</source><translation>Pulsar Iniciar. Imágenes de prueba y un diagnóstico muestran si el modelo aprende.</translation></message>
<message><source>Teach a model your style, or train a model of your own. All on this computer.</source><translation>Enseñar el estilo propio a un modelo, o entrenar un modelo propio. Todo en este equipo.</translation></message>
<message><source>Train on your pictures</source><translation>Entrenar con imágenes propias</translation></message>
</context>
<context>
<name>InversionTool</name>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>queda %n paso</numerusform>
<numerusform>quedan %n pasos</numerusform>
</translation></message>
<message><source>Change the prompt, then generate from the recovered noise.</source><translation>Cambiar el prompt y generar a partir del ruido recuperado.</translation></message>
<message><source>Finding the noise</source><translation>Buscando el ruido</translation></message>
<message><source>Generate from it</source><translation>Generar a partir de él</translation></message>
<message><source>Ready: new words, same layout</source><translation>Listo: otras palabras, misma composición</translation></message>
<message><source>The picture as it is</source><translation>La imagen tal cual</translation></message>
<message><source>The picture was drawn for: {prompt}</source><translation>La imagen se dibujó para: {prompt}</translation></message>
<message><source>Use its prompt</source><translation>Usar su prompt</translation></message>
<message><source>Your prompt is not the picture's</source><translation>Su prompt no es el de la imagen</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model} no puede partir de una imagen</translation></message>
<message><source>{percent} % noise</source><translation>{percent} % de ruido</translation></message>
</context>
<context>
<name>JobBar</name>
<message numerus="yes"><source>%n job(s)</source><translation>
<numerusform>%n tarea</numerusform>
<numerusform>%n tareas</numerusform>
</translation></message>
<message><source>Choose a job to stop</source><translation>Elegir una tarea para detener</translation></message>
<message><source>Show all running jobs in the queue</source><translation>Mostrar todas las tareas en curso en la cola</translation></message>
<message><source>Show {job}</source><translation>Mostrar {job}</translation></message>
<message><source>Stop</source><translation>Detener</translation></message>
<message><source>Stop this job after the current step</source><translation>Detener esta tarea tras el paso actual</translation></message>
<message><source>Stop {job}</source><translation>Detener {job}</translation></message>
<message><source>Stop…</source><translation>Detener…</translation></message>
</context>
<context>
<name>JobLine</name>
<message><source>Progress of {job}</source><translation>Progreso de {job}</translation></message>
<message><source>Show</source><translation>Mostrar</translation></message>
<message><source>Show the pictures of this job</source><translation>Mostrar las imágenes de esta tarea</translation></message>
<message><source>Show {job}</source><translation>Mostrar {job}</translation></message>
<message><source>Stop</source><translation>Detener</translation></message>
<message><source>Stop {job}</source><translation>Detener {job}</translation></message>
</context>
<context>
<name>Label</name>
<message><source>{title}: {text}</source><translation>{title}: {text}</translation></message>
</context>
<context>
<name>LargePicture</name>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Space or Esc closes it; the arrow keys show the next picture</source><translation>Espacio o Escape la cierra; las flechas muestran la siguiente imagen</translation></message>
<message><source>Toolbar of the picture</source><translation>Barra de la imagen</translation></message>
<message><source>{title}, large</source><translation>{title}, en grande</translation></message>
</context>
<context>
<name>LearnPage</name>
<message><source>Compare the systems of the literature</source><translation>Comparar los métodos de la bibliografía</translation></message>
<message><source>Data to noise</source><translation>De datos a ruido</translation></message>
<message><source>Diffusion in 2D</source><translation>Difusión en 2D</translation></message>
<message><source>Direction</source><translation>Dirección</translation></message>
<message><source>Drag through the steps</source><translation>Arrastrar para recorrer los pasos</translation></message>
<message><source>Draw lines here with the mouse.</source><translation>Dibujar aquí líneas con el ratón.</translation></message>
<message><source>Exporting…</source><translation>Exportando…</translation></message>
<message><source>Family tree</source><translation>Árbol genealógico</translation></message>
<message><source>First run</source><translation>Primera ejecución</translation></message>
<message><source>Lessons</source><translation>Lecciones</translation></message>
<message><source>Measured when the training ends</source><translation>Se mide al terminar el entrenamiento</translation></message>
<message><source>Noise to data</source><translation>De ruido a datos</translation></message>
<message><source>Notebook (Jupyter)</source><translation>Cuaderno (Jupyter)</translation></message>
<message><source>Panel</source><translation>Panel</translation></message>
<message><source>Play the steps</source><translation>Reproducir los pasos</translation></message>
<message><source>Second run</source><translation>Segunda ejecución</translation></message>
<message><source>Settings</source><translation>Ajustes</translation></message>
<message><source>Settings of the points</source><translation>Ajustes de los puntos</translation></message>
<message><source>Show the score as arrows</source><translation>Mostrar el score con flechas</translation></message>
<message><source>Six short lessons, each with an exercise</source><translation>Seis lecciones cortas, cada una con un ejercicio</translation></message>
<message><source>Step</source><translation>Paso</translation></message>
<message><source>Step {step} of {steps}</source><translation>Paso {step} de {steps}</translation></message>
<message><source>Take it home</source><translation>Llevárselo</translation></message>
<message><source>Take it home, as a web page or a notebook</source><translation>Llevárselo, como página web o cuaderno</translation></message>
<message><source>The process</source><translation>El proceso</translation></message>
<message><source>The process adds noise to true points</source><translation>El proceso añade ruido a puntos reales</translation></message>
<message><source>The runs were exported</source><translation>Las ejecuciones se han exportado</translation></message>
<message><source>The sampler removes the noise</source><translation>El muestreador quita el ruido</translation></message>
<message><source>This step, in numbers</source><translation>Este paso, en números</translation></message>
<message><source>Web page (HTML)</source><translation>Página web (HTML)</translation></message>
<message><source>{factor} × the exact error, step {step} of {steps}</source><translation>{factor} × el error exacto, paso {step} de {steps}</translation></message>
<message><source>α {alpha} · σ {sigma} · distance {distance}</source><translation>α {alpha} · σ {sigma} · distancia {distance}</translation></message>
</context>
<context>
<name>Lesson</name>
<message><source>1. Noise and its schedule</source><translation>1. El ruido y su planificación</translation></message>
<message><source>2. What a network learns</source><translation>2. Qué aprende una red</translation></message>
<message><source>20 steps</source><translation>20 pasos</translation></message>
<message><source>2000 points were drawn with the exact denoiser. Near how many different training points do they end?</source><translation>Se extrajeron 2000 puntos con el denoiser exacto. ¿Cerca de cuántos puntos de entrenamiento distintos acaban?</translation></message>
<message><source>3. Samplers and steps</source><translation>3. Muestreadores y pasos</translation></message>
<message><source>4. Guidance, temperature</source><translation>4. Guía, temperatura</translation></message>
<message><source>5. Latents</source><translation>5. Latentes</translation></message>
<message><source>50 steps</source><translation>50 pasos</translation></message>
<message><source>6. Why models memorise</source><translation>6. Por qué memorizan los modelos</translation></message>
<message><source>A common mistake: “DDIM adapts its schedule to the data.” It does not. You choose its noise levels before it starts, and all points pass through the same ones. It needs fewer steps than DDPM because its path has no new noise. Only methods with a tolerance, such as RK45, choose their steps on the way.</source><translation>Un error común: «DDIM adapta su planificación a los datos». No es así. Sus niveles de ruido se eligen antes de empezar, y todos los puntos pasan por los mismos. Necesita menos pasos que DDPM porque en su camino no hay ruido nuevo. Solo los métodos con tolerancia, como RK45, eligen sus pasos sobre la marcha.</translation></message>
<message><source>A coordinate is x = 1, at α = 0.6 and σ = 0.8. The network guesses x̂₀ = 0.5. Which noise ε follows?</source><translation>Una coordenada es x = 1, con α = 0,6 y σ = 0,8. La red estima x̂₀ = 0,5. ¿Qué ruido ε resulta?</translation></message>
<message><source>A network in place of the exact guess</source><translation>Una red en lugar de la estimación exacta</translation></message>
<message><source>A noisy point could have come from many clean points. The best possible guess is their average, weighted by how likely each is: x̂₀ = E[x₀ | x]. In training, a clean point, a noise level and noise are drawn at random. The network sees the noisy point and the level. Its loss is the squared error of its guess. Of two equally likely points, the middle has less of it, on average, than either.</source><translation>Un punto con ruido puede venir de muchos puntos limpios. La mejor estimación posible es su media, ponderada por lo probable que es cada uno: x̂₀ = E[x₀ | x]. En el entrenamiento se extraen al azar un punto limpio, un nivel de ruido y ruido. La red ve el punto con ruido y el nivel. Su pérdida es el error cuadrático de su estimación. Entre dos puntos igual de probables, el centro tiene, de media, un error menor que cualquiera de los dos.</translation></message>
<message><source>A picture of 512 × 512 pixels in 3 colours has 786432 numbers. Most of them can be guessed from their neighbours. Diffusion on all of them would spend its time on details that nobody sees.</source><translation>Una imagen de 512 × 512 píxeles en 3 colores tiene 786432 números. La mayoría se puede adivinar por sus vecinos. Una difusión sobre todos ellos gastaría su tiempo en detalles que nadie ve.</translation></message>
<message><source>A prompt is a condition. On the plane it is the class: here, the first moon. The network can guess with the class, c, and without it, u. In training, the class is sometimes left out, so that one network learns both.</source><translation>Un prompt es una condición. En el plano es la clase: aquí, la primera luna. La red puede estimar con la clase, c, y sin ella, u. En el entrenamiento, la clase se omite a veces, para que una sola red aprenda ambas cosas.</translation></message>
<message><source>A sampler walks back from noise to data. The network knows every noise level, so the sampler may skip most of them. DDIM splits x into the guess x̂₀ and the predicted noise ε, and mixes them again with less noise:
x′ = α′·x̂₀ + σ′·ε
Move the slider back: Σ below the plane shows a step in numbers, with its code. The last step is only x′ = x̂₀.</source><translation>Un muestreador vuelve del ruido a los datos. La red conoce todos los niveles de ruido, así que el muestreador puede saltarse la mayoría. DDIM separa x en la estimación x̂₀ y el ruido predicho ε, y los mezcla de nuevo con menos ruido:
x′ = α′·x̂₀ + σ′·ε
Al mover el deslizador hacia atrás, Σ bajo el plano muestra un paso en números, con su código. El último paso es solo x′ = x̂₀.</translation></message>
<message><source>A schedule says how fast α falls over 1000 steps; the slider stops at 40 of them. Halfway, α is 0.28 in the linear schedule and 0.70 in the cosine schedule, which spends more steps where shapes can be seen.</source><translation>Una planificación dice con qué rapidez baja α en 1000 pasos; el control se detiene en 40 de ellos. A mitad de camino, α es 0,28 en la planificación lineal y 0,70 en la del coseno, que dedica más pasos allí donde se ven las formas.</translation></message>
<message><source>An average is not the clean point itself, so even a perfect network has a loss. Exactly between the two modes, the best guess is the middle, where there is no data: in pictures, a blur.</source><translation>Una media no es el propio punto limpio, así que incluso una red perfecta tiene pérdida. Justo entre las dos modas, la mejor estimación es el centro, donde no hay datos: en imágenes, algo borroso.</translation></message>
<message><source>Better rules bend with the curve. DPM++ 2M also uses its previous guess. An evaluation is one guess; guesses take nearly all the time. In the chart, DPM++ 2M reaches 0.04 with 12 evaluations, and DDIM 0.08.</source><translation>Las reglas mejores se doblan con la curva. DPM++ 2M usa también su estimación anterior. Una evaluación es una estimación; las estimaciones ocupan casi todo el tiempo. En el gráfico, DPM++ 2M llega a 0,04 con 12 evaluaciones, y DDIM, a 0,08.</translation></message>
<message><source>Classifier-free guidance exaggerates the difference between the two guesses:
x̂₀ = u + g·(c − u)
At g = 0 the class has no effect, and at g = 1 it is the plain guess with the class. Above 1, points move away from what all classes have in common. Each step takes two guesses instead of one. With a negative prompt, u is the guess for that prompt.</source><translation>La guía sin clasificador exagera la diferencia entre las dos estimaciones:
x̂₀ = u + g·(c − u)
Con g = 0 la clase no tiene efecto, y con g = 1 es simplemente la estimación con la clase. Por encima de 1, los puntos se alejan de lo que todas las clases tienen en común. Cada paso necesita dos estimaciones en lugar de una. Con un prompt negativo, u es la estimación para ese prompt.</translation></message>
<message><source>Click a point to follow it. The red circle is the guess for it. At high noise the guess is near the middle of all data, at low noise in the nearest mode. The arrows point to α·x̂₀.</source><translation>Un clic en un punto permite seguirlo. El círculo rojo es la estimación para él. Con mucho ruido, la estimación está cerca del centro de todos los datos; con poco ruido, en la moda más cercana. Las flechas apuntan a α·x̂₀.</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM puts fresh noise in place of part of the predicted noise, except at the end. That corrects earlier errors, but needs more steps. η scales the fresh noise: 0 is DDIM, 1 is DDPM. With other fresh noise, the same start ends elsewhere. DDPM follows a stochastic differential equation (SDE), DDIM an ordinary one (ODE).</source><translation>DDPM sustituye una parte del ruido predicho por ruido nuevo, salvo al final. Eso corrige errores anteriores, pero necesita más pasos. η es el factor del ruido nuevo: 0 es DDIM, 1 es DDPM. Con otro ruido nuevo, el mismo inicio acaba en otro lugar. DDPM sigue una ecuación diferencial estocástica (EDE), y DDIM, una ordinaria (EDO).</translation></message>
<message><source>DDPM, with fresh noise</source><translation>DDPM, con ruido nuevo</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>Drag the slider to the place where data and noise are equally strong, α = σ. Then check.</source><translation>Arrastrar el deslizador hasta donde datos y ruido son igual de fuertes, α = σ. Después, comprobar.</translation></message>
<message><source>Each point here stands for a picture. Drag the slider below: the points turn into noise, step by step. The grey glow is their true density; blue and orange are two classes. Nothing is learned yet. This half of diffusion is pure arithmetic.</source><translation>Aquí cada punto representa una imagen. Al arrastrar el deslizador de abajo, los puntos se convierten en ruido, paso a paso. El brillo gris es su densidad verdadera; el azul y el naranja son dos clases. Todavía no se aprende nada. Esta mitad de la difusión es pura aritmética.</translation></message>
<message><source>Each point on this plane can stand for two latents, which a decoder turns into a picture. Nothing about the sampler would change: it sees numbers and noise, never pixels. The prompt is no latent: a text encoder turns it into numbers, which the denoiser reads at every step.</source><translation>Cada punto de este plano puede representar dos latentes, que un decodificador convierte en una imagen. Para el muestreador no cambiaría nada: ve números y ruido, nunca píxeles. El prompt no es un latente: un codificador de texto lo convierte en números, que el denoiser lee en cada paso.</translation></message>
<message><source>Guidance 4</source><translation>Guía 4</translation></message>
<message><source>How many latents has a picture of 1024 × 1024 pixels, if they have 4 channels and each side is 8 times smaller?</source><translation>¿Cuántos latentes tiene una imagen de 1024 × 1024 píxeles, si tienen 4 canales y cada lado es 8 veces menor?</translation></message>
<message><source>In short: guidance makes a picture fit its prompt better, a low temperature makes it more ordinary. If colours become too strong or all pictures look the same, lower the guidance first.</source><translation>En resumen: la guía hace que una imagen se ajuste mejor a su prompt; una temperatura baja la hace más común. Si los colores se vuelven demasiado intensos o todas las imágenes se parecen, conviene bajar primero la guía.</translation></message>
<message><source>Latents are not small pictures. Neighbouring latents belong to neighbouring places, but a single channel is no colour. The autoencoder (VAE) is not exact: a picture that is encoded and decoded again has lost fine texture and small letters. More steps cannot repair them.</source><translation>Los latentes no son imágenes pequeñas. Latentes vecinos corresponden a lugares vecinos, pero un solo canal no es un color. El autocodificador (VAE) no es exacto: una imagen codificada y decodificada de nuevo ha perdido textura fina y letras pequeñas. Más pasos no las arreglan.</translation></message>
<message><source>Let it predict the noise</source><translation>Hacer que prediga el ruido</translation></message>
<message><source>Many small steps together are one large step:
x = α·x₀ + σ·ε
α scales the data: it is the product of all √(1 − β), which DDPM's paper calls √ᾱ. σ scales the noise. Both are shown below the plane. Since the cloud keeps its size, α² + σ² = 1: the variance is preserved (VP). At the end α is nearly 0: what remains is Gaussian noise with mean 0 and variance 1, from which a new picture can start.</source><translation>Muchos pasos pequeños juntos son un paso grande:
x = α·x₀ + σ·ε
α escala los datos: es el producto de todos los √(1 − β), que el artículo de DDPM llama √ᾱ. σ escala el ruido. Ambas figuran bajo el plano. Como la nube conserva su tamaño, α² + σ² = 1: la varianza se conserva (VP). Al final, α es casi 0: queda ruido gaussiano con media 0 y varianza 1, desde el que puede empezar una imagen nueva.</translation></message>
<message><source>Models make new pictures because they do not reach that optimum. A network of limited size, seeing many pictures few times, cannot store each one. It has to learn what they share, and guesses mixtures of them. These errors are the new pictures.</source><translation>Los modelos hacen imágenes nuevas porque no alcanzan ese óptimo. Una red de tamaño limitado, que ve muchas imágenes pocas veces, no puede guardar cada una. Tiene que aprender lo que comparten, y estima mezclas de ellas. Estos errores son las imágenes nuevas.</translation></message>
<message><source>More steps do not help: the sampler follows the guess. Nor does another seed. To see whether a model copies, look for the training picture nearest to the result. To see it in training, hold some pictures out, as the page Train does. At high noise, the errors of held-out and training pictures agree, since only the average can be guessed. The gap opens at middle and low noise: if the model copies, the error of held-out pictures usually falls first, then stalls or rises, while that of training pictures keeps falling.</source><translation>Más pasos no ayudan: el muestreador sigue la estimación. Tampoco otra semilla. Para ver si un modelo copia, hay que buscar la imagen de entrenamiento más cercana al resultado. Para verlo durante el entrenamiento, hay que reservar algunas imágenes, como hace la página Entrenar. Con mucho ruido, los errores de las imágenes reservadas y de las de entrenamiento coinciden, porque solo se puede estimar la media. La diferencia aparece con ruido medio y bajo: si el modelo copia, el error de las imágenes reservadas suele bajar primero y luego se estanca o sube, mientras el de las imágenes de entrenamiento sigue bajando.</translation></message>
<message><source>Not yet. Count the clusters on the first plane.</source><translation>Todavía no. Contar los grupos en el plano de la primera ejecución.</translation></message>
<message><source>Not yet. Divide the side by 8, square it, and multiply by the channels.</source><translation>Todavía no. Dividir el lado entre 8, elevarlo al cuadrado y multiplicar por los canales.</translation></message>
<message><source>Not yet. Multiply the difference of the guesses by 3, and add it to the guess without the class.</source><translation>Todavía no. Multiplicar por 3 la diferencia de las estimaciones y sumarla a la estimación sin clase.</translation></message>
<message><source>Not yet. Open Settings, move Steps, and read the distance below the first plane. Change nothing else.</source><translation>Todavía no. Abrir Ajustes, mover Pasos y leer la distancia bajo el plano de la primera ejecución. No cambiar nada más.</translation></message>
<message><source>Not yet. Read α and σ below the plane: near 0.7 with VP, near 1 with VE.</source><translation>Todavía no. Leer α y σ bajo el plano: cerca de 0,7 con VP, cerca de 1 con VE.</translation></message>
<message><source>Not yet. Subtract α·x̂₀ from x, then divide by σ.</source><translation>Todavía no. Restar α·x̂₀ de x y luego dividir por σ.</translation></message>
<message><source>Not yet. The distance is less than 0.1, but fewer steps will do.</source><translation>Todavía no. La distancia es menor que 0,1, pero bastan menos pasos.</translation></message>
<message><source>On this page the exact guess is known, because the data is a known mixture. For real data, a network has to learn it. Watch one learn: below it, its error is compared with the exact guess's.</source><translation>En esta página se conoce la estimación exacta, porque los datos son una mezcla conocida. Para datos reales, una red debe aprenderla. Aquí se ve aprender a una: debajo, su error se compara con el de la estimación exacta.</translation></message>
<message><source>One small step keeps most of a point and adds a little Gaussian noise ε:
x ← √(1 − β)·x + √β·ε
Here β is the noise's share of the variance. Mind the roots. Data and noise both have variance 1, and variances add up: (1 − β) + β = 1. So the cloud keeps its size. Without the roots it would shrink at every step, which is a common mistake.</source><translation>Un paso pequeño conserva casi todo de un punto y añade un poco de ruido gaussiano ε:
x ← √(1 − β)·x + √β·ε
Aquí, β es la parte del ruido en la varianza. Ojo con las raíces. Datos y ruido tienen ambos varianza 1, y las varianzas se suman: (1 − β) + β = 1. Así la nube conserva su tamaño. Sin las raíces encogería en cada paso, un error común.</translation></message>
<message><source>Right. No matter how many points you draw, there are no more than these.</source><translation>Correcto. Por muchos puntos que se extraigan, no hay más que estos.</translation></message>
<message><source>Right. One step less, and the distance is 0.1 or more.</source><translation>Correcto. Con un paso menos, la distancia es de 0,1 o más.</translation></message>
<message><source>Right. With VP, both are 0.71 there, because twice the square of 0.71 is 1.</source><translation>Correcto. Con VP, allí ambos valen 0,71, porque dos veces el cuadrado de 0,71 es 1.</translation></message>
<message><source>Right: (1 − 0.6·0.5) / 0.8 = 0.875.</source><translation>Correcto: (1 − 0,6·0,5) / 0,8 = 0,875.</translation></message>
<message><source>Right: 0.2 + 3·(0.5 − 0.2) = 1.1, which is beyond both guesses.</source><translation>Correcto: 0,2 + 3·(0,5 − 0,2) = 1,1, que está más allá de ambas estimaciones.</translation></message>
<message><source>Right: 128 × 128 × 4 = 65536, four times as many as for 512 × 512.</source><translation>Correcto: 128 × 128 × 4 = 65536, cuatro veces más que para 512 × 512.</translation></message>
<message><source>Set Steps so that DDIM ends less than 0.1 from the truth, with as few steps as possible. Then check.</source><translation>Ajustar Pasos para que DDIM acabe a menos de 0,1 de la verdad, con los menos pasos posibles. Después, comprobar.</translation></message>
<message><source>So an autoencoder is trained first. Its encoder turns the picture into fewer numbers, the latents; its decoder turns latents back into a picture. Stable Diffusion 1.5 at 512 × 512 has 64 × 64 × 4 = 16384 latents, 48 times fewer. The built-in Icons model turns 256 × 256 × 4 numbers into 4096, 64 times fewer. Diffusion happens on the latents alone, and the decoder runs once at the end.</source><translation>Por eso se entrena primero un autocodificador. Su codificador convierte la imagen en menos números, los latentes; su decodificador convierte los latentes de nuevo en una imagen. Stable Diffusion 1.5 a 512 × 512 tiene 64 × 64 × 4 = 16384 latentes, 48 veces menos. El modelo incluido Icons convierte 256 × 256 × 4 números en 4096, 64 veces menos. La difusión ocurre solo en los latentes, y el decodificador actúa una vez al final.</translation></message>
<message><source>Some processes never shrink the data: with VE (variance exploding), α stays 1 and σ grows to 50. The points look alike, because this page scales them to the same size. So the chart shows α / √(α² + σ²), which falls for VE too. What counts is the ratio σ / α.</source><translation>Algunos procesos nunca encogen los datos: con VE (varianza explosiva), α sigue en 1 y σ crece hasta 50. Los puntos se ven iguales porque esta página los pone al mismo tamaño. Por eso el gráfico muestra α / √(α² + σ²), que también baja con VE. Lo que cuenta es la relación σ / α.</translation></message>
<message><source>Temperature 0.5</source><translation>Temperatura 0,5</translation></message>
<message><source>Temperature is not guidance. It needs no class and no second guess. It multiplies the predicted noise ε by a number, which is above 1 for a temperature below 1, before x̂₀ is computed from it. So more noise is removed: points spread less around the modes of the distribution, and are more typical. At a temperature above 1, they spread more.</source><translation>La temperatura no es la guía. No necesita clase ni una segunda estimación. Multiplica el ruido predicho ε por un número, mayor que 1 para una temperatura inferior a 1, antes de calcular x̂₀ a partir de él. Así se quita más ruido: los puntos se dispersan menos en torno a las modas de la distribución y son más típicos. A una temperatura superior a 1, se dispersan más.</translation></message>
<message><source>That is no accident. For a finite training set, the best possible guess x̂₀ is a weighted average of the training pictures. As the noise falls, one weight grows to 1, and the guess is that picture. So the network with the lowest possible training loss does nothing but copy.</source><translation>No es casualidad. Con un conjunto de entrenamiento finito, la mejor estimación posible x̂₀ es una media ponderada de las imágenes de entrenamiento. A medida que baja el ruido, un peso crece hasta 1, y la estimación es esa imagen. Así que la red con la menor pérdida de entrenamiento posible no hace más que copiar.</translation></message>
<message><source>The arrows show the same knowledge in another form: the score ∇ log p, the direction in which noisy points become more likely. It is opposite to the predicted noise ε. An arrow's dot is its tip; long arrows are shortened. Guess, noise, score and velocity v follow from each other, so a network may predict any of them:
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</source><translation>Las flechas muestran el mismo saber en otra forma: el score ∇ log p, la dirección en la que los puntos con ruido se vuelven más probables. Es opuesto al ruido predicho ε. El punto de una flecha es su punta; las flechas largas se acortan. Estimación, ruido, score y velocidad v se deducen unos de otros, así que una red puede predecir cualquiera de ellos:
ε = (x − α·x̂₀) / σ
score = −ε / σ
v = α·ε − σ·x̂₀</translation></message>
<message><source>The class becomes clearer, and the variety smaller: across, the spread of the moon falls from 0.97 to 0.52. The end near the other moon is lost. The result no longer follows the true distribution, as the distance shows. Pictures with strong guidance look alike for the same reason.</source><translation>La clase se vuelve más clara, y la variedad, menor: a lo ancho, la dispersión de la luna baja de 0,97 a 0,52. Se pierde el extremo cercano a la otra luna. El resultado ya no sigue la distribución real, como muestra la distancia. Por la misma razón se parecen entre sí las imágenes con una guía fuerte.</translation></message>
<message><source>The cosine schedule</source><translation>La planificación del coseno</translation></message>
<message><source>The guess with the class is 0.5, without it 0.2. What is it with guidance 3?</source><translation>La estimación con la clase es 0,5, sin ella 0,2. ¿Cuánto vale con guía 3?</translation></message>
<message><source>The schedule expects data of variance 1. Latents are therefore scaled before noise is added, as all densities on this page are. Otherwise, the same σ would mean much noise for one model and little for another.</source><translation>La planificación espera datos de varianza 1. Por eso los latentes se escalan antes de añadir ruido, como todas las densidades de esta página. Sin ello, el mismo σ significaría mucho ruido para un modelo y poco para otro.</translation></message>
<message><source>The training set of this plane has 5 pictures: five spots. The denoiser is exact. It has made 2000 new points. Look where they are: nearly all are copies of one of the five. Hardly anything new came out.</source><translation>El conjunto de entrenamiento de este plano tiene 5 imágenes: cinco manchas. El denoiser es exacto. Ha hecho 2000 puntos nuevos. ¿Dónde están? Casi todos son copias de una de las cinco. Apenas ha salido algo nuevo.</translation></message>
<message><source>The true path is a curve, and DDIM's straight steps cut its corners. A single step ends near the average of all data. The distance is how far points must move to match the truth along a line, averaged over all lines; 0 is the same distribution. With 5 steps, DDIM ends 0.23 from the true spiral; with 20 steps, 0.05. The chart shows other numbers of steps; its dashed line is the distance of two true samples.</source><translation>El camino verdadero es una curva, y los pasos rectos de DDIM recortan sus esquinas. Un solo paso acaba cerca de la media de todos los datos. La distancia es cuánto deben moverse los puntos para coincidir con la verdad, vistos a lo largo de una línea y de media en todas las direcciones; 0 es la misma distribución. Con 5 pasos, DDIM acaba a 0,23 de la espiral verdadera; con 20 pasos, a 0,05. El gráfico muestra otros números de pasos; su línea discontinua es la distancia entre dos muestras verdaderas.</translation></message>
<message><source>This network starts badly at high noise: x̂₀ = (x − σ·ε) / α divides its error by α, which is nearly 0 there. Its loss, the squared error of ε, hardly counts that.</source><translation>Esta red empieza mal con mucho ruido: x̂₀ = (x − σ·ε) / α divide su error entre α, que ahí es casi 0. Su pérdida, el error cuadrático de ε, apenas lo cuenta.</translation></message>
<message><source>Train a network for 1500 steps</source><translation>Entrenar una red durante 1500 pasos</translation></message>
<message><source>VE, which only adds noise</source><translation>VE, que solo añade ruido</translation></message>
<message><source>Watch it train: first its points lie between the five spots, later on them. A model memorises if its pictures are few, or repeated, or if training is long. That is why data sets are cleaned of duplicates, and why a LoRA on ten pictures should be stopped early.</source><translation>Verla entrenarse ayuda: al principio sus puntos quedan entre las cinco manchas, y más tarde sobre ellas. Un modelo memoriza si sus imágenes son pocas o se repiten, o si el entrenamiento es largo. Por eso se quitan los duplicados de los conjuntos de datos, y por eso un LoRA con diez imágenes debería detenerse pronto.</translation></message>
</context>
<context>
<name>LessonPanel</name>
<message><source>Lesson</source><translation>Lección</translation></message>
<message><source>Text of the lesson</source><translation>Texto de la lección</translation></message>
<message><source>Type a number, such as 0.5.</source><translation>Escribir un número, como 0,5.</translation></message>
</context>
<context>
<name>LessonText</name>
<message><source>A number</source><translation>Un número</translation></message>
<message><source>Answer</source><translation>Respuesta</translation></message>
<message><source>Change this alone</source><translation>Cambiar solo esto</translation></message>
<message><source>Check</source><translation>Comprobar</translation></message>
<message><source>Check the answer</source><translation>Comprobar la respuesta</translation></message>
<message><source>Exercise</source><translation>Ejercicio</translation></message>
<message><source>Next lesson</source><translation>Lección siguiente</translation></message>
<message><source>Open the next lesson</source><translation>Abrir la lección siguiente</translation></message>
<message><source>Try it</source><translation>Probar</translation></message>
<message><source>Try it: {change}</source><translation>Probar: {change}</translation></message>
</context>
<context>
<name>LibraryMove</name>
<message><source>All of them are still in {folder}.</source><translation>Todas siguen en {folder}.</translation></message>
<message><source>Move back</source><translation>Devolver</translation></message>
<message><source>Move the pictures to</source><translation>Mover las imágenes a</translation></message>
<message><source>Moving stopped</source><translation>Traslado detenido</translation></message>
<message><source>Preparing…</source><translation>Preparando…</translation></message>
<message><source>The pictures have been moved</source><translation>Las imágenes se han movido</translation></message>
<message><source>They are in {folder} now.</source><translation>Ahora están en {folder}.</translation></message>
<message><source>{done} of {total} copied</source><translation>{done} de {total} copiadas</translation></message>
</context>
<context>
<name>LibraryRow</name>
<message><source>Leave the pictures in the current folder</source><translation>Dejar las imágenes en la carpeta actual</translation></message>
<message><source>Move all pictures to another folder</source><translation>Mover todas las imágenes a otra carpeta</translation></message>
<message><source>Move…</source><translation>Mover…</translation></message>
<message><source>Open the folder</source><translation>Abrir la carpeta</translation></message>
<message><source>Show</source><translation>Mostrar</translation></message>
<message><source>Stop</source><translation>Detener</translation></message>
</context>
<context>
<name>LicencesSheet</name>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Licence text</source><translation>Texto de licencia</translation></message>
<message><source>Licences</source><translation>Licencias</translation></message>
<message><source>The package contains no licence text.</source><translation>El paquete no contiene ningún texto de licencia.</translation></message>
</context>
<context>
<name>Link</name>
<message><source>{name}: {value}</source><translation>{name}: {value}</translation></message>
</context>
<context>
<name>LitPicture</name>
<message><source>Arrow keys move to another place</source><translation>Las flechas llevan a otro lugar</translation></message>
<message><source>The picture, lit where the word acted</source><translation>La imagen, iluminada donde actuó la palabra</translation></message>
</context>
<context>
<name>Live</name>
<message><source>Change the words, or roll the seed, for another one.</source><translation>Cambiar las palabras, o sortear la semilla, para obtener otra.</translation></message>
<message><source>Live: {subject}</source><translation>En vivo: {subject}</translation></message>
<message><source>This picture is in the gallery</source><translation>Esta imagen está en la galería</translation></message>
<message><source>seed {seed}</source><translation>semilla {seed}</translation></message>
</context>
<context>
<name>LoadedSteps</name>
<message><source>Its steps appear once the run has ended</source><translation>Sus pasos aparecen al acabar la generación</translation></message>
<message><source>Loading its steps…</source><translation>Cargando sus pasos…</translation></message>
<message><source>No steps were saved with this picture</source><translation>No se guardaron pasos con esta imagen</translation></message>
<message><source>{width} × {height} · seed {seed}</source><translation>{width} × {height} · semilla {seed}</translation></message>
</context>
<context>
<name>LossChart</name>
<message><source>Loss</source><translation>Pérdida</translation></message>
<message><source>This run</source><translation>Esta ejecución</translation></message>
<message><source>error at the same noise · samples · {run} with a 95 % band</source><translation>error con el mismo ruido · muestras · {run} con banda del 95 %</translation></message>
<message><source>loss and its average · samples</source><translation>pérdida y su media · muestras</translation></message>
</context>
<context>
<name>MainSettings</name>
<message><source>More</source><translation>Más</translation></message>
</context>
<context>
<name>MaskBar</name>
<message><source>Brush</source><translation>Pincel</translation></message>
<message><source>Brush size</source><translation>Tamaño del pincel</translation></message>
<message><source>Clear the mask</source><translation>Vaciar la máscara</translation></message>
<message><source>Erase</source><translation>Borrar</translation></message>
<message><source>Generate the painted part again</source><translation>Generar de nuevo la parte pintada</translation></message>
<message><source>Leave the mask as it was</source><translation>Dejar la máscara como estaba</translation></message>
<message><source>Paint</source><translation>Pintar</translation></message>
<message><source>Paint the part to generate again; the right button erases</source><translation>Pintar la parte que se regenerará; el botón derecho borra</translation></message>
<message><source>Remove paint</source><translation>Quitar pintura</translation></message>
<message><source>Size</source><translation>Tamaño</translation></message>
<message><source>Size of the brush (the wheel over the picture)</source><translation>Tamaño del pincel (la rueda sobre la imagen)</translation></message>
<message><source>Undo the last stroke</source><translation>Deshacer el último trazo</translation></message>
<message><source>Use</source><translation>Usar</translation></message>
<message><source>Use mask</source><translation>Usar máscara</translation></message>
</context>
<context>
<name>MaskTools</name>
<message><source>Another word</source><translation>Otra palabra</translation></message>
<message><source>Another word to select by</source><translation>Otra palabra por la que seleccionar</translation></message>
<message><source>Area at a click</source><translation>Área al hacer clic</translation></message>
<message><source>Brush</source><translation>Pincel</translation></message>
<message><source>Clear</source><translation>Vaciar</translation></message>
<message><source>Colour at a click</source><translation>Color al hacer clic</translation></message>
<message><source>Grow</source><translation>Ampliar</translation></message>
<message><source>Invert</source><translation>Invertir</translation></message>
<message><source>Lasso</source><translation>Lazo</translation></message>
<message><source>Rectangle</source><translation>Rectángulo</translation></message>
<message><source>Select by a rectangle, a lasso, a click or a word; invert, grow or soften the mask</source><translation>Seleccionar con rectángulo, lazo, clic o palabra; invertir, ampliar o suavizar la máscara</translation></message>
<message><source>Select by word</source><translation>Seleccionar por palabra</translation></message>
<message><source>Soften the edges</source><translation>Suavizar los bordes</translation></message>
<message><source>Tools of the mask</source><translation>Herramientas de la máscara</translation></message>
</context>
<context>
<name>Menus</name>
<message><source>A CPU cannot compute float16; use bfloat16 for half precision</source><translation>Una CPU no puede calcular en float16; usar bfloat16 para media precisión</translation></message>
<message><source>A refiner for the last steps of another model. Choose the other model, then the refiner under More.</source><translation>Un refinador para los últimos pasos de otro modelo. Elegir el otro modelo y luego el refinador en Avanzado.</translation></message>
<message><source>Of earlier versions</source><translation>De versiones anteriores</translation></message>
<message><source>about {time} × the time, {difference} of 255 off</source><translation>unas {time} × el tiempo, diferencia de {difference} de 255</translation></message>
<message><source>better from {limit} steps on</source><translation>mejor a partir de {limit} pasos</translation></message>
<message><source>colours burn beyond {limit}</source><translation>los colores se queman por encima de {limit}</translation></message>
<message><source>good from {limit}</source><translation>bien desde {limit}</translation></message>
<message><source>good up to {limit}</source><translation>bien hasta {limit}</translation></message>
<message><source>ignores words below {limit}</source><translation>ignora palabras por debajo de {limit}</translation></message>
<message><source>no better beyond {limit}</source><translation>no mejora tras {limit}</translation></message>
<message><source>photos smear below {limit}</source><translation>fotos borrosas por debajo de {limit}</translation></message>
<message><source>shapes repeat below {limit}</source><translation>formas repetidas por debajo de {limit}</translation></message>
<message><source>shapes warp beyond {limit}</source><translation>las formas se deforman por encima de {limit}</translation></message>
</context>
<context>
<name>Mistakes</name>
<message><source>; put its file into the models folder</source><translation>; poner su archivo en la carpeta de modelos</translation></message>
<message><source>; there is “{name}”</source><translation>; existe «{name}»</translation></message>
<message><source>AND is read as “and”</source><translation>AND se lee como «and»</translation></message>
<message><source>In a negative prompt, AND joins the texts; its parts have no weights.</source><translation>En un prompt negativo, AND une los textos; sus partes no tienen peso.</translation></message>
<message><source>Incomplete LoRA</source><translation>LoRA incompleto</translation></message>
<message><source>LoRAs have no effect in the negative prompt; write {tag} into the prompt.</source><translation>Los LoRA no tienen efecto en el prompt negativo; escribir {tag} en el prompt.</translation></message>
<message><source>No LoRA “{name}”</source><translation>No hay LoRA «{name}»</translation></message>
<message><source>No embedding “{name}”</source><translation>No hay embedding «{name}»</translation></message>
<message><source>There is no LoRA called “{name}”{suggestion}.</source><translation>No hay ningún LoRA llamado «{name}»{suggestion}.</translation></message>
<message><source>There is no embedding called “{name}”{suggestion}.</source><translation>No hay ningún embedding llamado «{name}»{suggestion}.</translation></message>
<message><source>Write a LoRA as &lt;lora:name:1&gt;; this is read as words.</source><translation>Escribir un LoRA como &lt;lora:name:1&gt;; esto se lee como palabras.</translation></message>
<message><source>{name} is for {base}</source><translation>{name} es para {base}</translation></message>
<message><source>{name} is for {base} and read as a word; this model is {model_base}.</source><translation>{name} es para {base} y se lee como una palabra; este modelo es {model_base}.</translation></message>
<message><source>{name} is for {base}, this model is {model_base}.</source><translation>{name} es para {base}, este modelo es {model_base}.</translation></message>
<message><source>{tag} has no effect here</source><translation>{tag} no tiene efecto aquí</translation></message>
<message><source>{tag} is ignored</source><translation>{tag} se ignora</translation></message>
<message><source>{tag} names no LoRA and is ignored.</source><translation>{tag} no nombra ningún LoRA y se ignora.</translation></message>
<message><source>{wildcard} cannot be used</source><translation>{wildcard} no se puede usar</translation></message>
<message><source>“{mark}” closes no bracket</source><translation>«{mark}» no cierra nada</translation></message>
<message><source>“{mark}” closes no bracket; remove it, or write “\{mark}” for the character.</source><translation>«{mark}» no cierra ningún paréntesis; quitarlo o escribir «\{mark}» para el carácter.</translation></message>
<message><source>“{mark}” is never closed</source><translation>«{mark}» no se cierra</translation></message>
<message><source>“{mark}” is never closed; add “{closing}”, or write “\{mark}” for the character.</source><translation>«{mark}» no se cierra; añadir «{closing}» o escribir «\{mark}» para el carácter.</translation></message>
<message><source>“{parameter}” has no effect</source><translation>“{parameter}” sin efecto</translation></message>
<message><source>“{parameter}” has no effect here; only the weights of {name} count.</source><translation>“{parameter}” no tiene efecto aquí; solo cuentan los pesos de {name}.</translation></message>
<message><source>“{weight}” is not a number</source><translation>«{weight}» no es un número</translation></message>
<message><source>“{weight}” is not a number, so {name} has the weight 1.</source><translation>«{weight}» no es un número, así que {name} tiene el peso 1.</translation></message>
<message><source>“{weight}” is read as text; a weight is written like (word:1.2).</source><translation>“{weight}” se lee como texto; un peso se escribe como (palabra:1.2).</translation></message>
</context>
<context>
<name>ModelCard</name>
<message><source>Any style</source><translation>Cualquier estilo</translation></message>
<message><source>Blob</source><translation>Mancha</translation></message>
<message><source>Bold flat</source><translation>Plano intenso</translation></message>
<message><source>Bold outline</source><translation>Contorno grueso</translation></message>
<message><source>Bright classic</source><translation>Clásico brillante</translation></message>
<message><source>Doubles a picture with transparency; applied again for four and eight times.</source><translation>Duplica el tamaño de una imagen con transparencia; se aplica de nuevo para cuatro y ocho veces.</translation></message>
<message><source>Duotone line</source><translation>Línea bicolor</translation></message>
<message><source>Emoji</source><translation>Emojis</translation></message>
<message><source>Flat rounded</source><translation>Plano redondeado</translation></message>
<message><source>Glossy 3D</source><translation>3D brillante</translation></message>
<message><source>Icons in four steps: a distilled student, with guidance and temperature built in.</source><translation>Iconos en cuatro pasos: un modelo destilado, con guía y temperatura incorporadas.</translation></message>
<message><source>Ink glyph</source><translation>Glifo de tinta</translation></message>
<message><source>Line</source><translation>Línea</translation></message>
<message><source>Outlined cartoon</source><translation>Caricatura con contorno</translation></message>
<message><source>Outlined pastel</source><translation>Pastel con contorno</translation></message>
<message><source>Shape</source><translation>Forma</translation></message>
<message><source>Simple flat</source><translation>Plano sencillo</translation></message>
<message><source>Small pictures of things, animals, food and faces, in many drawing styles, with transparency.</source><translation>Imágenes pequeñas de cosas, animales, comida y caras, en muchos estilos de dibujo, con transparencia.</translation></message>
<message><source>Soft gradient</source><translation>Degradado suave</translation></message>
</context>
<context>
<name>ModelCardView</name>
<message><source>A picture made by {model}</source><translation>Una imagen hecha por {model}</translation></message>
<message><source>A picture with it</source><translation>Una imagen con él</translation></message>
<message><source>About the model</source><translation>Acerca del modelo</translation></message>
<message><source>Generate pictures with it</source><translation>Generar imágenes con él</translation></message>
<message><source>In use</source><translation>En uso</translation></message>
<message><source>Insert into the prompt</source><translation>Insertar en el prompt</translation></message>
<message><source>May I use its pictures commercially?</source><translation>¿Puedo usar sus imágenes con fines comerciales?</translation></message>
<message><source>Measured</source><translation>Medido</translation></message>
<message><source>Tags</source><translation>Etiquetas</translation></message>
<message><source>Tags, separated by commas</source><translation>Etiquetas, separadas por comas</translation></message>
<message><source>There is no model yet. Copy a model's folder into the models folder.</source><translation>Aún no hay ningún modelo. Copiar la carpeta de un modelo en la carpeta de modelos.</translation></message>
<message><source>Training data</source><translation>Datos de entrenamiento</translation></message>
<message><source>Trigger words</source><translation>Palabras de activación</translation></message>
<message><source>Use it for the next pictures</source><translation>Usarlo para las próximas imágenes</translation></message>
<message><source>Use this model</source><translation>Usar este modelo</translation></message>
</context>
<context>
<name>ModelCheck</name>
<message><source>Adapter</source><translation>Adaptador</translation></message>
<message><source>Cancel the check ({percent} %)</source><translation>Cancelar comprobación ({percent} %)</translation></message>
<message><source>Check</source><translation>Comprobar</translation></message>
<message><source>Denoising</source><translation>Eliminación de ruido</translation></message>
<message><source>Encoded and decoded, pictures keep only {psnr} dB, and {least} dB are needed: the VAE is damaged or belongs to another model. Choose another VAE.</source><translation>Codificadas y decodificadas, las imágenes solo conservan {psnr} dB, y se necesitan {least} dB: el VAE está dañado o es de otro modelo. Elegir otro VAE.</translation></message>
<message><source>It changes nothing: it was made for another model, or is empty. Choose an adapter for this model.</source><translation>No cambia nada: se hizo para otro modelo, o está vacío. Elegir un adaptador para este modelo.</translation></message>
<message><source>It changes predictions by {change} times their deviation: it was made for another model or another strength. Use a lower strength.</source><translation>Cambia las predicciones en {change} veces su desviación: se hizo para otro modelo u otra fuerza. Usar una fuerza menor.</translation></message>
<message><source>It computes infinite or undefined numbers: weights are damaged, or too large for the number type. Choose fp32 or download it again.</source><translation>Calcula números infinitos o indefinidos: hay pesos dañados, o demasiado grandes para el tipo numérico. Elegir fp32 o descargarlo de nuevo.</translation></message>
<message><source>It denoises better if its output is read as {kind}: its prediction type is wrong. Choose another prediction type in its details.</source><translation>Elimina mejor el ruido si su salida se lee como {kind}: su tipo de predicción es erróneo. Elegir otro tipo de predicción en sus detalles.</translation></message>
<message><source>It denoises better with another order of its position numbers (RoPE): the file was converted for another program. Download another version.</source><translation>Elimina mejor el ruido con otro orden de sus números de posición (RoPE): el archivo se convirtió para otro programa. Descargar otra versión.</translation></message>
<message><source>It denoises better with latents shifted by {kind}: the shift of the latents is wrong. Choose the VAE that was made for it.</source><translation>Elimina mejor el ruido con latentes desplazados en {kind}: el desplazamiento de los latentes es erróneo. Elegir el VAE que se hizo para él.</translation></message>
<message><source>It denoises better with latents times {kind}: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>Elimina mejor el ruido con latentes multiplicados por {kind}: la escala de los latentes es errónea. Elegir el VAE que se hizo para él.</translation></message>
<message><source>It denoises better with other timesteps ({kind}): its timesteps are on the wrong scale. Report this file.</source><translation>Elimina mejor el ruido con otros pasos de tiempo ({kind}): sus pasos de tiempo están en una escala errónea. Informar de este archivo.</translation></message>
<message><source>It denoises better with queries and keys swapped: the file has them in another order. Download another version.</source><translation>Elimina mejor el ruido con las consultas y las claves (queries, keys) intercambiadas: el archivo las tiene en otro orden. Descargar otra versión.</translation></message>
<message><source>It denoises worse than {rival}: a layer is missing or damaged, or the VAE or the text encoder is for another model. Choose other parts, or download the model again.</source><translation>Elimina el ruido peor que {rival}: falta una capa o está dañada, o el VAE o el codificador de texto es de otro modelo. Elegir otros componentes, o descargar el modelo de nuevo.</translation></message>
<message><source>Its error does not fall with the noise: its timesteps or its weights are wrong. Download the model again.</source><translation>Su error no baja con el ruido: sus pasos de tiempo o sus pesos son erróneos. Descargar el modelo de nuevo.</translation></message>
<message><source>No fault found.</source><translation>Ningún fallo.</translation></message>
<message><source>Nothing could be checked.</source><translation>No se pudo comprobar nada.</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompts change nothing: the text encoder is damaged or not connected. Choose other text encoders.</source><translation>Los prompts no cambian nada: el codificador de texto está dañado o no está conectado. Elegir otros codificadores de texto.</translation></message>
<message><source>Test the VAE, the denoising and the prompts on a few pictures</source><translation>Probar el VAE, la eliminación de ruido y los prompts con unas pocas imágenes</translation></message>
<message><source>The check ended unexpectedly; try again.</source><translation>La comprobación acabó de forma inesperada; reintentar.</translation></message>
<message><source>The latents are {times} times as large as the network expects: the scale of the latents is wrong. Choose the VAE that was made for it.</source><translation>La magnitud de los latentes es {times} veces la que espera la red: la escala de los latentes es errónea. Elegir el VAE que se hizo para él.</translation></message>
<message><source>There is a fault:</source><translation>Hay un fallo:</translation></message>
<message><source>True captions are no better than others (for {better} of {count} pictures): the text encoder or the tokenizer belongs to another model. Choose other text encoders.</source><translation>Las descripciones verdaderas no son mejores que otras (en {better} de {count} imágenes): el codificador de texto o el tokenizador es de otro modelo. Elegir otros codificadores de texto.</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>it changes predictions by {change} of their deviation</source><translation>cambia las predicciones en {change} de su desviación</translation></message>
<message><source>its error is {best} to {worst} of that of the best Gaussian</source><translation>su error es de {best} a {worst} del de la mejor gaussiana</translation></message>
<message><source>not applicable, because its steps have too little noise</source><translation>no aplicable, porque sus pasos tienen demasiado poco ruido</translation></message>
<message><source>not applicable, because its steps have too much noise</source><translation>no aplicable, porque sus pasos tienen demasiado ruido</translation></message>
<message><source>not applicable, because this model does not take pictures</source><translation>no aplicable, porque este modelo no admite imágenes</translation></message>
<message><source>not applicable, because this model draws in one step</source><translation>no aplicable, porque este modelo dibuja en un solo paso</translation></message>
<message><source>not applicable, because this model removes another degradation than noise</source><translation>no aplicable, porque este modelo quita una degradación distinta del ruido</translation></message>
<message><source>not applicable, because this model takes no prompt</source><translation>no aplicable, porque este modelo no admite prompt</translation></message>
<message><source>not applicable, because this model works on pixels</source><translation>no aplicable, porque este modelo trabaja con píxeles</translation></message>
<message><source>one grey picture</source><translation>una imagen gris</translation></message>
<message><source>pictures keep {psnr} dB; at least {least} dB are needed</source><translation>las imágenes conservan {psnr} dB; se necesitan al menos {least} dB</translation></message>
<message><source>the best Gaussian</source><translation>la mejor gaussiana</translation></message>
<message><source>true captions are better than others for {better} of {count} pictures</source><translation>las descripciones verdaderas son mejores que otras en {better} de {count} imágenes</translation></message>
</context>
<context>
<name>ModelChoices</name>
<message><source>As in its file ({value})</source><translation>Como en su archivo ({value})</translation></message>
<message><source>Automatic</source><translation>Automático</translation></message>
<message><source>Beside its file ({value})</source><translation>Junto a su archivo ({value})</translation></message>
<message><source>Decodes latents into pictures, instead of its own VAE</source><translation>Decodifica los latentes en imágenes, en lugar de su propio VAE</translation></message>
<message><source>Decodes latents into pictures; this model has no VAE of its own</source><translation>Decodifica los latentes en imágenes; este modelo no tiene VAE propio</translation></message>
<message><source>Fast by</source><translation>Rápido con</translation></message>
<message><source>Few-step distillation</source><translation>Destilación a pocos pasos</translation></message>
<message><source>How it was distilled, if it was</source><translation>Cómo se destiló, si se destiló</translation></message>
<message><source>Its file does not say</source><translation>Su archivo no lo dice</translation></message>
<message><source>Its name suggests {kind}. Choose it only if that is true.</source><translation>Su nombre sugiere {kind}. Elegirlo solo si es cierto.</translation></message>
<message><source>Its own</source><translation>El suyo</translation></message>
<message><source>No</source><translation>No</translation></message>
<message><source>None</source><translation>Ninguno</translation></message>
<message><source>None: choose one</source><translation>Ninguno: elegir uno</translation></message>
<message><source>Not distilled</source><translation>No destilado</translation></message>
<message><source>Predicts</source><translation>Predice</translation></message>
<message><source>Refiner</source><translation>Refinador</translation></message>
<message><source>The LoRA for few steps that the button Fast turns on</source><translation>El LoRA para pocos pasos que activa el botón Rápido</translation></message>
<message><source>The model that computes the last steps</source><translation>El modelo que calcula los últimos pasos</translation></message>
<message><source>The output of its network; a wrong choice turns every picture into noise</source><translation>La salida de su red; una elección errónea convierte toda imagen en ruido</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Whether its last noise level is pure noise; for models that predict v</source><translation>Si su último nivel de ruido es ruido puro; para modelos que predicen v</translation></message>
<message><source>Yes</source><translation>Sí</translation></message>
<message><source>Zero terminal SNR</source><translation>SNR terminal cero</translation></message>
</context>
<context>
<name>ModelDownload</name>
<message><source>The download ended unexpectedly; start it again to resume it.</source><translation>La descarga terminó de forma inesperada; iníciela de nuevo para reanudarla.</translation></message>
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
<numerusform>%n transformador de difusión</numerusform>
<numerusform>%n transformadores de difusión</numerusform>
</translation></message>
<message numerus="yes"><source>%n embedding(s)</source><translation>
<numerusform>%n embedding</numerusform>
<numerusform>%n embeddings</numerusform>
</translation></message>
<message numerus="yes"><source>%n from the literature</source><translation>
<numerusform>%n de la literatura</numerusform>
<numerusform>%n de la literatura</numerusform>
</translation></message>
<message numerus="yes"><source>%n image encoder(s)</source><translation>
<numerusform>%n codificador de imagen</numerusform>
<numerusform>%n codificadores de imagen</numerusform>
</translation></message>
<message numerus="yes"><source>%n incomplete file(s)</source><translation>
<numerusform>%n archivo incompleto</numerusform>
<numerusform>%n archivos incompletos</numerusform>
</translation></message>
<message numerus="yes"><source>%n language model(s)</source><translation>
<numerusform>%n modelo de lenguaje</numerusform>
<numerusform>%n modelos de lenguaje</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n modelo</numerusform>
<numerusform>%n modelos</numerusform>
</translation></message>
<message numerus="yes"><source>%n motion module(s)</source><translation>
<numerusform>%n módulo de movimiento</numerusform>
<numerusform>%n módulos de movimiento</numerusform>
</translation></message>
<message numerus="yes"><source>%n preview decoder(s)</source><translation>
<numerusform>%n decodificador de vista previa</numerusform>
<numerusform>%n decodificadores de vista previa</numerusform>
</translation></message>
<message numerus="yes"><source>%n text encoder(s)</source><translation>
<numerusform>%n codificador de texto</numerusform>
<numerusform>%n codificadores de texto</numerusform>
</translation></message>
<message numerus="yes"><source>%n upscaler(s)</source><translation>
<numerusform>%n upscaler</numerusform>
<numerusform>%n upscalers</numerusform>
</translation></message>
<message><source>Diffusion transformer</source><translation>Transformador de difusión</translation></message>
<message><source>Diffusion transformers</source><translation>Transformadores de difusión</translation></message>
<message><source>Embedding</source><translation>Embedding</translation></message>
<message><source>Embeddings</source><translation>Embeddings</translation></message>
<message><source>From the literature</source><translation>De la literatura</translation></message>
<message><source>Image encoder</source><translation>Codificador de imagen</translation></message>
<message><source>Image encoders</source><translation>Codificadores de imagen</translation></message>
<message><source>Incomplete files</source><translation>Archivos incompletos</translation></message>
<message><source>Language model</source><translation>Modelo de lenguaje</translation></message>
<message><source>Language models</source><translation>Modelos de lenguaje</translation></message>
<message><source>Models</source><translation>Modelos</translation></message>
<message><source>Motion module</source><translation>Módulo de movimiento</translation></message>
<message><source>Motion modules</source><translation>Módulos de movimiento</translation></message>
<message><source>Preview decoders</source><translation>Decodificadores de vista previa</translation></message>
<message><source>Previews</source><translation>Vistas previas</translation></message>
<message><source>Text encoder</source><translation>Codificador de texto</translation></message>
<message><source>Text encoders</source><translation>Codificadores de texto</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>Upscalers</source><translation>Upscalers</translation></message>
</context>
<context>
<name>ModelsController</name>
<message numerus="yes"><source>%n folder(s) or file(s) added</source><translation>
<numerusform>%n carpeta o archivo añadido</numerusform>
<numerusform>%n carpetas o archivos añadidos</numerusform>
</translation></message>
<message><source>Added: {names}.</source><translation>Añadido: {names}.</translation></message>
<message><source>Found {models}; nothing was copied.</source><translation>Encontrados: {models}; no se ha copiado nada.</translation></message>
<message><source>It contains no usable model.</source><translation>No contiene ningún modelo utilizable.</translation></message>
<message><source>Memory freed</source><translation>Memoria liberada</translation></message>
<message><source>Model files</source><translation>Archivos de modelo</translation></message>
<message><source>Models</source><translation>Modelos</translation></message>
<message><source>The next picture loads its model again.</source><translation>La próxima imagen vuelve a cargar su modelo.</translation></message>
<message><source>Use it</source><translation>Usarlo</translation></message>
<message><source>Use the models in</source><translation>Usar los modelos de</translation></message>
<message><source>Use these model files</source><translation>Usar estos archivos de modelo</translation></message>
<message><source>{file} added</source><translation>{file} añadido</translation></message>
<message><source>{model} has no VAE of its own; copy one for {base}, such as {file}, into the models folder.</source><translation>{model} no tiene VAE propio; copiar uno para {base}, como {file}, en la carpeta de modelos.</translation></message>
<message><source>{model} has no VAE of its own; {vae} is installed and should fit.</source><translation>{model} no tiene VAE propio; {vae} está instalado y debería servir.</translation></message>
<message><source>{model} is here</source><translation>{model} ya está aquí</translation></message>
</context>
<context>
<name>ModelsPage</name>
<message numerus="yes"><source>%n byte(s)</source><translation>
<numerusform>%n byte</numerusform>
<numerusform>%n bytes</numerusform>
</translation></message>
<message numerus="yes"><source>%n model(s)</source><translation>
<numerusform>%n modelo</numerusform>
<numerusform>%n modelos</numerusform>
</translation></message>
<message><source>Add a folder…</source><translation>Añadir una carpeta…</translation></message>
<message><source>Add files…</source><translation>Añadir archivos…</translation></message>
<message><source>All families</source><translation>Todas las familias</translation></message>
<message><source>All kinds</source><translation>Todos los tipos</translation></message>
<message><source>All tags</source><translation>Todas las etiquetas</translation></message>
<message><source>Author</source><translation>Autor</translation></message>
<message><source>Date</source><translation>Fecha</translation></message>
<message><source>Drop a checkpoint on this window: one file (.safetensors, .ckpt), or a folder in diffusers' format. It is used in place; nothing is copied. Have ComfyUI, A1111 or Forge? Add its models folder. “Get a model” downloads one; others are shared on civitai.com, each with its own licence. LoRAs, embeddings and VAEs go into the same folders.</source><translation>Suelte un checkpoint en esta ventana: un archivo (.safetensors, .ckpt) o una carpeta en el formato de diffusers. Se usa donde está; no se copia nada. ¿Tiene ComfyUI, A1111 o Forge? Añada su carpeta de modelos. «Obtener un modelo» descarga uno; otros se comparten en civitai.com, cada uno con su licencia. Los LoRA, embeddings y VAE van en las mismas carpetas.</translation></message>
<message><source>Family</source><translation>Familia</translation></message>
<message><source>Files that cannot be used</source><translation>Archivos que no se pueden usar</translation></message>
<message><source>Get a model…</source><translation>Obtener un modelo…</translation></message>
<message><source>Kind</source><translation>Tipo</translation></message>
<message><source>Last used</source><translation>Último uso</translation></message>
<message><source>Licence</source><translation>Licencia</translation></message>
<message><source>Models</source><translation>Modelos</translation></message>
<message><source>Models of one family, or one kind of parts</source><translation>Modelos de una familia, o un tipo de componentes</translation></message>
<message><source>Models with one tag</source><translation>Modelos con una etiqueta</translation></message>
<message><source>Name</source><translation>Nombre</translation></message>
<message><source>No model matches. Clear the search, or choose another kind, family or tag.</source><translation>Ningún modelo coincide. Vaciar la búsqueda o elegir otro tipo, familia o etiqueta.</translation></message>
<message><source>On disk</source><translation>En disco</translation></message>
<message><source>Only models, or one kind of model parts</source><translation>Solo modelos, o un tipo de componentes de modelo</translation></message>
<message><source>Open models folder</source><translation>Abrir carpeta de modelos</translation></message>
<message><source>Parameters</source><translation>Parámetros</translation></message>
<message><source>Search models</source><translation>Buscar modelos</translation></message>
<message><source>Tag</source><translation>Etiqueta</translation></message>
<message><source>Tags</source><translation>Etiquetas</translation></message>
<message><source>Words of a name, author, licence, tag or description</source><translation>Palabras de un nombre, autor, licencia, etiqueta o descripción</translation></message>
<message><source>Your own models</source><translation>Modelos propios</translation></message>
<message><source>never</source><translation>nunca</translation></message>
<message><source>today</source><translation>hoy</translation></message>
<message><source>yesterday</source><translation>ayer</translation></message>
<message><source>{models} · other files: {others}</source><translation>{models} · otros archivos: {others}</translation></message>
<message numerus="yes"><source>… and %n more</source><translation>
<numerusform>… y %n más</numerusform>
<numerusform>… y %n más</numerusform>
</translation></message>
</context>
<context>
<name>More</name>
<message numerus="yes"><source>%n control picture(s)</source><translation>
<numerusform>%n imagen de control</numerusform>
<numerusform>%n imágenes de control</numerusform>
</translation></message>
<message><source>Advanced</source><translation>Avanzado</translation></message>
<message><source>Auto</source><translation>Auto</translation></message>
<message><source>Automatic</source><translation>Automático</translation></message>
<message><source>Decodes latents into pictures</source><translation>Decodifica los latentes en imágenes</translation></message>
<message><source>Its own</source><translation>El suyo</translation></message>
<message><source>None</source><translation>Ninguno</translation></message>
<message><source>Show the effect of each word</source><translation>Mostrar el efecto de cada palabra</translation></message>
<message><source>The model that computes the last steps</source><translation>El modelo que calcula los últimos pasos</translation></message>
<message><source>What should it not show?</source><translation>¿Qué no debe mostrar?</translation></message>
<message><source>What the picture should not show</source><translation>Lo que la imagen no debe mostrar</translation></message>
<message><source>Width and height in pixels</source><translation>Ancho y alto en píxeles</translation></message>
<message><source>Without guidance (1.0) the negative prompt has no effect</source><translation>Sin guía (1,0), el prompt negativo no tiene efecto</translation></message>
<message><source>plain words</source><translation>texto simple</translation></message>
<message><source>without “{prompt}”</source><translation>sin «{prompt}»</translation></message>
<message><source>words</source><translation>palabras</translation></message>
<message><source>{count} at once</source><translation>{count} a la vez</translation></message>
<message><source>{side} pixels</source><translation>{side} píxeles</translation></message>
</context>
<context>
<name>NoiseBar</name>
<message><source>Back to the picture</source><translation>Volver a la imagen</translation></message>
<message><source>Generate from here</source><translation>Generar desde aquí</translation></message>
<message><source>Noise</source><translation>Ruido</translation></message>
<message><source>Position in the forward process: 0 is the picture, 1 is the noise that a new run starts from</source><translation>Posición en el proceso directo: 0 es la imagen, 1 es el ruido del que parte una nueva generación</translation></message>
<message><source>Start the next pictures from exactly this noise</source><translation>Iniciar las próximas imágenes exactamente desde este ruido</translation></message>
</context>
<context>
<name>NoiseCurve</name>
<message numerus="yes"><source>%n step(s) from σ {first} to {last}</source><translation>
<numerusform>%n paso de σ {first} a {last}</numerusform>
<numerusform>%n pasos de σ {first} a {last}</numerusform>
</translation></message>
<message><source>Noise curve</source><translation>Curva de ruido</translation></message>
<message><source>Skipped</source><translation>Omitidos</translation></message>
<message><source>Step {number} of {steps}</source><translation>Paso {number} de {steps}</translation></message>
<message><source>The noise left after each step</source><translation>El ruido que queda tras cada paso</translation></message>
<message><source>noise σ · step</source><translation>ruido σ · paso</translation></message>
<message><source>{step}: noise σ {sigma}</source><translation>{step}: ruido σ {sigma}</translation></message>
</context>
<context>
<name>NoteField</name>
<message><source>Note</source><translation>Nota</translation></message>
<message><source>Your notes about the picture; the search finds them</source><translation>Notas sobre la imagen; la búsqueda las encuentra</translation></message>
</context>
<context>
<name>Notice</name>
<message><source>Dismiss</source><translation>Descartar</translation></message>
<message><source>Show the whole message</source><translation>Mostrar el mensaje completo</translation></message>
<message><source>Undo</source><translation>Deshacer</translation></message>
</context>
<context>
<name>Notifier</name>
<message><source>Models</source><translation>Modelos</translation></message>
<message><source>Nothing to redo: you have changed it since</source><translation>Nada que rehacer: lo ha cambiado desde entonces</translation></message>
<message><source>Nothing to undo</source><translation>Nada que deshacer</translation></message>
<message><source>Nothing to undo: another program has done it</source><translation>Nada que deshacer: otro programa ya lo hizo</translation></message>
<message><source>Nothing to undo: you have changed it since</source><translation>Nada que deshacer: lo ha cambiado desde entonces</translation></message>
<message><source>Undo</source><translation>Deshacer</translation></message>
<message><source>Undone</source><translation>Deshecho</translation></message>
<message><source>Unexpected error</source><translation>Error inesperado</translation></message>
</context>
<context>
<name>NumberEdit</name>
<message><source>{name} must be from {low} to {high}; it is still {number}</source><translation>{name}: de {low} a {high}; sigue en {number}</translation></message>
<message><source>{name} must be from {low} to {high}; it is {number} now</source><translation>{name}: de {low} a {high}; ahora es {number}</translation></message>
<message><source>“{text}” is not a number; {name} is still {number}</source><translation>«{text}» no es un número; {name}: sigue en {number}</translation></message>
</context>
<context>
<name>OriginLink</name>
<message><source>Branch of</source><translation>Rama de</translation></message>
<message><source>Show the picture that it branches from</source><translation>Mostrar la imagen de la que esta es rama</translation></message>
<message><source>step {step} of #{seed}</source><translation>paso {step} de #{seed}</translation></message>
</context>
<context>
<name>Outpainting</name>
<message><source>Extend</source><translation>Extender</translation></message>
<message><source>This model cannot extend pictures</source><translation>Este modelo no puede extender imágenes</translation></message>
<message><source>the added area is generated, the picture stays</source><translation>el área añadida se genera, la imagen se conserva</translation></message>
<message><source>{model} cannot start from a picture</source><translation>{model} no puede partir de una imagen</translation></message>
<message><source>{model} generates only fixed sizes</source><translation>{model} solo genera tamaños fijos</translation></message>
</context>
<context>
<name>Palette</name>
<message><source>No action found.</source><translation>Ninguna acción.</translation></message>
<message><source>“{action}” cannot be used now.</source><translation>«{action}» no se puede usar ahora.</translation></message>
<message><source>↑ ↓ choose   ·   Enter runs it   ·   Esc closes</source><translation>↑ ↓ elegir   ·   Intro ejecutar   ·   Escape cerrar</translation></message>
</context>
<context>
<name>Panes</name>
<message><source>Compared pictures</source><translation>Imágenes comparadas</translation></message>
<message><source>{pictures}, slider at {share} %</source><translation>{pictures}, deslizador al {share} %</translation></message>
</context>
<context>
<name>ParamRows</name>
<message><source>Off</source><translation>No</translation></message>
</context>
<context>
<name>PatternRow</name>
<message><source>Next file: {name}</source><translation>Archivo siguiente: {name}</translation></message>
</context>
<context>
<name>PausedRunEditor</name>
<message><source>Discard these changes</source><translation>Descartar estos cambios</translation></message>
<message><source>For the next picture</source><translation>Para la próxima imagen</translation></message>
<message><source>Paused</source><translation>En pausa</translation></message>
<message><source>Paused · changed</source><translation>En pausa · cambiado</translation></message>
<message><source>This cannot change in a paused run; resume or stop it first</source><translation>Esto no puede cambiar en una generación en pausa; reanudarla o detenerla antes</translation></message>
<message><source>Use for this picture</source><translation>Usar en esta imagen</translation></message>
</context>
<context>
<name>Phase</name>
<message><source>connecting to the cluster</source><translation>conectando con el clúster</translation></message>
<message><source>decoding</source><translation>decodificando</translation></message>
<message><source>enlarging, {percent} %</source><translation>ampliando, {percent} %</translation></message>
<message><source>finding its noise</source><translation>buscando su ruido</translation></message>
<message><source>generating on the cluster</source><translation>generando en el clúster</translation></message>
<message><source>going back to step {step}</source><translation>volviendo al paso {step}</translation></message>
<message><source>loading the model</source><translation>cargando el modelo</translation></message>
<message><source>making room</source><translation>liberando memoria</translation></message>
<message><source>preparing</source><translation>preparando</translation></message>
<message><source>{phase}…</source><translation>{phase}…</translation></message>
</context>
<context>
<name>PictureModel</name>
<message><source>F marks a favourite · Space shows it large · drag it out as a file</source><translation>F marca como favorita · Espacio la muestra grande · arrastrarla fuera da un archivo</translation></message>
<message><source>Its file is damaged or gone</source><translation>Su archivo está dañado o no existe</translation></message>
<message><source>Picture</source><translation>Imagen</translation></message>
<message><source>no settings</source><translation>sin ajustes</translation></message>
<message><source>seed {seed}</source><translation>semilla {seed}</translation></message>
<message><source>{seed}, file is damaged or gone</source><translation>{seed}, archivo dañado o inexistente</translation></message>
<message><source>{seed}, newest of {count} in a stack</source><translation>{seed}, la más reciente de {count} en una pila</translation></message>
</context>
<context>
<name>PictureTools</name>
<message><source>Back</source><translation>Volver</translation></message>
<message><source>Back to the sheet</source><translation>Volver a la lámina</translation></message>
</context>
<context>
<name>PicturesSheet</name>
<message><source>Picture {number}</source><translation>Imagen {number}</translation></message>
<message><source>Pictures of the run</source><translation>Imágenes de la generación</translation></message>
<message><source>Show only picture {number}</source><translation>Mostrar solo la imagen {number}</translation></message>
</context>
<context>
<name>Places</name>
<message><source>Already in the library: {count}.</source><translation>Ya en la biblioteca: {count}.</translation></message>
<message><source>Collection</source><translation>Colección</translation></message>
<message><source>Collection {name} removed</source><translation>Colección {name} eliminada</translation></message>
<message><source>Collections</source><translation>Colecciones</translation></message>
<message><source>Copies, each shown once: {count}.</source><translation>Copias, mostradas una sola vez: {count}.</translation></message>
<message><source>Files that could not be read: {count} ({names}).</source><translation>Archivos que no se pudieron leer: {count} ({names}).</translation></message>
<message><source>Folder</source><translation>Carpeta</translation></message>
<message><source>Folder {name} removed from the gallery</source><translation>Carpeta {name} quitada de la galería</translation></message>
<message><source>Imported folders</source><translation>Carpetas importadas</translation></message>
<message><source>Its files stay where they are; their tags and notes are kept.</source><translation>Sus archivos se quedan donde están; sus etiquetas y notas se conservan.</translation></message>
<message><source>Its pictures are still in the gallery.</source><translation>Sus imágenes siguen en la galería.</translation></message>
<message><source>Made here</source><translation>Creadas aquí</translation></message>
<message><source>Models</source><translation>Modelos</translation></message>
<message><source>Pictures of</source><translation>Imágenes de</translation></message>
<message><source>Pictures without settings: {count}.</source><translation>Imágenes sin ajustes: {count}.</translation></message>
<message><source>Recently deleted</source><translation>Eliminadas recientemente</translation></message>
<message><source>SVG and icon files, which are left out: {count}.</source><translation>Archivos SVG e iconos, que se omiten: {count}.</translation></message>
<message><source>Saved search {name} removed</source><translation>Búsqueda guardada {name} eliminada</translation></message>
<message><source>Saved searches</source><translation>Búsquedas guardadas</translation></message>
<message><source>Search</source><translation>Búsqueda</translation></message>
<message><source>Tools</source><translation>Programas</translation></message>
<message><source>With settings</source><translation>Con ajustes</translation></message>
<message><source>Without settings</source><translation>Sin ajustes</translation></message>
<message><source>undo</source><translation>deshacer</translation></message>
<message><source>{pictures} · last {count}</source><translation>{pictures} · últimas {count}</translation></message>
</context>
<context>
<name>Plane</name>
<message><source>EDM</source><translation>EDM</translation></message>
<message><source>Exact</source><translation>Exacto</translation></message>
<message><source>Network (EDM)</source><translation>Red (EDM)</translation></message>
<message><source>Network (data)</source><translation>Red (datos)</translation></message>
<message><source>Network (noise)</source><translation>Red (ruido)</translation></message>
<message><source>Rectified flow</source><translation>Flujo rectificado</translation></message>
<message><source>Sub-VP</source><translation>Sub-VP</translation></message>
<message><source>VE</source><translation>VE</translation></message>
<message><source>VP, cosine</source><translation>VP, coseno</translation></message>
<message><source>VP, linear</source><translation>VP, lineal</translation></message>
</context>
<context>
<name>PlaneControls</name>
<message><source>A second run from the same noise in which one setting differs</source><translation>Una segunda ejecución del mismo ruido con un ajuste distinto</translation></message>
<message><source>Both</source><translation>Ambas</translation></message>
<message><source>Change one thing</source><translation>Cambiar una cosa</translation></message>
<message><source>Choose a class first</source><translation>Elegir primero una clase</translation></message>
<message><source>Class</source><translation>Clase</translation></message>
<message><source>Clear</source><translation>Borrar</translation></message>
<message><source>Denoiser</source><translation>Denoiser</translation></message>
<message><source>Density</source><translation>Densidad</translation></message>
<message><source>Draw lines into the plane</source><translation>Dibujar líneas en el plano</translation></message>
<message><source>Draw your own</source><translation>Dibujar</translation></message>
<message><source>First</source><translation>Primera</translation></message>
<message><source>Guidance</source><translation>Guía</translation></message>
<message><source>New noise</source><translation>Nuevo ruido</translation></message>
<message><source>Noise</source><translation>Ruido</translation></message>
<message><source>Nothing</source><translation>Nada</translation></message>
<message><source>One change</source><translation>Un cambio</translation></message>
<message><source>Points of both classes</source><translation>Puntos de ambas clases</translation></message>
<message><source>Points of the first class</source><translation>Puntos de la primera clase</translation></message>
<message><source>Points of the second class</source><translation>Puntos de la segunda clase</translation></message>
<message><source>Remove the drawn lines</source><translation>Quitar las líneas dibujadas</translation></message>
<message><source>Scheduler</source><translation>Planificador</translation></message>
<message><source>Second</source><translation>Segunda</translation></message>
<message><source>Settings of the plane</source><translation>Ajustes del plano</translation></message>
<message><source>Start from other noise</source><translation>Empezar con otro ruido</translation></message>
<message><source>Step spacing</source><translation>Espaciado</translation></message>
<message><source>Steps</source><translation>Pasos</translation></message>
<message><source>Temperature</source><translation>Temperatura</translation></message>
<message><source>Two runs from the same noise differ in one setting.</source><translation>Dos ejecuciones del mismo ruido con un ajuste distinto.</translation></message>
</context>
<context>
<name>Prediction</name>
<message><source>noise and picture (v)</source><translation>ruido e imagen (v)</translation></message>
<message><source>the noise (ε)</source><translation>el ruido (ε)</translation></message>
<message><source>the picture (x₀)</source><translation>la imagen (x₀)</translation></message>
<message><source>the picture, scaled (EDM)</source><translation>la imagen, escalada (EDM)</translation></message>
<message><source>the score</source><translation>el score</translation></message>
<message><source>the way (flow)</source><translation>el trayecto (flujo)</translation></message>
</context>
<context>
<name>Presentation</name>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Noisy</source><translation>Con ruido</translation></message>
<message><source>Predicted</source><translation>Predicha</translation></message>
<message><source>Presentation of the steps</source><translation>Presentación de los pasos</translation></message>
<message><source>Step {number} of {steps} · noise σ {sigma}</source><translation>Paso {number} de {steps} · ruido σ {sigma}</translation></message>
<message><source>The clean picture that the model predicts in this step</source><translation>La imagen limpia que el modelo predice en este paso</translation></message>
<message><source>The picture after this step, with the noise that remains</source><translation>La imagen después de este paso, con el ruido que queda</translation></message>
</context>
<context>
<name>PresetPopup</name>
<message><source>Name of a new preset</source><translation>Nombre nuevo</translation></message>
<message><source>Name of the preset</source><translation>Nombre del preajuste</translation></message>
<message><source>No presets yet. Save the settings of this panel under a name.</source><translation>Aún no hay preajustes. Guardar los ajustes de este panel con un nombre.</translation></message>
<message><source>Nothing has this name</source><translation>Nada tiene este nombre</translation></message>
<message><source>Presets</source><translation>Preajustes</translation></message>
<message><source>Replace</source><translation>Reemplazar</translation></message>
<message><source>Save</source><translation>Guardar</translation></message>
<message><source>Save the settings of this panel</source><translation>Guardar los ajustes de este panel</translation></message>
<message><source>Search presets</source><translation>Buscar preajustes</translation></message>
<message><source>With the prompt</source><translation>Con el prompt</translation></message>
</context>
<context>
<name>Presets</name>
<message><source>Preset {name} deleted</source><translation>Preajuste {name} eliminado</translation></message>
<message><source>Preset {name} replaced</source><translation>Preajuste {name} reemplazado</translation></message>
<message><source>Preset {name} saved</source><translation>Preajuste {name} guardado</translation></message>
<message><source>{before} renamed to {now}</source><translation>{before} ahora se llama {now}</translation></message>
</context>
<context>
<name>Preview</name>
<message><source>Background of the preview</source><translation>Fondo de la vista previa</translation></message>
<message><source>Black</source><translation>Negro</translation></message>
<message><source>Checkerboard</source><translation>Damero</translation></message>
<message><source>On black</source><translation>En negro</translation></message>
<message><source>On white</source><translation>En blanco</translation></message>
<message><source>Selected picture</source><translation>Imagen seleccionada</translation></message>
<message><source>Show it large</source><translation>Mostrarla grande</translation></message>
<message><source>Shows transparent areas</source><translation>Muestra las zonas transparentes</translation></message>
<message><source>White</source><translation>Blanco</translation></message>
<message><source>{width} × {height} px</source><translation>{width} × {height} px</translation></message>
</context>
<context>
<name>PromptBox</name>
<message numerus="yes"><source>%n word(s)</source><translation>
<numerusform>%n palabra</numerusform>
<numerusform>%n palabras</numerusform>
</translation></message>
<message><source>Ctrl+↑ and Ctrl+↓ change the weight of a word</source><translation>Control+↑ y Control+↓ cambian el peso de una palabra</translation></message>
<message><source>Describe the picture; Enter generates it</source><translation>Describir la imagen; Intro la genera</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>The editor shows the first {count}; edit them to use only these.</source><translation>El editor muestra los primeros {count}; editarlos para usar solo estos.</translation></message>
<message><source>The text under “{title}”</source><translation>El texto bajo «{title}»</translation></message>
<message><source>What should the picture show?</source><translation>¿Qué debe mostrar la imagen?</translation></message>
<message><source>{count} characters</source><translation>{count} caracteres</translation></message>
<message><source>{count} of {limit} tokens</source><translation>{count} de {limit} tokens</translation></message>
<message><source>{tokens}, in {parts} parts</source><translation>{tokens}, en {parts} partes</translation></message>
</context>
<context>
<name>PromptChips</name>
<message numerus="yes"><source>%n token(s) beyond {limit}</source><translation>
<numerusform>%n token por encima de {limit}</numerusform>
<numerusform>%n tokens por encima de {limit}</numerusform>
</translation></message>
<message><source>Click to write “{prompt}”.</source><translation>Clic para escribir «{prompt}».</translation></message>
<message><source>Did you mean {word}?</source><translation>¿Quizá {word}?</translation></message>
<message><source>Drawing {drawing} for “{text}”</source><translation>Dibujo {drawing} para «{text}»</translation></message>
<message><source>Drawn in some of the styles that a seed chooses.</source><translation>Se dibuja en algunos de los estilos que elige una semilla.</translation></message>
<message><source>How the model reads the prompt</source><translation>Cómo lee el modelo el prompt</translation></message>
<message><source>If the picture shows it anyway, write it into the negative prompt.</source><translation>Si la imagen lo muestra de todos modos, escríbalo en el prompt negativo.</translation></message>
<message><source>LoRA {value}</source><translation>LoRA {value}</translation></message>
<message><source>Most words are unknown to {model}. Write the prompt in English.</source><translation>{model} desconoce la mayoría de las palabras. Escribir el prompt en inglés.</translation></message>
<message><source>Nearest: {drawing}</source><translation>Lo más parecido: {drawing}</translation></message>
<message><source>No LoRA with this name is installed, or its file is damaged. Its tag is read as plain words.</source><translation>No hay instalado ningún LoRA con este nombre, o su archivo está dañado. Su etiqueta se lee como palabras.</translation></message>
<message><source>No LoRA “{value}”</source><translation>No hay LoRA «{value}»</translation></message>
<message><source>No such drawing: a guess</source><translation>No hay tal dibujo: se adivina</translation></message>
<message><source>No weights here</source><translation>Aquí no hay pesos</translation></message>
<message><source>One picture; Set draws several</source><translation>Una imagen; Serie dibuja varias</translation></message>
<message><source>Only the first {value} words are read</source><translation>Solo se leen las primeras {value} palabras</translation></message>
<message><source>Sometimes left out: {words}</source><translation>A veces se omite: {words}</translation></message>
<message><source>The seed of each picture chooses one. Only the other words are described here.</source><translation>La semilla de cada imagen elige una. Aquí solo se describen las otras palabras.</translation></message>
<message><source>The seed of each picture chooses one. The first picture is described here.</source><translation>La semilla de cada imagen elige una. Aquí se describe la primera imagen.</translation></message>
<message><source>The seed of each picture chooses {count} of them, in random order.</source><translation>La semilla de cada imagen elige {count} de ellas, en orden aleatorio.</translation></message>
<message><source>The start picture shows it. Only what is new is drawn in the mask.</source><translation>La imagen inicial ya lo muestra. En la máscara solo se dibuja lo nuevo.</translation></message>
<message><source>The words after “{value}” are ignored</source><translation>Las palabras después de «{value}» se ignoran</translation></message>
<message><source>They are read in parts of {limit} that know nothing of each other.</source><translation>Se leen en partes de {limit} que no saben nada unas de otras.</translation></message>
<message><source>Things are found in the whole prompt; {model} reads no more words than these.</source><translation>Los motivos se buscan en todo el prompt; {model} no lee más palabras que estas.</translation></message>
<message><source>This LoRA changes the picture.</source><translation>Este LoRA cambia la imagen.</translation></message>
<message><source>This style has no good drawing of it.</source><translation>Este estilo no tiene ningún buen dibujo de esto.</translation></message>
<message><source>Turn on Set and write one thing per line: each gets a picture of its own, in one style.</source><translation>Active Serie y escriba una cosa por línea: cada una tendrá su propia imagen, todas en un mismo estilo.</translation></message>
<message><source>Varies, {count} of: {options}</source><translation>Varía, {count} de: {options}</translation></message>
<message><source>Varies: {options}</source><translation>Varía: {options}</translation></message>
<message><source>Will be drawn</source><translation>Se dibujará</translation></message>
<message><source>With some of the options, {model} leaves these words out.</source><translation>Con algunas de las opciones, {model} omite estas palabras.</translation></message>
<message><source>Without a prompt, {model} draws something random.</source><translation>Sin prompt, {model} dibuja algo al azar.</translation></message>
<message><source>Write what to draw</source><translation>Escribir qué dibujar</translation></message>
<message><source>Write what to leave out into the negative prompt.</source><translation>Escriba en el prompt negativo lo que debe faltar.</translation></message>
<message><source>Writes no text: “{value}”</source><translation>No escribe texto: «{value}»</translation></message>
<message><source>{count} more</source><translation>{count} más</translation></message>
<message><source>{model} cannot draw with this LoRA. Choose another one.</source><translation>{model} no puede dibujar con este LoRA. Elegir otro.</translation></message>
<message><source>{model} cannot write words into a picture.</source><translation>{model} no puede escribir palabras en una imagen.</translation></message>
<message><source>{model} does not know this language</source><translation>{model} no conoce este idioma</translation></message>
<message><source>{model} does not know “{text}” and leaves it out.</source><translation>{model} no conoce «{text}» y lo omite.</translation></message>
<message><source>{model} does not know “{text}”. Click to write “{word}” instead.</source><translation>{model} no conoce «{text}». Clic para escribir «{word}» en su lugar.</translation></message>
<message><source>{model} has no drawing of this and guesses.</source><translation>{model} no tiene ningún dibujo de esto y adivina.</translation></message>
<message><source>{model} knows no drawing by these words and guesses from them.</source><translation>{model} no conoce ningún dibujo por estas palabras y adivina a partir de ellas.</translation></message>
<message><source>{model} leaves out “{text}”.</source><translation>{model} omite «{text}».</translation></message>
<message><source>{model} reads plain words and the tags of LoRAs, but no weights of words.</source><translation>{model} lee palabras simples y las etiquetas de LoRA, pero no pesos de palabras.</translation></message>
<message><source>{text} → {drawing}</source><translation>{text} → {drawing}</translation></message>
<message><source>{text}, drawn</source><translation>{text}, dibujado</translation></message>
<message><source>{text}, drawn as {drawing}</source><translation>{text}, dibujado como {drawing}</translation></message>
<message><source>{text}, drawn in some styles</source><translation>{text}, dibujado en algunos estilos</translation></message>
<message><source>{text}, guessed</source><translation>{text}, adivinado</translation></message>
<message><source>{text}, in the start picture</source><translation>{text}, en la imagen inicial</translation></message>
<message><source>{text}, left out</source><translation>{text}, omitido</translation></message>
<message><source>{text}, unknown and left out</source><translation>{text}, desconocido y omitido</translation></message>
<message><source>{text}: draws {count}</source><translation>{text}: dibuja {count}</translation></message>
<message><source>{text}: from {style}</source><translation>{text}: de {style}</translation></message>
<message><source>{text}: one colour</source><translation>{text}: un solo color</translation></message>
<message><source>{text}: one colour, from {style}</source><translation>{text}: un solo color, de {style}</translation></message>
<message><source>{value} is for another model</source><translation>{value} es para otro modelo</translation></message>
<message><source>“{text}” is read as “{word}”.</source><translation>«{text}» se lee como «{word}».</translation></message>
<message><source>“{value}” is left out</source><translation>«{value}» se deja fuera</translation></message>
<message><source>“{value}” is not understood</source><translation>«{value}» no se entiende</translation></message>
</context>
<context>
<name>PromptController</name>
<message><source>Choose a model that it is for.</source><translation>Elegir un modelo para el que sirva.</translation></message>
<message><source>It is for {base}; {model} is {model_base}.</source><translation>Es para {base}; {model} es {model_base}.</translation></message>
<message><source>It is for {base}; {model} reads plain words.</source><translation>Es para {base}; {model} lee texto simple.</translation></message>
<message><source>Prompts are read as plain words now; choose another prompt grammar under Advanced.</source><translation>Los prompts se leen ahora como texto simple; elegir otra sintaxis del prompt en Avanzado.</translation></message>
<message><source>The model</source><translation>El modelo</translation></message>
</context>
<context>
<name>PromptList</name>
<message><source>Completions of the prompt</source><translation>Sugerencias para el prompt</translation></message>
</context>
<context>
<name>QueueController</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>%n imagen por generar</numerusform>
<numerusform>%n imágenes por generar</numerusform>
</translation></message>
<message><source>Connecting to the cluster…</source><translation>Conectando con el clúster…</translation></message>
<message><source>Not saved yet</source><translation>Aún sin guardar</translation></message>
<message><source>Paused</source><translation>En pausa</translation></message>
<message><source>Paused where you left it</source><translation>En pausa donde se quedó</translation></message>
<message numerus="yes"><source>Removed %n entry(entries) from the queue</source><translation>
<numerusform>%n entrada quitada de la cola</numerusform>
<numerusform>%n entradas quitadas de la cola</numerusform>
</translation></message>
<message><source>Removed “{title}” from the queue</source><translation>«{title}» se quitó de la cola</translation></message>
<message><source>Resume</source><translation>Reanudar</translation></message>
<message numerus="yes"><source>Resuming %n picture(s)</source><translation>
<numerusform>Reanudando %n imagen</numerusform>
<numerusform>Reanudando %n imágenes</numerusform>
</translation></message>
<message><source>Steps that are done already are shown again first.</source><translation>Primero se muestran de nuevo los pasos ya hechos.</translation></message>
<message><source>The queue is paused</source><translation>La cola está en pausa</translation></message>
<message><source>Waiting until a picture can be saved</source><translation>Esperando a poder guardar una imagen</translation></message>
<message><source>Waiting: a picture could not be saved yet</source><translation>En espera: aún no se pudo guardar una imagen</translation></message>
<message><source>Waiting: the queue is paused</source><translation>En espera: la cola está en pausa</translation></message>
<message><source>about {time} left</source><translation>quedan unos {time}</translation></message>
<message><source>{pictures} will be made on the cluster</source><translation>Por hacer en el clúster: {pictures}</translation></message>
</context>
<context>
<name>QueueEditor</name>
<message><source>Cancel</source><translation>Cancelar</translation></message>
<message><source>Change the settings, then press “{save}”.</source><translation>Cambiar los ajustes y pulsar «{save}».</translation></message>
<message><source>Editing a queued picture</source><translation>Edición de una imagen en cola</translation></message>
<message><source>Generate uses these settings for another picture.</source><translation>«Generar» usa estos ajustes para otra imagen.</translation></message>
<message><source>Not used: {settings}.</source><translation>Sin usar: {settings}.</translation></message>
<message><source>Save to the queue</source><translation>Guardar en la cola</translation></message>
<message><source>Saves the settings in the queue, in the same place</source><translation>Guarda los ajustes en la cola, en el mismo lugar</translation></message>
<message><source>“{title}” no longer waits in the queue</source><translation>«{title}» ya no espera en la cola</translation></message>
</context>
<context>
<name>QueueModel</name>
<message><source> · {count} made</source><translation> · hechas: {count}</translation></message>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n paso</numerusform>
<numerusform>%n pasos</numerusform>
</translation></message>
<message><source>Failed</source><translation>Fallida</translation></message>
<message><source>Paused</source><translation>En pausa</translation></message>
<message><source>Running in another window</source><translation>En curso en otra ventana</translation></message>
<message><source>Waiting</source><translation>En espera</translation></message>
<message><source>until stopped</source><translation>hasta detenerla</translation></message>
<message><source>{done} of {count} made</source><translation>{done} de {count} hechas</translation></message>
</context>
<context>
<name>QueuePanel</name>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Pause</source><translation>Pausar</translation></message>
<message><source>Queue</source><translation>Cola</translation></message>
<message><source>Resume</source><translation>Reanudar</translation></message>
<message><source>Resume the queue</source><translation>Reanudar la cola</translation></message>
<message><source>Start nothing more for now</source><translation>No iniciar nada más por ahora</translation></message>
<message><source>Stop and remove</source><translation>Detener y quitar</translation></message>
<message><source>Stop it and remove it from the queue</source><translation>Detenerla y quitarla de la cola</translation></message>
</context>
<context>
<name>QueueRows</name>
<message><source>Nothing is waiting</source><translation>No hay nada en espera</translation></message>
<message><source>Stop</source><translation>Detener</translation></message>
<message><source>Stop {job}</source><translation>Detener {job}</translation></message>
<message><source>The queue</source><translation>La cola</translation></message>
<message><source>While a picture is being made, Ctrl+Enter puts the next one here.</source><translation>Mientras se hace una imagen, Control+Intro pone aquí la siguiente.</translation></message>
</context>
<context>
<name>Quotation</name>
<message><source>“{text}”</source><translation>«{text}»</translation></message>
</context>
<context>
<name>RecoveryNotices</name>
<message numerus="yes"><source>%n picture(s) not finished and not in the gallery yet.</source><translation>
<numerusform>%n imagen sin terminar y aún fuera de la galería.</numerusform>
<numerusform>%n imágenes sin terminar y aún fuera de la galería.</numerusform>
</translation></message>
<message><source>Keep it</source><translation>Conservarla</translation></message>
<message><source>Keep them</source><translation>Conservarlas</translation></message>
<message><source>Stopped at step {step} of {steps}</source><translation>Detenida en el paso {step} de {steps}</translation></message>
<message><source>Try again</source><translation>Reintentar</translation></message>
<message><source>What was reached is not in the gallery yet.</source><translation>Lo alcanzado aún no está en la galería.</translation></message>
</context>
<context>
<name>RegionMap</name>
<message><source>Drag to draw, move or resize a box; the right button removes it</source><translation>Arrastrar dibuja, mueve o redimensiona un recuadro; el botón derecho lo quita</translation></message>
<message><source>Map of the regions</source><translation>Mapa de las regiones</translation></message>
</context>
<context>
<name>RegionRow</name>
<message><source>Negative prompt of region {number}</source><translation>Prompt negativo de la región {number}</translation></message>
<message><source>Paint the area of this region; the right button erases, the wheel changes the size</source><translation>Pintar el área de esta región; el botón derecho borra, la rueda cambia el tamaño</translation></message>
<message><source>Prompt of region {number}</source><translation>Prompt de la región {number}</translation></message>
<message><source>Remove this region</source><translation>Quitar esta región</translation></message>
<message><source>Replace the painted area by its box</source><translation>Sustituir el área pintada por su recuadro</translation></message>
<message><source>Share of this prompt in its area; the prompt of the whole picture has the rest</source><translation>Parte de este prompt en su área; el prompt de toda la imagen tiene el resto</translation></message>
<message><source>Weight</source><translation>Peso</translation></message>
<message><source>What is in this area</source><translation>Qué hay en esta área</translation></message>
<message><source>What to avoid here</source><translation>Qué evitar aquí</translation></message>
</context>
<context>
<name>RegionSection</name>
<message numerus="yes"><source>%n region(s)</source><translation>
<numerusform>%n región</numerusform>
<numerusform>%n regiones</numerusform>
</translation></message>
<message><source>A box with its own prompt</source><translation>Un recuadro con su propio prompt</translation></message>
<message><source>Add region</source><translation>Añadir región</translation></message>
<message><source>Drag to draw a box; the prompt above describes the rest.</source><translation>Arrastre para dibujar un recuadro; el prompt de arriba describe el resto.</translation></message>
<message><source>Draw</source><translation>Dibujar</translation></message>
<message><source>Draw the regions on the picture</source><translation>Dibujar las regiones sobre la imagen</translation></message>
<message><source>Remove all</source><translation>Quitar todas</translation></message>
<message><source>Undo the last change of the regions</source><translation>Deshacer el último cambio de las regiones</translation></message>
</context>
<context>
<name>Remedy</name>
<message><source>One at a time</source><translation>De una en una</translation></message>
<message><source>Try again</source><translation>Reintentar</translation></message>
<message><source>Use calmer settings</source><translation>Usar ajustes más suaves</translation></message>
<message><source>Use full precision</source><translation>Usar precisión completa</translation></message>
<message><source>Use the CPU</source><translation>Usar la CPU</translation></message>
<message><source>Use this computer</source><translation>Usar este equipo</translation></message>
</context>
<context>
<name>Report</name>
<message><source>Add to gallery</source><translation>Añadir a la galería</translation></message>
<message><source>Already in the gallery</source><translation>Ya está en la galería</translation></message>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Copy it into the library; the file stays</source><translation>Copiarla en la biblioteca; el archivo se queda</translation></message>
<message><source>It does not say how it was made</source><translation>No dice cómo se hizo</translation></message>
<message><source>Not known</source><translation>Desconocidos</translation></message>
<message><source>Recognised, not used</source><translation>Reconocidos, sin usar</translation></message>
<message><source>Settings in the file</source><translation>Ajustes del archivo</translation></message>
<message><source>Start from it</source><translation>Partir de esta</translation></message>
<message><source>Use it as the start picture</source><translation>Usarla como imagen inicial</translation></message>
<message><source>Used</source><translation>Usados</translation></message>
<message><source>as they are set here</source><translation>tal como se establecen aquí</translation></message>
<message><source>has content credentials</source><translation>tiene credenciales de contenido</translation></message>
<message><source>has content credentials by {maker}</source><translation>tiene credenciales de contenido de {maker}</translation></message>
<message><source>kept in the file, but not used</source><translation>conservados en el archivo, pero sin usar</translation></message>
</context>
<context>
<name>Review</name>
<message><source>Review finished</source><translation>Revisión terminada</translation></message>
<message><source>{count} deleted</source><translation>Eliminadas: {count}</translation></message>
<message><source>{count} kept</source><translation>Conservadas: {count}</translation></message>
<message><source>{number} of {count}</source><translation>{number} de {count}</translation></message>
</context>
<context>
<name>Row</name>
<message><source>Back to the default</source><translation>Volver al valor inicial</translation></message>
<message><source>Close the window and open it again; a running job continues</source><translation>Cerrar la ventana y volver a abrirla; un trabajo en curso continúa</translation></message>
<message><source>Reset {setting}</source><translation>Restablecer {setting}</translation></message>
<message><source>Restart now</source><translation>Reiniciar ahora</translation></message>
</context>
<context>
<name>RunningJobs</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> y %n más</numerusform>
<numerusform> y %n más</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) left</source><translation>
<numerusform>queda %n paso</numerusform>
<numerusform>quedan %n pasos</numerusform>
</translation></message>
<message><source>Finished: {job}</source><translation>Terminado: {job}</translation></message>
<message><source>Starts next</source><translation>Empieza después</translation></message>
<message><source>Stopped: {job}</source><translation>Detenido: {job}</translation></message>
<message><source>Waiting for the model to load</source><translation>Esperando a que cargue el modelo</translation></message>
<message><source>Waiting for: {job}</source><translation>Esperando: {job}</translation></message>
<message><source>paused</source><translation>en pausa</translation></message>
<message><source>starting…</source><translation>iniciando…</translation></message>
<message><source>stopping</source><translation>deteniendo</translation></message>
<message><source>stopping…</source><translation>deteniendo…</translation></message>
<message><source>waiting for the model to load</source><translation>esperando a que cargue el modelo</translation></message>
<message><source>waiting for: {job}</source><translation>esperando: {job}</translation></message>
<message><source>{count} left</source><translation>quedan {count}</translation></message>
<message><source>{done} of {total}</source><translation>{done} de {total}</translation></message>
</context>
<context>
<name>SaveNotices</name>
<message><source>Folder for pictures that the library cannot store</source><translation>Carpeta para las imágenes que la biblioteca no puede guardar</translation></message>
<message><source>Save elsewhere…</source><translation>Guardar en otro lugar…</translation></message>
<message><source>Saved elsewhere</source><translation>Guardado en otro lugar</translation></message>
<message><source>The pictures are in {folder}.</source><translation>Las imágenes están en {folder}.</translation></message>
<message><source>Try again</source><translation>Reintentar</translation></message>
<message><source>{error} The picture is not lost yet.</source><translation>{error} La imagen aún no se ha perdido.</translation></message>
</context>
<context>
<name>SavedStepsRow</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>Mover el ratón por ella, o usar ← →, para ver cómo se formó la imagen</translation></message>
<message><source>Saved steps</source><translation>Pasos guardados</translation></message>
</context>
<context>
<name>SavedStepsStrip</name>
<message numerus="yes"><source>%n of {total} steps saved</source><translation>
<numerusform>%n de {total} pasos guardado</numerusform>
<numerusform>%n de {total} pasos guardados</numerusform>
</translation></message>
<message numerus="yes"><source>%n step(s) saved</source><translation>
<numerusform>%n paso guardado</numerusform>
<numerusform>%n pasos guardados</numerusform>
</translation></message>
<message><source>Play</source><translation>Ver</translation></message>
<message><source>Play its steps</source><translation>Reproducir sus pasos</translation></message>
<message><source>Scrub and branch on the Create page</source><translation>Recorrer y ramificar en la página Crear</translation></message>
</context>
<context>
<name>ScheduleChart</name>
<message><source>Scale of the data at each step</source><translation>Escala de los datos en cada paso</translation></message>
<message><source>scale of the data, α / √(α² + σ²) · steps</source><translation>escala de los datos, α / √(α² + σ²) · pasos</translation></message>
</context>
<context>
<name>Search</name>
<message><source> or </source><translation> o </translation></message>
<message><source>Branches</source><translation>Ramas</translation></message>
<message><source>Collection</source><translation>Colección</translation></message>
<message><source>Date</source><translation>Fecha</translation></message>
<message><source>Edited elsewhere</source><translation>Editadas fuera</translation></message>
<message><source>Favourites</source><translation>Favoritos</translation></message>
<message><source>File</source><translation>Archivo</translation></message>
<message><source>Imported</source><translation>Importadas</translation></message>
<message><source>In</source><translation>En</translation></message>
<message><source>Like</source><translation>Como</translation></message>
<message><source>Made here</source><translation>Creadas aquí</translation></message>
<message><source>Negative prompt</source><translation>Prompt negativo</translation></message>
<message><source>Note</source><translation>Nota</translation></message>
<message><source>OR must be between two words</source><translation>OR debe estar entre dos palabras</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Sampler</source><translation>Muestreador</translation></message>
<message><source>Scheduler</source><translation>Planificador</translation></message>
<message><source>Similar to</source><translation>Similar a</translation></message>
<message><source>Size</source><translation>Tamaño</translation></message>
<message><source>Stopped early</source><translation>Detenidas antes</translation></message>
<message><source>Tag</source><translation>Etiqueta</translation></message>
<message><source>Tool</source><translation>Herramienta</translation></message>
<message><source>With a note</source><translation>Con nota</translation></message>
<message><source>With settings</source><translation>Con ajustes</translation></message>
<message><source>Without a tag</source><translation>Sin etiqueta</translation></message>
<message><source>Without settings</source><translation>Sin ajustes</translation></message>
<message><source>not {term}</source><translation>no {term}</translation></message>
<message><source>only its first 60 words count</source><translation>solo cuentan las primeras 60 palabras</translation></message>
<message><source>the quotation mark of {text} is not closed</source><translation>las comillas de {text} no están cerradas</translation></message>
<message><source>unknown field {field} (quote {text} to search for it as text)</source><translation>campo desconocido {field} (poner {text} entre comillas para buscar el texto)</translation></message>
<message><source>{count} more words are unclear</source><translation>otras {count} palabras no están claras</translation></message>
<message><source>{text} has no letter or digit</source><translation>{text} no contiene letras ni cifras</translation></message>
<message><source>{text} has no valid value for {field}</source><translation>{text} no tiene un valor válido para {field}</translation></message>
<message><source>{text} has no value</source><translation>{text} no tiene valor</translation></message>
<message><source>{text} is neither a word nor a field (quote it to search for it as text)</source><translation>{text} no es una palabra ni un campo (ponerlo entre comillas para buscar el texto)</translation></message>
</context>
<context>
<name>SearchBar</name>
<message><source>Do not search for similar pictures</source><translation>No buscar imágenes similares</translation></message>
<message><source>Like: {name}</source><translation>Como: {name}</translation></message>
<message><source>Newest</source><translation>Recientes</translation></message>
<message><source>Newest first</source><translation>Recientes primero</translation></message>
<message><source>Not understood: {terms}.</source><translation>Sin entender: {terms}.</translation></message>
<message><source>Oldest</source><translation>Antiguas</translation></message>
<message><source>Oldest first</source><translation>Antiguas primero</translation></message>
<message><source>Order of the pictures</source><translation>Orden de las imágenes</translation></message>
<message><source>Save it in the list at the left</source><translation>Guardarla en la lista de la izquierda</translation></message>
<message><source>Save search</source><translation>Guardar búsqueda</translation></message>
<message><source>Search without {term}</source><translation>Buscar sin {term}</translation></message>
<message><source>Size of the pictures; also Ctrl and the mouse wheel</source><translation>Tamaño de las imágenes; también Control y la rueda del ratón</translation></message>
<message><source>{found} · {problem}</source><translation>{found} · {problem}</translation></message>
<message><source>{pictures} · {time} ms</source><translation>{pictures} · {time} ms</translation></message>
<message><source>{size} px</source><translation>{size} px</translation></message>
</context>
<context>
<name>SearchField</name>
<message><source>Clear the search</source><translation>Vaciar la búsqueda</translation></message>
<message><source>Search pictures</source><translation>Buscar imágenes</translation></message>
<message><source>Search…</source><translation>Buscar…</translation></message>
<message><source>Words, "phrases", -without, is:favourite, seed:42, steps:&gt;20</source><translation>Palabras, "frases", -sin, is:favourite, seed:42, steps:&gt;20</translation></message>
</context>
<context>
<name>SeedField</name>
<message><source>Every run uses a new seed</source><translation>Cada generación usa una semilla nueva</translation></message>
<message><source>Keep this seed</source><translation>Fijar esta semilla</translation></message>
<message><source>Locked: every run uses this seed</source><translation>Bloqueada: cada generación usa esta semilla</translation></message>
<message><source>Seed</source><translation>Semilla</translation></message>
<message><source>The same seed and settings give the same picture</source><translation>La misma semilla y los mismos ajustes dan la misma imagen</translation></message>
</context>
<context>
<name>SelectionBar</name>
<message><source>Add them to a collection</source><translation>Añadirlas a una colección</translation></message>
<message><source>Add to collection ▾</source><translation>Añadir a colección ▾</translation></message>
<message><source>Collection ▾</source><translation>Colección ▾</translation></message>
<message><source>New collection</source><translation>Nueva colección</translation></message>
<message><source>Remove from {collection}</source><translation>Quitar de {collection}</translation></message>
<message><source>Select none</source><translation>Deseleccionar</translation></message>
<message><source>Selected pictures</source><translation>Imágenes seleccionadas</translation></message>
<message><source>{count} selected</source><translation>Selección: {count}</translation></message>
</context>
<context>
<name>SelectionController</name>
<message><source>Check of {title}</source><translation>Comprobación de {title}</translation></message>
<message><source>It does not reproduce: pixels differ by up to {difference} of 255.</source><translation>No se reproduce: los píxeles difieren hasta {difference} de 255.</translation></message>
<message><source>It reproduces exactly.</source><translation>Se reproduce exactamente.</translation></message>
<message><source>It reproduces nearly: no pixel differs by more than {difference} of 255.</source><translation>Casi se reproduce: ningún píxel difiere en más de {difference} de 255.</translation></message>
<message><source>Its steps are saved</source><translation>Sus pasos están guardados</translation></message>
<message><source>Not in the gallery</source><translation>No está en la galería</translation></message>
<message><source>The picture cannot be generated again here</source><translation>La imagen no se puede volver a generar aquí</translation></message>
<message><source>The picture that this one branches from was deleted or never saved.</source><translation>La imagen de la que esta es rama se eliminó o nunca se guardó.</translation></message>
<message><source>The picture that this one was edited from was deleted.</source><translation>La imagen de la que se editó esta se eliminó.</translation></message>
<message><source>comparing…</source><translation>comparando…</translation></message>
<message><source>exactly</source><translation>exactamente</translation></message>
<message><source>nearly</source><translation>casi</translation></message>
<message><source>no</source><translation>no</translation></message>
<message><source>not here</source><translation>aquí no</translation></message>
<message><source>not in the gallery</source><translation>no está en la galería</translation></message>
<message><source>step {step} of {steps}</source><translation>paso {step} de {steps}</translation></message>
<message><source>stopped</source><translation>detenida</translation></message>
<message><source>waiting…</source><translation>esperando…</translation></message>
</context>
<context>
<name>SetController</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n imagen</numerusform>
<numerusform>%n imágenes</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate continues.</source><translation>
<numerusform>Falta %n imagen; Generar continúa.</numerusform>
<numerusform>Faltan %n imágenes; Generar continúa.</numerusform>
</translation></message>
<message numerus="yes"><source>%n picture(s) missing; Generate in Set continues.</source><translation>
<numerusform>Falta %n imagen; Generar en Serie continúa.</numerusform>
<numerusform>Faltan %n imágenes; Generar en Serie continúa.</numerusform>
</translation></message>
<message><source>Another set is being generated. Stop it, then restore this one.</source><translation>Se está generando otra serie. Detenerla y luego restaurar esta.</translation></message>
<message><source>Drawn with {temperature} instead of {value}, at which it would hardly change.</source><translation>Dibujado con {temperature}, porque con {value} apenas cambiaría.</translation></message>
<message><source>It is the collection “{name}”.</source><translation>Es la colección «{name}».</translation></message>
<message numerus="yes"><source>Its %n locked picture(s) stays(stay) there.</source><translation>
<numerusform>Su imagen bloqueada se queda ahí (%n).</numerusform>
<numerusform>Sus %n imágenes bloqueadas se quedan ahí.</numerusform>
</translation></message>
<message><source>Its other pictures are kept.</source><translation>Las demás imágenes se conservan.</translation></message>
<message><source>Made {pictures} again</source><translation>Rehecho: {pictures}</translation></message>
<message><source>Removed {pictures}</source><translation>Quitado: {pictures}</translation></message>
<message><source>Restore it</source><translation>Restaurarla</translation></message>
<message><source>Set “{name}” opened</source><translation>Serie «{name}» abierta</translation></message>
<message numerus="yes"><source>Set: %n picture(s)</source><translation>
<numerusform>Serie: %n imagen</numerusform>
<numerusform>Serie: %n imágenes</numerusform>
</translation></message>
<message><source>Set: {thing}</source><translation>Serie: {thing}</translation></message>
<message><source>Stopped</source><translation>Detenida</translation></message>
<message><source>The list is empty</source><translation>La lista está vacía</translation></message>
<message><source>The set was changed</source><translation>Se cambió la serie</translation></message>
<message><source>The set was cleared</source><translation>La serie se ha vaciado</translation></message>
<message><source>These pictures are locked</source><translation>Estas imágenes están bloqueadas</translation></message>
<message><source>Unlock them first.</source><translation>Desbloquéelas primero.</translation></message>
<message><source>Write what the set shows, one thing per line.</source><translation>Escribir lo que muestra la serie, un motivo por línea.</translation></message>
<message><source>connecting to the cluster…</source><translation>conectando con el clúster…</translation></message>
<message><source>locked · {seed}</source><translation>bloqueado · {seed}</translation></message>
<message><source>not made yet</source><translation>aún sin crear</translation></message>
<message><source>seed {seed}</source><translation>semilla {seed}</translation></message>
<message><source>starting…</source><translation>iniciando…</translation></message>
</context>
<context>
<name>SetView</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n imagen</numerusform>
<numerusform>%n imágenes</numerusform>
</translation></message>
<message><source>Name of the set</source><translation>Nombre de la serie</translation></message>
<message><source>None of its pictures is finished yet.</source><translation>Ninguna de sus imágenes está terminada aún.</translation></message>
<message><source>Select a single picture.</source><translation>Seleccione una sola imagen.</translation></message>
<message><source>Select the pictures to make again, or lock those to keep.</source><translation>Seleccione las imágenes que rehacer, o bloquee las que conservar.</translation></message>
<message><source>The set is a collection of this name in the gallery</source><translation>La serie es una colección con este nombre en la galería</translation></message>
<message><source>Unlock</source><translation>Desbloquear</translation></message>
<message><source>Write its things in the list, choose a style, and press Generate: one picture of each, drawn alike, kept together in the gallery.</source><translation>Escribir sus motivos en la lista, elegir un estilo y pulsar Generar: una imagen de cada uno, dibujadas igual y guardadas juntas en la galería.</translation></message>
<message><source>Your set will grow here</source><translation>La serie crecerá aquí</translation></message>
<message><source>{finished} of {pictures}</source><translation>{finished} de {pictures}</translation></message>
<message><source>{pictures} · in the gallery</source><translation>{pictures} · en la galería</translation></message>
</context>
<context>
<name>Setting</name>
<message><source>1, 2, 3</source><translation>1, 2, 3</translation></message>
<message><source>1-9 or 7, 42, 1207</source><translation>1-9 o 7, 42, 1207</translation></message>
<message><source>2 (B = e^h − 1) for guided pictures, 1 (B = h) for unguided.</source><translation>2 (B = e^h − 1) para imágenes guiadas, 1 (B = h) sin guía.</translation></message>
<message><source>2, 4, 6 or 1-7 (+1.5)</source><translation>2, 4, 6 o 1-7 (+1.5)</translation></message>
<message><source>4, 8, 20 or 4-20 (+4)</source><translation>4, 8, 20 o 4-20 (+4)</translation></message>
<message><source>Address of a Ray cluster: auto for the cluster of this computer, or HOST:PORT.</source><translation>Dirección de un clúster de Ray: auto para el clúster de este equipo, o HOST:PORT.</translation></message>
<message><source>Aesthetic score</source><translation>Puntuación estética</translation></message>
<message><source>Allows connections to huggingface.co, or to an address that you enter, while a model that you chose is downloaded.</source><translation>Permite conexiones a huggingface.co, o a una dirección que usted introduce, mientras se descarga un modelo que usted eligió.</translation></message>
<message><source>Analytic-DDIM</source><translation>Analytic-DDIM</translation></message>
<message><source>Analytic-DPM</source><translation>Analytic-DPM</translation></message>
<message><source>As it is</source><translation>Tal cual</translation></message>
<message><source>At 2 the last layer of the text encoder is left out, at 3 the last two …</source><translation>En 2 se omite la última capa del codificador de texto, en 3 las dos últimas …</translation></message>
<message><source>At temperatures of 0.25 and less it wants 60 steps or more.</source><translation>A temperaturas de 0.25 o menos necesita 60 pasos o más.</translation></message>
<message><source>At temperatures of 0.25 and less it wants a hundred steps or more.</source><translation>A temperaturas de 0.25 o menos necesita cien pasos o más.</translation></message>
<message><source>Attention</source><translation>Atención</translation></message>
<message><source>Automatic</source><translation>Automático</translation></message>
<message><source>Automatic is full precision, which makes the same picture on every device; half is faster and slightly less exact</source><translation>Automático es precisión completa, que da la misma imagen en todo dispositivo; media es más rápida y algo menos exacta</translation></message>
<message><source>Batch size</source><translation>Tamaño de lote</translation></message>
<message><source>Below 100 % a run pauses between its steps, which leaves time for other programs.</source><translation>Por debajo del 100 %, una generación hace pausas entre sus pasos, lo que deja tiempo a otros programas.</translation></message>
<message><source>Beta</source><translation>Beta</translation></message>
<message><source>Beta 57</source><translation>Beta 57</translation></message>
<message><source>Beta of 0.1</source><translation>Beta de 0.1</translation></message>
<message><source>Beta of σ</source><translation>Beta de σ</translation></message>
<message><source>Beta's shares of the noise in place of timesteps: half of the steps where it is very strong.</source><translation>Las proporciones de Beta sobre el ruido en lugar de los pasos de tiempo: la mitad de los pasos donde es muy fuerte.</translation></message>
<message><source>Beyond this the oldest steps are deleted; their pictures stay.</source><translation>Más allá se eliminan los pasos más antiguos; sus imágenes se quedan.</translation></message>
<message><source>Beyond this, some steps are recomputed on view. A large picture has room for at least thirty.</source><translation>Más allá, algunos pasos se recalculan al verlos. Una imagen grande tiene espacio para al menos treinta.</translation></message>
<message><source>Blur</source><translation>Desenfoque</translation></message>
<message><source>Both pictures of a step are side by side until the run ends.</source><translation>Las dos imágenes de un paso se ven juntas hasta el final.</translation></message>
<message><source>Branch of</source><translation>Rama de</translation></message>
<message><source>By noise</source><translation>Por ruido</translation></message>
<message><source>By timesteps</source><translation>Por pasos de tiempo</translation></message>
<message><source>CPU limit</source><translation>Límite de CPU</translation></message>
<message><source>Canvas colour</source><translation>Color del lienzo</translation></message>
<message><source>Checkerboard</source><translation>Damero</translation></message>
<message><source>Churn</source><translation>Churn</translation></message>
<message><source>Churn above</source><translation>Churn desde</translation></message>
<message><source>Churn below</source><translation>Churn hasta</translation></message>
<message><source>Class</source><translation>Clase</translation></message>
<message><source>Classic</source><translation>Clásicos</translation></message>
<message><source>Clip</source><translation>Recorte</translation></message>
<message><source>Clip skip</source><translation>Clip skip</translation></message>
<message><source>Cluster</source><translation>Clúster</translation></message>
<message><source>Cold</source><translation>Cold</translation></message>
<message><source>Cold, naive</source><translation>Cold, ingenuo</translation></message>
<message><source>Computes the deep layers of the network only in every n-th step and reuses their features in between: faster, and less exact. 1 computes them in every step.</source><translation>Calcula las capas profundas de la red solo cada n pasos y reutiliza sus características entre medias: más rápido y menos exacto. 1 las calcula en cada paso.</translation></message>
<message><source>Consecutive pictures that differ only in their seed, or look alike, are one tile.</source><translation>Las imágenes seguidas que solo difieren en la semilla, o que se parecen, son una sola miniatura.</translation></message>
<message><source>Correcting adds a little spread of its own: pictures are slightly more varied than the temperature asks.</source><translation>Corregir añade algo de dispersión propia: las imágenes varían ligeramente más de lo que pide la temperatura.</translation></message>
<message><source>Corrector SNR</source><translation>SNR del corrector</translation></message>
<message><source>Curvature</source><translation>Curvatura</translation></message>
<message><source>DDIM</source><translation>DDIM</translation></message>
<message><source>DDIM with the little fresh noise that is best for this model, as measured of it.</source><translation>DDIM con el poco ruido nuevo que es mejor para este modelo, según se ha medido.</translation></message>
<message><source>DDPM</source><translation>DDPM</translation></message>
<message><source>DDPM with as much noise in every step as the model itself predicts.</source><translation>DDPM con tanto ruido en cada paso como predice el propio modelo.</translation></message>
<message><source>DDPM with more noise in every step: grainy below some hundred steps.</source><translation>DDPM con más ruido en cada paso: granulado por debajo de unos cientos de pasos.</translation></message>
<message><source>DDPM with the amount of noise that is best for this model, as measured of it: fewer steps than DDPM.</source><translation>DDPM con la cantidad de ruido que es mejor para este modelo, según se ha medido: menos pasos que DDPM.</translation></message>
<message><source>DDPM's steps, each after a random correction at its place: for some hundred steps.</source><translation>Los pasos de DDPM, cada uno tras una corrección aleatoria en su lugar: para unos cientos de pasos.</translation></message>
<message><source>DDPM, large variance</source><translation>DDPM, varianza grande</translation></message>
<message><source>DDPM, learned variance</source><translation>DDPM, varianza aprendida</translation></message>
<message><source>DEIS</source><translation>DEIS</translation></message>
<message><source>DPM++ 2M</source><translation>DPM++ 2M</translation></message>
<message><source>DPM++ 2M SDE</source><translation>DPM++ 2M SDE</translation></message>
<message><source>DPM++ 2M with fresh noise at every step, which mends earlier errors; finer detail from 25 steps on.</source><translation>DPM++ 2M con ruido nuevo en cada paso, que repara errores anteriores; detalle más fino a partir de 25 pasos.</translation></message>
<message><source>DPM++ 2S</source><translation>DPM++ 2S</translation></message>
<message><source>DPM++ 2S a</source><translation>DPM++ 2S a</translation></message>
<message><source>DPM++ 2S with fresh noise at every step (ancestral): pictures keep changing.</source><translation>DPM++ 2S con ruido nuevo en cada paso (ancestral): las imágenes no dejan de cambiar.</translation></message>
<message><source>DPM++ 3M</source><translation>DPM++ 3M</translation></message>
<message><source>DPM++ 3M SDE</source><translation>DPM++ 3M SDE</translation></message>
<message><source>DPM++ 3M with fresh noise at every step; for 30 steps and more.</source><translation>DPM++ 3M con ruido nuevo en cada paso; para 30 pasos o más.</translation></message>
<message><source>DPM++ SDE</source><translation>DPM++ SDE</translation></message>
<message><source>DPM2</source><translation>DPM2</translation></message>
<message><source>DPM2 a</source><translation>DPM2 a</translation></message>
<message><source>DPM2 with fresh noise at every step (ancestral): two evaluations, pictures keep changing.</source><translation>DPM2 con ruido nuevo en cada paso (ancestral): dos evaluaciones, las imágenes no dejan de cambiar.</translation></message>
<message><source>Dark</source><translation>Oscuro</translation></message>
<message><source>Dark, light, or matching the system.</source><translation>Oscuro, claro o como el sistema.</translation></message>
<message><source>Deleted pictures to the trash on exit</source><translation>Imágenes eliminadas a la papelera al salir</translation></message>
<message><source>Device</source><translation>Dispositivo</translation></message>
<message><source>Distilled guidance</source><translation>Guía destilada</translation></message>
<message><source>Download models</source><translation>Descargar modelos</translation></message>
<message><source>Draws the thing alone, as for a set: without a tile, and in the tone of its style</source><translation>Dibuja el objeto solo, como para un conjunto: sin recuadro de fondo y en el tono de su estilo</translation></message>
<message><source>Dynamic threshold</source><translation>Umbral dinámico</translation></message>
<message><source>EDM stochastic</source><translation>EDM estocástico</translation></message>
<message><source>Each picture is saved as a file in this folder.</source><translation>Cada imagen se guarda como archivo en esta carpeta.</translation></message>
<message><source>Each step jumps to a whole picture: temperature only pulls the jumps towards the average picture.</source><translation>Cada paso salta a una imagen entera: la temperatura solo atrae los saltos hacia la imagen media.</translation></message>
<message><source>Edges (Canny)</source><translation>Bordes (Canny)</translation></message>
<message><source>Enlarges the picture for the second pass</source><translation>Amplía la imagen para la segunda pasada</translation></message>
<message><source>Error allowed in a step; smaller is slower and more exact.</source><translation>Error permitido en un paso; menor es más lento y más exacto.</translation></message>
<message><source>Eta</source><translation>Eta</translation></message>
<message><source>Euler</source><translation>Euler</translation></message>
<message><source>Euler a</source><translation>Euler a</translation></message>
<message><source>Evaluations more a step that make the way back exact.</source><translation>Evaluaciones de más por paso que hacen exacto el camino de vuelta.</translation></message>
<message><source>Even in log-SNR: the same as exponential, but no step where the noise is above σ 164.</source><translation>Uniforme en log-SNR: como exponencial, pero sin pasos donde el ruido supera σ 164.</translation></message>
<message><source>Even steps along the straight paths of flow models. The same update as Euler and DDIM at eta 0.</source><translation>Pasos uniformes por los trayectos rectos de los modelos de flujo. La misma actualización que Euler y DDIM con eta 0.</translation></message>
<message><source>Even timesteps from full noise that stop one step before the last, between timesteps too.</source><translation>Pasos de tiempo uniformes desde el ruido total que acaban un paso antes del último, también entre pasos de tiempo.</translation></message>
<message><source>Even timesteps that begin at full noise.</source><translation>Pasos de tiempo uniformes que empiezan en el ruido total.</translation></message>
<message><source>Even timesteps that end at the last one and never reach full noise, as in the DDIM paper.</source><translation>Pasos de tiempo uniformes que acaban en el último y nunca alcanzan el ruido total, como en el artículo de DDIM.</translation></message>
<message><source>Even timesteps with the first and the last.</source><translation>Pasos de tiempo uniformes con el primero y el último.</translation></message>
<message><source>Every so many of the model's timesteps, from full noise down: ComfyUI's Simple.</source><translation>Uno de cada tantos pasos de tiempo del modelo, desde el ruido total: el Simple de ComfyUI.</translation></message>
<message><source>Every step removes the same share of the noise: even in log-SNR.</source><translation>Cada paso quita la misma parte del ruido: uniforme en log-SNR.</translation></message>
<message><source>Exponential</source><translation>Exponencial</translation></message>
<message><source>Factors</source><translation>Factores</translation></message>
<message><source>Feature cache</source><translation>Caché de características</translation></message>
<message><source>Fewer steps at strong noise than exponential, fewer at the end than Karras.</source><translation>Menos pasos con ruido fuerte que exponencial, menos al final que Karras.</translation></message>
<message><source>File name</source><translation>Nombre del archivo</translation></message>
<message><source>Finds the noise that leads to the picture instead of drawing it by the seed, so that the same prompt brings the picture back</source><translation>Halla el ruido que lleva a la imagen en lugar de sortearlo con la semilla, para que el mismo prompt devuelva la imagen</translation></message>
<message><source>First choices</source><translation>Primeras opciones</translation></message>
<message><source>Flow Euler</source><translation>Flow Euler</translation></message>
<message><source>Flow Heun</source><translation>Flow Heun</translation></message>
<message><source>Follows the exact way to a tolerance, with as many evaluations as that takes.</source><translation>Sigue el camino exacto con una tolerancia, con tantas evaluaciones como hagan falta.</translation></message>
<message><source>For exactness, where a step may take twice as long.</source><translation>Para más exactitud, cuando un paso puede durar el doble.</translation></message>
<message><source>For fine detail, with 30 steps or more.</source><translation>Para detalles finos, a partir de 30 pasos.</translation></message>
<message><source>For finer detail, with 25 steps or more.</source><translation>Para detalles más finos, a partir de 25 pasos.</translation></message>
<message><source>For latent consistency models: only the fifty timesteps that they were distilled on.</source><translation>Para modelos de consistencia latente: solo los cincuenta pasos de tiempo con los que se destilaron.</translation></message>
<message><source>For rich detail at few steps, in twice the time.</source><translation>Para detalles ricos en pocos pasos, en el doble de tiempo.</translation></message>
<message><source>For the finest quality, when time does not matter.</source><translation>Para la mejor calidad, cuando el tiempo no importa.</translation></message>
<message><source>For the finest quality, with many steps.</source><translation>Para la mejor calidad, con muchos pasos.</translation></message>
<message><source>For the plainest way, to compare others with.</source><translation>Para el camino más simple, con el que comparar otros.</translation></message>
<message><source>For variety with strong guidance.</source><translation>Para variedad con guía fuerte.</translation></message>
<message><source>For variety, where a step may take twice as long.</source><translation>Para variedad, cuando un paso puede durar el doble.</translation></message>
<message><source>For variety: each number of steps draws another picture.</source><translation>Para variedad: cada número de pasos dibuja otra imagen.</translation></message>
<message><source>Format</source><translation>Formato</translation></message>
<message><source>Fresh noise at every step (ancestral): pictures keep changing. The same update as DDPM, Karras spacing.</source><translation>Ruido nuevo en cada paso (ancestral): las imágenes no dejan de cambiar. La misma actualización que DDPM, espaciado Karras.</translation></message>
<message><source>Fresh noise at every step: 0 none, 1 as much as DDPM.</source><translation>Ruido nuevo en cada paso: 0 ninguno, 1 tanto como DDPM.</translation></message>
<message><source>Fresh noise over the whole run: 0 is Heun, 40 the paper's choice.</source><translation>Ruido nuevo en toda la generación: 0 es Heun, 40 la elección del artículo.</translation></message>
<message><source>Fresh noise, and a look at the middle of each step: two evaluations, rich detail at few steps.</source><translation>Ruido nuevo y una mirada al medio de cada paso: dos evaluaciones, detalle rico con pocos pasos.</translation></message>
<message><source>Full (32 bit)</source><translation>Completa (32 bits)</translation></message>
<message><source>Grey</source><translation>Escala de grises</translation></message>
<message><source>Guidance</source><translation>Guía</translation></message>
<message><source>Guidance ends</source><translation>Fin de la guía</translation></message>
<message><source>Guidance rescale</source><translation>Reescalado de guía</translation></message>
<message><source>Guidance starts</source><translation>Inicio de la guía</translation></message>
<message><source>Guidance · temp.</source><translation>Guía · temp.</translation></message>
<message><source>Half (bfloat16)</source><translation>Media (bfloat16)</translation></message>
<message><source>Half (float16)</source><translation>Media (float16)</translation></message>
<message><source>Heun</source><translation>Heun</translation></message>
<message><source>Heun in even steps, which suit the straight paths of flow models; for any model.</source><translation>Heun en pasos uniformes, que convienen a los trayectos rectos de los modelos de flujo; para cualquier modelo.</translation></message>
<message><source>Heun that goes back to more noise twice near the end and comes down again, which mends earlier errors.</source><translation>Heun que cerca del final vuelve dos veces a más ruido y baja de nuevo, lo que repara errores anteriores.</translation></message>
<message><source>Heun with fresh noise before each step, which mends earlier errors; for many steps and finest quality.</source><translation>Heun con ruido nuevo antes de cada paso, que repara errores anteriores; para muchos pasos y la mejor calidad.</translation></message>
<message><source>High order</source><translation>Orden alto</translation></message>
<message><source>Hints</source><translation>Control</translation></message>
<message><source>Hires fix</source><translation>Hires fix</translation></message>
<message><source>How closely the picture follows the one to edit</source><translation>Con qué fidelidad la imagen sigue a la que se edita</translation></message>
<message><source>How each step goes from noise towards the picture</source><translation>Cómo va cada paso del ruido hacia la imagen</translation></message>
<message><source>How far the picture changes from the negative prompt towards the prompt.</source><translation>Cuánto cambia la imagen desde el prompt negativo hacia el prompt.</translation></message>
<message><source>How freely the picture may vary: 1 is as the model was trained, lower gives more typical pictures, higher rarer ones.</source><translation>Con qué libertad puede variar la imagen: 1 es como se entrenó el modelo, menos da imágenes más típicas, más da otras más raras.</translation></message>
<message><source>How many pictures are made together; auto lets the device decide</source><translation>Cuántas imágenes se hacen juntas; auto deja decidir al dispositivo</translation></message>
<message><source>How many times as wide and high the second pass makes the picture; 1 for none</source><translation>Por cuánto multiplica la segunda pasada el ancho y el alto de la imagen; 1 para ninguna</translation></message>
<message><source>How many, each with its own seed</source><translation>Cuántas, cada una con su propia semilla</translation></message>
<message><source>How much noise is added before the steps of the second pass</source><translation>Cuánto ruido se añade antes de los pasos de la segunda pasada</translation></message>
<message><source>How much noise is added to the picture before the steps begin: at 0 it hardly changes, at 1 nothing of it is left. Add noise shows what each value leaves</source><translation>Cuánto ruido se añade a la imagen antes de empezar los pasos: con 0 apenas cambia, con 1 no queda nada de ella. Añadir ruido muestra lo que deja cada valor</translation></message>
<message><source>How often to go back and come down again; 0 is Heun.</source><translation>Cuántas veces volver atrás y bajar de nuevo; 0 es Heun.</translation></message>
<message><source>How pleasing the picture is meant to be</source><translation>Cuánto debe agradar la imagen</translation></message>
<message><source>How prompts are read: in plain words, brackets have no meaning</source><translation>Cómo se leen los prompts: en texto simple, los paréntesis no tienen significado</translation></message>
<message><source>How strictly the picture follows the prompt</source><translation>Con qué rigor sigue la imagen el prompt</translation></message>
<message><source>How strictly the picture follows the prompt; the model takes this as an input</source><translation>Con qué rigor sigue la imagen el prompt; el modelo lo recibe como entrada</translation></message>
<message><source>Image guidance</source><translation>Guía de imagen</translation></message>
<message><source>Inpaint</source><translation>Repintado</translation></message>
<message><source>Inpaint area</source><translation>Área de inpaint</translation></message>
<message><source>Instead of DDIM, with a little fresh noise.</source><translation>En lugar de DDIM, con un poco de ruido nuevo.</translation></message>
<message><source>Instead of DDPM, for fewer steps.</source><translation>En lugar de DDPM, con menos pasos.</translation></message>
<message><source>Instead of DPM++ 2M, with few steps.</source><translation>En lugar de DPM++ 2M, con pocos pasos.</translation></message>
<message><source>Instead of DPM++ 2M, with many steps.</source><translation>En lugar de DPM++ 2M, con muchos pasos.</translation></message>
<message><source>Instead of Heun, to compare.</source><translation>En lugar de Heun, para comparar.</translation></message>
<message><source>Instead of UniPC, where guidance is weak or off.</source><translation>En lugar de UniPC, cuando la guía es débil o nula.</translation></message>
<message><source>Interface size</source><translation>Tamaño de la interfaz</translation></message>
<message><source>Inverted</source><translation>Invertida</translation></message>
<message><source>JPEG, smaller</source><translation>JPEG, más pequeño</translation></message>
<message><source>KL-optimal</source><translation>KL-optimal</translation></message>
<message><source>Karras</source><translation>Karras</translation></message>
<message><source>Keep the machine awake</source><translation>Mantener el equipo activo</translation></message>
<message><source>Keep the steps of pictures</source><translation>Conservar los pasos</translation></message>
<message><source>LCM</source><translation>LCM</translation></message>
<message><source>LCM, of 50 timesteps</source><translation>LCM, de 50 pasos de tiempo</translation></message>
<message><source>LMS</source><translation>LMS</translation></message>
<message><source>Langevin (NCSN)</source><translation>Langevin (NCSN)</translation></message>
<message><source>Langevin (NCSNv2)</source><translation>Langevin (NCSNv2)</translation></message>
<message><source>Langevin steps, and evaluations, at every noise level.</source><translation>Pasos de Langevin, y evaluaciones, en cada nivel de ruido.</translation></message>
<message><source>Language</source><translation>Idioma</translation></message>
<message><source>Largest value of the prediction, in standard deviations of the data; 0 is off.</source><translation>Valor máximo de la predicción, en desviaciones típicas de los datos; 0 lo desactiva.</translation></message>
<message><source>Last noise</source><translation>Último ruido</translation></message>
<message><source>Light</source><translation>Claro</translation></message>
<message><source>Like Beta, with more of its steps at the end.</source><translation>Como Beta, con más de sus pasos al final.</translation></message>
<message><source>Like Uniform, leading, one timestep later: DDIM of ComfyUI and AUTOMATIC1111, and Stable Diffusion's own.</source><translation>Como Uniforme, inicio, un paso de tiempo después: DDIM de ComfyUI y AUTOMATIC1111, y el propio de Stable Diffusion.</translation></message>
<message><source>Like exponential, with larger steps at first and smaller ones where detail forms.</source><translation>Como exponencial, con pasos mayores al principio y menores donde se forma el detalle.</translation></message>
<message><source>Limit for models and images. A model that does not fit is read from the disk at each step, which is slower.</source><translation>Límite para modelos e imágenes. Un modelo que no cabe se lee del disco en cada paso, lo que es más lento.</translation></message>
<message><source>Lines</source><translation>Líneas</translation></message>
<message><source>Live, grids, sets and variations use it if the model has one and its settings are the defaults.</source><translation>En vivo, cuadrículas, series y variaciones la usan si el modelo tiene una y sus ajustes son los predeterminados.</translation></message>
<message><source>Log-SNR, clipped</source><translation>Log-SNR, recortado</translation></message>
<message><source>Looks ahead and corrects each step: two evaluations, much nearer to the exact way than Euler.</source><translation>Mira adelante y corrige cada paso: dos evaluaciones, mucho más cerca del camino exacto que Euler.</translation></message>
<message><source>Looks at the middle of each step first: two evaluations, about as exact as Heun.</source><translation>Mira primero el medio de cada paso: dos evaluaciones, casi tan exacto como Heun.</translation></message>
<message><source>Looks at the middle of each step, remembers nothing: two evaluations, steady where guidance is strong.</source><translation>Mira el medio de cada paso, no recuerda nada: dos evaluaciones, estable donde la guía es fuerte.</translation></message>
<message><source>Many steps where the noise is low and detail forms; the best first choice.</source><translation>Muchos pasos donde el ruido es bajo y se forma el detalle; la mejor primera opción.</translation></message>
<message><source>Masked area padding</source><translation>Margen de la máscara</translation></message>
<message><source>Match system</source><translation>Como el sistema</translation></message>
<message><source>Measured</source><translation>Medidos</translation></message>
<message><source>Memory</source><translation>Memoria</translation></message>
<message><source>Model</source><translation>Modelo</translation></message>
<message><source>Model folders</source><translation>Carpetas de modelos</translation></message>
<message><source>Models in these folders and their subfolders can be used.</source><translation>Se pueden usar los modelos de estas carpetas y sus subcarpetas.</translation></message>
<message><source>More steps take longer and follow the noise more closely</source><translation>Más pasos tardan más y siguen el ruido más de cerca</translation></message>
<message><source>Negative prompt</source><translation>Prompt negativo</translation></message>
<message><source>No fresh noise where less noise than this is left.</source><translation>Sin ruido nuevo donde queda menos ruido que este.</translation></message>
<message><source>No fresh noise where more noise than this is left.</source><translation>Sin ruido nuevo donde queda más ruido que este.</translation></message>
<message><source>Noise</source><translation>Ruido</translation></message>
<message><source>Noise scale</source><translation>Escala del ruido</translation></message>
<message><source>Normal</source><translation>Normal</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, and that stays.</source><translation>No se sortea nada por el camino: la temperatura solo desvía las restauraciones, y eso permanece.</translation></message>
<message><source>Nothing is drawn on the way: temperature only bends the restorations, which is forgiven.</source><translation>No se sortea nada por el camino: la temperatura solo desvía las restauraciones, lo que se perdona.</translation></message>
<message><source>Notify when done</source><translation>Avisar al terminar</translation></message>
<message><source>Of a Langevin step, in units of the level's noise variance.</source><translation>El de un paso de Langevin, en unidades de la varianza de ruido del nivel.</translation></message>
<message><source>One plain straight step after another. The same update as DDIM at eta 0, with Karras spacing.</source><translation>Un simple paso recto tras otro. La misma actualización que DDIM con eta 0, con espaciado Karras.</translation></message>
<message><source>One to eight steps with a model distilled for it: predicts the picture, adds fresh noise, predicts again.</source><translation>De uno a ocho pasos con un modelo destilado para ello: predice la imagen, añade ruido nuevo, predice otra vez.</translation></message>
<message><source>Only masked</source><translation>Solo lo enmascarado</translation></message>
<message><source>Only masked: the surroundings of the mask are generated at the full size of the model and put back, and the picture keeps its size and every pixel outside the mask</source><translation>Solo lo enmascarado: el entorno de la máscara se genera al tamaño completo del modelo y se vuelve a colocar; la imagen conserva su tamaño y cada píxel fuera de la máscara</translation></message>
<message><source>Optimal</source><translation>Optimal</translation></message>
<message><source>Other computers</source><translation>Otros equipos</translation></message>
<message><source>PLMS</source><translation>PLMS</translation></message>
<message><source>PLMS with three careful first steps of four evaluations each; made for even steps.</source><translation>PLMS con tres primeros pasos cuidadosos de cuatro evaluaciones cada uno; hecho para pasos uniformes.</translation></message>
<message><source>PNDM</source><translation>PNDM</translation></message>
<message><source>PNG</source><translation>PNG</translation></message>
<message><source>Pictures</source><translation>Imágenes</translation></message>
<message><source>Pictures folder</source><translation>Carpeta de imágenes</translation></message>
<message><source>Pixels around the mask that the model sees if only the masked area is made</source><translation>Píxeles alrededor de la máscara que ve el modelo si solo se genera lo enmascarado</translation></message>
<message><source>Pixels by which tiles overlap, at most half a tile; their predictions are averaged there</source><translation>Píxeles en que se solapan los mosaicos, como máximo medio mosaico; ahí se promedian sus predicciones</translation></message>
<message><source>Plain icon</source><translation>Icono sencillo</translation></message>
<message><source>Plain words</source><translation>Texto simple</translation></message>
<message><source>Polyexponential</source><translation>Poliexponencial</translation></message>
<message><source>Precision</source><translation>Precisión</translation></message>
<message><source>Prediction</source><translation>Predicción</translation></message>
<message><source>Predictions</source><translation>Predicciones</translation></message>
<message><source>Predictions: the network is evaluated once for each prompt. Attention: once for all prompts, each of which only its own region sees; about as fast as one prompt</source><translation>Predicciones: la red se evalúa una vez por cada prompt. Atención: una vez para todos los prompts, cada uno visto solo por su región; casi tan rápido como un solo prompt</translation></message>
<message><source>Predictor-corrector</source><translation>Predictor-corrector</translation></message>
<message><source>Predictor-corrector, ancestral</source><translation>Predictor-corrector, ancestral</translation></message>
<message><source>Predicts, then corrects with the next evaluation at no extra cost: good from 8 steps on.</source><translation>Predice y luego corrige con la evaluación siguiente sin coste extra: bueno a partir de 8 pasos.</translation></message>
<message><source>Processor threads that a run uses; automatic is one for each core.</source><translation>Hilos del procesador que usa una generación; automático es uno por núcleo.</translation></message>
<message><source>Program on other computers</source><translation>Programa en otros equipos</translation></message>
<message><source>Prompt</source><translation>Prompt</translation></message>
<message><source>Prompt grammar</source><translation>Sintaxis del prompt</translation></message>
<message><source>Prompt of the start picture</source><translation>Prompt de la imagen inicial</translation></message>
<message><source>Prompt part</source><translation>Parte del prompt</translation></message>
<message><source>Prompts</source><translation>Prompts</translation></message>
<message><source>Quadratic</source><translation>Quadratic</translation></message>
<message><source>RK45</source><translation>RK45</translation></message>
<message><source>Reached by ssh, such as gpubox or user@tower/cuda:1, with commas between them; each can be chosen as a device.</source><translation>Accesibles por ssh, como gpubox o user@tower/cuda:1, separados por comas; cada uno se puede elegir como dispositivo.</translation></message>
<message><source>Records where and when each word of the prompt acted; takes slightly longer</source><translation>Registra dónde y cuándo actuó cada palabra del prompt; tarda un poco más</translation></message>
<message><source>Refinements</source><translation>Refinamientos</translation></message>
<message><source>Refiner</source><translation>Refinador</translation></message>
<message><source>Refiner's share</source><translation>Parte del refinador</translation></message>
<message><source>Region mode</source><translation>Modo de las regiones</translation></message>
<message><source>Regions</source><translation>Regiones</translation></message>
<message><source>Remembers its last four directions: exact with many steps, rough with few.</source><translation>Recuerda sus cuatro últimas direcciones: exacto con muchos pasos, tosco con pocos.</translation></message>
<message><source>Remembers its last four directions; made for even steps. What Stable Diffusion came with.</source><translation>Recuerda sus cuatro últimas direcciones; hecho para pasos uniformes. El que traía Stable Diffusion.</translation></message>
<message><source>Remembers its last prediction, for one evaluation a step. The best picture for the time.</source><translation>Recuerda su última predicción, con una evaluación por paso. La mejor imagen por el tiempo que tarda.</translation></message>
<message><source>Remembers its last three directions, for one evaluation a step: exact from few steps on.</source><translation>Recuerda sus tres últimas direcciones, con una evaluación por paso: exacto ya con pocos pasos.</translation></message>
<message><source>Remembers its last two predictions: more exact than DPM++ 2M where the steps are fine.</source><translation>Recuerda sus dos últimas predicciones: más exacto que DPM++ 2M donde los pasos son finos.</translation></message>
<message><source>Restart</source><translation>Restart</translation></message>
<message><source>Restart at</source><translation>Vuelta desde</translation></message>
<message><source>Restart from</source><translation>Vuelta hasta</translation></message>
<message><source>Restarts</source><translation>Vueltas</translation></message>
<message><source>Restores, and degrades the restoration again: every error of the restoration stays.</source><translation>Restaura y vuelve a degradar la restauración: cada error de la restauración permanece.</translation></message>
<message><source>Room for steps</source><translation>Espacio para pasos</translation></message>
<message><source>Rules</source><translation>Reglas</translation></message>
<message><source>SGM Uniform</source><translation>SGM Uniform</translation></message>
<message><source>Scheduler</source><translation>Planificador</translation></message>
<message><source>Scheduler at its best</source><translation>Planificador en su mejor estado</translation></message>
<message><source>Scheduler's own</source><translation>Del planificador</translation></message>
<message><source>Second pass</source><translation>Segunda pasada</translation></message>
<message><source>Second pass, noise</source><translation>Segunda pasada, ruido</translation></message>
<message><source>Second pass, steps</source><translation>Segunda pasada, pasos</translation></message>
<message><source>Seed</source><translation>Semilla</translation></message>
<message><source>Share of a step's time for the preview; a smaller share makes runs faster.</source><translation>Parte del tiempo de un paso para la vista previa; una parte menor acelera las generaciones.</translation></message>
<message><source>Share of each picture left unclipped, such as 0.995; 0 is off.</source><translation>Parte de cada imagen que no se recorta, por ejemplo 0.995; 0 lo desactiva.</translation></message>
<message><source>Share of the last step's noise: 1 is the exact law.</source><translation>Parte del ruido del último paso: 1 es la ley exacta.</translation></message>
<message><source>Share of the steps after which guidance ends.</source><translation>Parte de los pasos tras la que termina la guía.</translation></message>
<message><source>Share of the steps done before guidance begins.</source><translation>Parte de los pasos hechos antes de que empiece la guía.</translation></message>
<message><source>Share of the steps, the last ones, that the refiner makes if one is chosen</source><translation>Parte de los pasos, los últimos, que hace el refinador si se elige uno</translation></message>
<message><source>Show noisy and predicted during a run</source><translation>Con ruido y prevista durante la ejecución</translation></message>
<message><source>Shown behind transparent pictures; it is not saved with them.</source><translation>Se muestra detrás de las imágenes transparentes; no se guarda con ellas.</translation></message>
<message><source>Shows a desktop notification if the window is in the background.</source><translation>Muestra una notificación de escritorio si la ventana está en segundo plano.</translation></message>
<message><source>Side in pixels of the overlapping tiles in which a larger picture is made, best the size of the model's own pictures; 0 makes it as a whole</source><translation>Lado en píxeles de los mosaicos solapados en que se crea una imagen mayor, mejor el tamaño de las imágenes del propio modelo; 0 la crea entera</translation></message>
<message><source>Signal-to-noise ratio of a correction; 0 leaves it out.</source><translation>Relación señal/ruido de una corrección; 0 la omite.</translation></message>
<message><source>Simple</source><translation>Simple</translation></message>
<message><source>Size</source><translation>Tamaño</translation></message>
<message><source>Size of texts and buttons, from the next start on.</source><translation>Tamaño de textos y botones, desde el próximo inicio.</translation></message>
<message><source>Size of the fresh noise; a little over 1 keeps detail.</source><translation>Tamaño del ruido nuevo; algo más de 1 conserva el detalle.</translation></message>
<message><source>Small noisy steps, each after a random correction at its place: for some hundred steps.</source><translation>Pasos pequeños con ruido, cada uno tras una corrección aleatoria en su lugar: para unos cientos de pasos.</translation></message>
<message><source>Small steps at the beginning, where the layout forms, and at the end, where detail does.</source><translation>Pasos pequeños al principio, donde se forma la composición, y al final, donde se forma el detalle.</translation></message>
<message><source>Special</source><translation>Especiales</translation></message>
<message><source>Stack near-identical pictures in the gallery</source><translation>Apilar imágenes casi idénticas en la galería</translation></message>
<message><source>Started from</source><translation>Partió de</translation></message>
<message><source>Step cache per picture</source><translation>Caché de pasos por imagen</translation></message>
<message><source>Step size</source><translation>Tamaño de paso</translation></message>
<message><source>Step spacing</source><translation>Espaciado</translation></message>
<message><source>Steps</source><translation>Pasos</translation></message>
<message><source>Steps a level</source><translation>Pasos por nivel</translation></message>
<message><source>Steps can be viewed, compared and branched from later.</source><translation>Los pasos se pueden ver, comparar y ramificar más tarde.</translation></message>
<message><source>Steps of a whole run, of which the second pass makes the part given by its strength; 0: as the first pass</source><translation>Pasos de una generación completa, de los que la segunda pasada hace la parte que indica su fuerza; 0: como en la primera pasada</translation></message>
<message><source>Steps · scheduler</source><translation>Pasos · planificador</translation></message>
<message><source>Stochastic</source><translation>Estocásticos</translation></message>
<message><source>Style</source><translation>Estilo</translation></message>
<message><source>System language</source><translation>Idioma del sistema</translation></message>
<message><source>Takes back the glare that strong guidance brings.</source><translation>Quita el brillo excesivo que trae una guía fuerte.</translation></message>
<message><source>Takes off what the degradation adds at each step: forgives a restoration that is wrong.</source><translation>Quita lo que la degradación añade en cada paso: perdona una restauración errónea.</translation></message>
<message><source>Temperature</source><translation>Temperatura</translation></message>
<message><source>Template</source><translation>Plantilla</translation></message>
<message><source>Text difference</source><translation>Diferencia de textos</translation></message>
<message><source>The command that starts GDM Studio there, with its folder if needed.</source><translation>El comando que inicia GDM Studio allí, con su carpeta si hace falta.</translation></message>
<message><source>The first choice: the best picture for its time.</source><translation>La primera opción: la mejor imagen para su tiempo.</translation></message>
<message><source>The format of new pictures, which contain their settings. PNG and WebP are lossless, JPEG has no transparency.</source><translation>El formato de las imágenes nuevas, que contienen sus ajustes. PNG y WebP son sin pérdida, JPEG no tiene transparencia.</translation></message>
<message><source>The language of the window, from the next start on.</source><translation>El idioma de la ventana, desde el próximo inicio.</translation></message>
<message><source>The machine does not go to sleep while pictures are being made.</source><translation>El equipo no se suspende mientras se hacen imágenes.</translation></message>
<message><source>The noise levels that bound this model's likelihood best. Not always the best images.</source><translation>Los niveles de ruido que mejor acotan la verosimilitud de este modelo. No siempre las mejores imágenes.</translation></message>
<message><source>The noise ratio from which it goes back.</source><translation>La relación de ruido desde la que vuelve atrás.</translation></message>
<message><source>The noise ratio it goes back to.</source><translation>La relación de ruido hasta la que vuelve.</translation></message>
<message><source>The original sampler: fresh noise at every step, best with many. The same update as Euler a, even steps.</source><translation>El muestreador original: ruido nuevo en cada paso, mejor con muchos. La misma actualización que Euler a, pasos uniformes.</translation></message>
<message><source>The prompt with its variants and wildcards</source><translation>El prompt con sus variantes y comodines</translation></message>
<message><source>The steps add a little spread of their own: pictures are slightly more varied than the temperature asks.</source><translation>Los pasos añaden algo de dispersión propia: las imágenes varían ligeramente más de lo que pide la temperatura.</translation></message>
<message><source>Theme</source><translation>Tema</translation></message>
<message><source>Those that this window deleted; until then Undo restores them. Off: kept here for 30 days, as are pictures that other programs deleted or that cannot go to the trash.</source><translation>Las que esta ventana eliminó; hasta entonces, Deshacer las restaura. Desactivado: se conservan aquí 30 días, igual que las que eliminaron otros programas o no pueden ir a la papelera.</translation></message>
<message><source>Threads</source><translation>Hilos</translation></message>
<message><source>Tile</source><translation>Mosaico (tile)</translation></message>
<message><source>Tile overlap</source><translation>Solapamiento de mosaicos</translation></message>
<message><source>Time for previews</source><translation>Tiempo de vista previa</translation></message>
<message><source>Timesteps that grow as squares, up to four fifths of full noise: small steps at the end.</source><translation>Pasos de tiempo que crecen como cuadrados, hasta cuatro quintos del ruido total: pasos pequeños al final.</translation></message>
<message><source>To match early pictures of Stable Diffusion.</source><translation>Para igualar las primeras imágenes de Stable Diffusion.</translation></message>
<message><source>To match early pictures of diffusers.</source><translation>Para igualar las primeras imágenes de diffusers.</translation></message>
<message><source>To match older pictures, with 30 steps or more.</source><translation>Para igualar imágenes antiguas, a partir de 30 pasos.</translation></message>
<message><source>To match pictures of older programs, or to choose the fresh noise.</source><translation>Para igualar imágenes de programas antiguos, o elegir el ruido nuevo.</translation></message>
<message><source>To see the original method, with some hundred steps.</source><translation>Para ver el método original, con unos cientos de pasos.</translation></message>
<message><source>To see the original's other choice of noise, with many steps.</source><translation>Para ver la otra elección de ruido original, con muchos pasos.</translation></message>
<message><source>To study annealed Langevin sampling; it is slow.</source><translation>Para estudiar el muestreo de Langevin con recocido; es lento.</translation></message>
<message><source>To study random corrections after DDPM's steps.</source><translation>Para estudiar correcciones aleatorias tras los pasos de DDPM.</translation></message>
<message><source>To study random corrections, with some hundred steps.</source><translation>Para estudiar correcciones aleatorias, con unos cientos de pasos.</translation></message>
<message><source>To study the improved Langevin sampling; it is slow.</source><translation>Para estudiar el muestreo de Langevin mejorado; es lento.</translation></message>
<message><source>To the prediction, and back to a little less noise; eta adds fresh noise. At eta 0 the same as Euler.</source><translation>Hacia la predicción y de vuelta a un poco menos de ruido; eta añade ruido nuevo. Con eta 0, igual que Euler.</translation></message>
<message><source>Tolerance</source><translation>Tolerancia</translation></message>
<message><source>Towards</source><translation>Hacia</translation></message>
<message><source>UniPC</source><translation>UniPC</translation></message>
<message><source>UniPC 3</source><translation>UniPC 3</translation></message>
<message><source>UniPC with one prediction more remembered; for light guidance or none.</source><translation>UniPC que recuerda una predicción más; para guía ligera o ninguna.</translation></message>
<message><source>Uniform with both ends, between the model's timesteps too: AUTOMATIC1111's Uniform, ComfyUI's Normal.</source><translation>Uniforme con ambos extremos, también entre los pasos de tiempo del modelo: el Uniform de AUTOMATIC1111, el Normal de ComfyUI.</translation></message>
<message><source>Uniform, both ends</source><translation>Uniforme, ambos extremos</translation></message>
<message><source>Uniform, leading</source><translation>Uniforme, inicio</translation></message>
<message><source>Uniform, leading from 1</source><translation>Uniforme, inicio desde 1</translation></message>
<message><source>Uniform, trailing</source><translation>Uniforme, final</translation></message>
<message><source>Upscaler</source><translation>Upscaler</translation></message>
<message><source>Use the fast version for Live and grids</source><translation>Versión rápida para En vivo y cuadrículas</translation></message>
<message><source>VAE</source><translation>VAE</translation></message>
<message><source>Variant</source><translation>Variante</translation></message>
<message><source>Version of the rules: 17; 16 before pictures kept the fine lines of their drawings; 15 before “a dog chasing a ball” was drawn with its ball; 14 before “bicycles” was read as bicycles, and not as the sign that forbids them; 13 before all objects of a scene were drawn and stayed visible, and reference pictures of Qwen-Image-Edit had the sizes of diffusers; 12 before a part of a name such as “noodles” was read as “cup noodles”; 11 before all icons of a set were drawn in the way of its style; 10 before two words such as “swim suit” were read as one name; 9 before the built-in model placed things by relations such as “on”, and the LoRAs of a region acted there only; 8 before models without transparency kept that of the start picture; 7 before AND separated the parts of a prompt; 6 before compounds such as “golf club” were read as one name; 5 before Heun, Restart and similar samplers kept a prompt to the end of its last step; 4 before the built-in model had drawings in one colour; 3 before the second pass had steps of its own; 2 before guidance was rescaled as in diffusers, when inpainting models got the start picture again at each step and prompts were read in English only; 1 before the seed chose more than details</source><translation>Versión de las reglas: 17; 16 antes de que las imágenes conservaran las líneas finas de sus dibujos; 15 antes de que «a dog chasing a ball» se dibujara con su pelota; 14 antes de que «bicycles» se leyera como bicicletas y no como la señal que las prohíbe; 13 antes de que todas las cosas de una escena se dibujaran y quedaran visibles y las imágenes de referencia de Qwen-Image-Edit tuvieran los tamaños de diffusers; 12 antes de que una parte de un nombre como «noodles» se leyera como «cup noodles»; 11 antes de que todos los iconos de una serie se dibujaran a la manera de su estilo; 10 antes de que dos palabras como «swim suit» se leyeran como un solo nombre; 9 antes de que el modelo integrado colocara las cosas según relaciones como «on» y los LoRA de una región actuaran solo en ella; 8 antes de que los modelos sin transparencia conservaran la de la imagen inicial; 7 antes de que AND separara las partes de un prompt; 6 antes de que los nombres compuestos como «golf club» se leyeran como un solo nombre; 5 antes de que Heun, Restart y muestreadores parecidos mantuvieran un prompt hasta el final de su último paso; 4 antes de que el modelo incluido tuviera dibujos de un solo color; 3 antes de que la segunda pasada tuviera sus propios pasos; 2 antes de que la guía se reescalara como en diffusers, cuando los modelos de inpainting recibían de nuevo la imagen inicial en cada paso y los prompts solo se leían en inglés; 1 antes de que la semilla decidiera más que los detalles</translation></message>
<message><source>Wanders about at every noise level (annealed Langevin): ten steps of a hundred evaluations each.</source><translation>Deambula en cada nivel de ruido (Langevin recocido): diez pasos de cien evaluaciones cada uno.</translation></message>
<message><source>Wanders less, at more noise levels: some two hundred steps of five evaluations each.</source><translation>Deambula menos, en más niveles de ruido: unos doscientos pasos de cinco evaluaciones cada uno.</translation></message>
<message><source>Web UI (weights, LoRAs)</source><translation>Web UI (pesos, LoRA)</translation></message>
<message><source>WebP, lossless</source><translation>WebP, sin pérdida</translation></message>
<message><source>Weight of the second difference: 1 is third order, 0.5 as in other programs.</source><translation>Peso de la segunda diferencia: 1 es tercer orden, 0.5 como en otros programas.</translation></message>
<message><source>What GDM Studio 0.1 called Beta: quantiles from the first timestep to the last, between timesteps too.</source><translation>Lo que GDM Studio 0.1 llamaba Beta: cuantiles del primer paso de tiempo al último, también entre pasos de tiempo.</translation></message>
<message><source>When a picture must be exact, whatever it takes.</source><translation>Cuando una imagen debe ser exacta, cueste lo que cueste.</translation></message>
<message><source>When few steps must do: good from 8 on.</source><translation>Cuando deben bastar pocos pasos: bueno a partir de 8.</translation></message>
<message><source>Where pictures are made</source><translation>Dónde se hacen imágenes</translation></message>
<message><source>Where pictures are made when the Create page says Automatic.</source><translation>Dónde se hacen las imágenes cuando la página Crear dice «Automático».</translation></message>
<message><source>Where strong guidance makes DPM++ 2M harsh.</source><translation>Cuando una guía fuerte vuelve duro DPM++ 2M.</translation></message>
<message><source>Which noise levels the steps visit</source><translation>Qué niveles de ruido visitan los pasos</translation></message>
<message><source>Whole picture</source><translation>Toda la imagen</translation></message>
<message><source>With a noise scale over 1 pictures are slightly more varied than the temperature asks.</source><translation>Con una escala del ruido mayor que 1, las imágenes varían ligeramente más de lo que pide la temperatura.</translation></message>
<message><source>With flow models, for exactness in twice the time.</source><translation>Con modelos de flujo, para más exactitud en el doble de tiempo.</translation></message>
<message><source>With flow models, such as FLUX and SD 3.</source><translation>Con modelos de flujo, como FLUX y SD 3.</translation></message>
<message><source>With models distilled for one to eight steps.</source><translation>Con modelos destilados para uno a ocho pasos.</translation></message>
<message><source>With models of Cold Diffusion: the better way of the paper.</source><translation>Con modelos de Cold Diffusion: el mejor camino del artículo.</translation></message>
<message><source>With models of Cold Diffusion: the naive way, to compare.</source><translation>Con modelos de Cold Diffusion: el camino ingenuo, para comparar.</translation></message>
<message><source>With models that predict their own variance.</source><translation>Con modelos que predicen su propia varianza.</translation></message>
<message><source>Words</source><translation>Palabras</translation></message>
<message><source>Words in braces are replaced by the picture's settings.</source><translation>Las palabras entre llaves se sustituyen por los ajustes de la imagen.</translation></message>
<message><source>branch</source><translation>rama</translation></message>
<message><source>class</source><translation>clase</translation></message>
<message><source>exact</source><translation>exacto</translation></message>
<message><source>fast</source><translation>rápido</translation></message>
<message><source>feature cache</source><translation>caché de características</translation></message>
<message><source>focused</source><translation>centrada</translation></message>
<message><source>model</source><translation>modelo</translation></message>
<message><source>negative prompt</source><translation>prompt negativo</translation></message>
<message><source>negative prompts of regions</source><translation>prompts negativos de las regiones</translation></message>
<message><source>no</source><translation>no</translation></message>
<message><source>numbers beside the prompt</source><translation>números junto al prompt</translation></message>
<message><source>pictures to follow</source><translation>imágenes que seguir</translation></message>
<message><source>prompt grammar</source><translation>sintaxis del prompt</translation></message>
<message><source>refiner</source><translation>refinador</translation></message>
<message><source>region mode</source><translation>modo de las regiones</translation></message>
<message><source>regions</source><translation>regiones</translation></message>
<message><source>scheduler</source><translation>planificador</translation></message>
<message><source>size</source><translation>tamaño</translation></message>
<message><source>spacing</source><translation>espaciado</translation></message>
<message><source>start picture</source><translation>imagen inicial</translation></message>
<message><source>tiles</source><translation>mosaicos</translation></message>
<message><source>upscaler</source><translation>upscaler</translation></message>
<message><source>varied</source><translation>variada</translation></message>
<message><source>yes</source><translation>sí</translation></message>
</context>
<context>
<name>Settings</name>
<message><source>All devices</source><translation>Todo dispositivo</translation></message>
<message><source>Automatic</source><translation>Automático</translation></message>
<message><source>Cluster</source><translation>Clúster</translation></message>
<message><source>Quick version ({model}, {steps})</source><translation>Versión rápida ({model}, {steps})</translation></message>
<message><source>Settings applied</source><translation>Ajustes aplicados</translation></message>
<message><source>There is no model yet. Put a model's folder into the models folder (Models page), then start again.</source><translation>Aún no hay ningún modelo. Poner la carpeta de un modelo en la carpeta de modelos (página Modelos) y reiniciar.</translation></message>
</context>
<context>
<name>SettingsPage</name>
<message numerus="yes"><source>%n thread(s)</source><translation>
<numerusform>%n hilo</numerusform>
<numerusform>%n hilos</numerusform>
</translation></message>
<message><source>A few letters of a setting</source><translation>Unas letras de un ajuste</translation></message>
<message><source>About this computer</source><translation>Acerca de este equipo</translation></message>
<message><source>Automatic</source><translation>Automático</translation></message>
<message><source>Delete old steps</source><translation>Borrar pasos antiguos</translation></message>
<message><source>Delete the oldest steps beyond the limit</source><translation>Eliminar los pasos más antiguos por encima del límite</translation></message>
<message><source>Fastest</source><translation>Más rápido</translation></message>
<message><source>Generation</source><translation>Generación</translation></message>
<message><source>Go to: {section}</source><translation>Ir a: {section}</translation></message>
<message><source>Models</source><translation>Modelos</translation></message>
<message><source>No setting found.</source><translation>Ningún ajuste encontrado.</translation></message>
<message><source>No steps saved yet.</source><translation>Aún no hay pasos guardados.</translation></message>
<message><source>Permissions</source><translation>Permisos</translation></message>
<message><source>Pictures</source><translation>Imágenes</translation></message>
<message><source>Search settings</source><translation>Buscar ajustes</translation></message>
<message><source>Steps</source><translation>Pasos</translation></message>
<message><source>Window</source><translation>Ventana</translation></message>
<message><source>{size} GB</source><translation>{size} GB</translation></message>
<message><source>{size} MB</source><translation>{size} MB</translation></message>
</context>
<context>
<name>SettingsPresenter</name>
<message numerus="yes"><source>Deleted the steps of %n picture(s)</source><translation>
<numerusform>Eliminados los pasos de %n imagen</numerusform>
<numerusform>Eliminados los pasos de %n imágenes</numerusform>
</translation></message>
<message><source>Folder to search for models</source><translation>Carpeta donde buscar modelos</translation></message>
<message><source>It has versions, devices and folders, and no pictures or prompts.</source><translation>Contiene versiones, dispositivos y carpetas, pero no imágenes ni prompts.</translation></message>
<message><source>Report copied</source><translation>Informe copiado</translation></message>
<message><source>The pictures did not change.</source><translation>Las imágenes no han cambiado.</translation></message>
<message><source>There is space for all steps</source><translation>Hay espacio para todos los pasos</translation></message>
<message><source>They may take {size}.</source><translation>Pueden ocupar {size}.</translation></message>
<message><source>They take {size} now.</source><translation>Ahora ocupan {size}.</translation></message>
</context>
<context>
<name>SettingsRestorer</name>
<message numerus="yes"><source> and %n more</source><translation>
<numerusform> y %n más</numerusform>
<numerusform> y %n más</numerusform>
</translation></message>
<message><source>Any style, temperature {temperature}, seed {seed}.</source><translation>Cualquier estilo, temperatura {temperature}, semilla {seed}.</translation></message>
<message><source>Changed for {model}: {changes}. The panel offers both.</source><translation>Cambiado para {model}: {changes}. El panel ofrece ambos.</translation></message>
<message><source>Generate continues it to its end.</source><translation>Generar la continúa hasta el final.</translation></message>
<message><source>Generate makes a similar picture; another program made this one.</source><translation>Generar hace una imagen parecida; esta la hizo otro programa.</translation></message>
<message><source>Generate makes the same picture again.</source><translation>Generar vuelve a hacer la misma imagen.</translation></message>
<message><source>More original</source><translation>Más original</translation></message>
<message><source>Not used: {settings}.</source><translation>Sin usar: {settings}.</translation></message>
<message><source>Pasted settings used</source><translation>Ajustes pegados aplicados</translation></message>
<message><source>Preset {name} applied</source><translation>Preajuste {name} aplicado</translation></message>
<message><source>Settings of {file} restored</source><translation>Ajustes de {file} restaurados</translation></message>
<message><source>Starting from {file}</source><translation>Se parte de {file}</translation></message>
<message><source>The file has no settings; it is the start picture of the next run.</source><translation>El archivo no tiene ajustes; es la imagen inicial de la próxima generación.</translation></message>
<message><source>They change the paused run; + adds this picture to the queue.</source><translation>Cambian la generación en pausa; + añade esta imagen a la cola.</translation></message>
<message><source>What was read</source><translation>Lo que se leyó</translation></message>
<message><source>{setting} {value} instead of {theirs}</source><translation>{setting} {value} en lugar de {theirs}</translation></message>
</context>
<context>
<name>ShortcutsSheet</name>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Everywhere</source><translation>En todas partes</translation></message>
<message><source>{group}, on every page</source><translation>{group}, en todas las páginas</translation></message>
<message><source>{group}, on the {page} page</source><translation>{group}, página {page}</translation></message>
<message><source>{page} page</source><translation>Página {page}</translation></message>
</context>
<context>
<name>SideBySide</name>
<message><source>A step</source><translation>Un paso</translation></message>
<message><source>Is learned</source><translation>Se aprende</translation></message>
<message><source>Starts with</source><translation>Empieza con</translation></message>
<message><source>System</source><translation>Método</translation></message>
<message><source>The systems side by side</source><translation>Los métodos lado a lado</translation></message>
</context>
<context>
<name>Sidebar</name>
<message><source>All pictures</source><translation>Todas</translation></message>
<message><source>Del removes its pictures from the gallery; the files stay</source><translation>Suprimir quita sus imágenes de la galería; los archivos se quedan</translation></message>
<message><source>F2 renames it · Del removes it</source><translation>F2 renombra · Suprimir elimina</translation></message>
<message><source>F2 renames it · Del removes it, its pictures stay</source><translation>F2 la renombra · Suprimir la elimina, sus imágenes se quedan</translation></message>
<message><source>Favourites</source><translation>Favoritos</translation></message>
<message><source>Imported</source><translation>Importadas</translation></message>
<message><source>Name of the collection</source><translation>Nombre de la colección</translation></message>
<message><source>Name of the search</source><translation>Nombre de la búsqueda</translation></message>
<message><source>Reading {seen} of {found}…</source><translation>Leyendo {seen} de {found}…</translation></message>
<message><source>Remove collection</source><translation>Eliminar colección</translation></message>
<message><source>Remove from gallery</source><translation>Quitar de la galería</translation></message>
<message><source>Remove saved search</source><translation>Eliminar búsqueda</translation></message>
<message><source>Today</source><translation>Hoy</translation></message>
</context>
<context>
<name>SimilarImageLabel</name>
<message><source>Generate without a style, with a higher temperature and another seed</source><translation>Generar sin estilo, con una temperatura más alta y otra semilla</translation></message>
<message><source>Make it more original</source><translation>Hacerla más original</translation></message>
<message><source>Resembles “{drawing}” of {set} ({licence})</source><translation>Se parece a «{drawing}» de {set} ({licence})</translation></message>
<message><source>Resembles “{drawing}” of {set}: credit needed ({licence})</source><translation>Se parece a «{drawing}» de {set}: hay que citarlo ({licence})</translation></message>
<message><source>The model learned from this drawing.</source><translation>El modelo aprendió de este dibujo.</translation></message>
<message><source>{author} and contributors</source><translation>{author} y colaboradores</translation></message>
</context>
<context>
<name>SingleInstance</name>
<message><source>Another user's program answers in place of GDM Studio; close all its windows, then start again.</source><translation>El programa de otro usuario responde en lugar de GDM Studio; cerrar todas sus ventanas y volver a iniciar.</translation></message>
<message><source>GDM Studio is open already, but does not answer; close it, or end its process, then start again.</source><translation>GDM Studio ya está abierto, pero no responde; cerrarlo o terminar su proceso y volver a iniciar.</translation></message>
<message><source>Pictures opened outside will not reach this window; restart GDM Studio to try again ({why}).</source><translation>Las imágenes abiertas fuera no llegarán a esta ventana; reiniciar GDM Studio para reintentar ({why}).</translation></message>
<message><source>The open window cannot read the path of this picture; move the picture and try again.</source><translation>La ventana abierta no puede leer la ruta de esta imagen; mover la imagen y reintentar.</translation></message>
<message><source>The path of this picture is longer than {limit} bytes; move the picture and try again.</source><translation>La ruta de esta imagen supera los {limit} bytes; mover la imagen y reintentar.</translation></message>
<message><source>no private folder</source><translation>sin carpeta privada</translation></message>
</context>
<context>
<name>Sketch</name>
<message><source>A new sketch</source><translation>Un boceto nuevo</translation></message>
<message><source>Another colour…</source><translation>Otro color…</translation></message>
<message><source>Black</source><translation>Negro</translation></message>
<message><source>Blue</source><translation>Azul</translation></message>
<message><source>Brown</source><translation>Marrón</translation></message>
<message><source>Choose another model to sketch.</source><translation>Elija otro modelo para dibujar.</translation></message>
<message><source>Colour of the brush</source><translation>Color del pincel</translation></message>
<message><source>Colours</source><translation>Colores</translation></message>
<message><source>Draw on the picture shown</source><translation>Dibujar sobre la imagen mostrada</translation></message>
<message><source>Generate or choose one first.</source><translation>Genere o elija una primero.</translation></message>
<message><source>Green</source><translation>Verde</translation></message>
<message><source>Grey</source><translation>Gris</translation></message>
<message><source>It replaces the one before.</source><translation>Sustituye al anterior.</translation></message>
<message><source>Light blue</source><translation>Azul claro</translation></message>
<message><source>Orange</source><translation>Naranja</translation></message>
<message><source>Pink</source><translation>Rosa</translation></message>
<message><source>Purple</source><translation>Morado</translation></message>
<message><source>Red</source><translation>Rojo</translation></message>
<message><source>There is no picture yet</source><translation>Aún no hay ninguna imagen</translation></message>
<message><source>Transparent paper</source><translation>Papel transparente</translation></message>
<message><source>White</source><translation>Blanco</translation></message>
<message><source>White paper</source><translation>Papel blanco</translation></message>
<message><source>Yellow</source><translation>Amarillo</translation></message>
</context>
<context>
<name>SketchBar</name>
<message><source>Brush size</source><translation>Tamaño del pincel</translation></message>
<message><source>Clear</source><translation>Vaciar</translation></message>
<message><source>Draw</source><translation>Dibujar</translation></message>
<message><source>Draw; the right button erases</source><translation>Dibujar; el botón derecho borra</translation></message>
<message><source>Erase</source><translation>Borrar</translation></message>
<message><source>Fill</source><translation>Rellenar</translation></message>
<message><source>Fill an area of one colour</source><translation>Rellenar un área de un solo color</translation></message>
<message><source>Leave the sketch; it stays for the next time</source><translation>Salir del boceto; se conserva para la próxima vez</translation></message>
<message><source>Menu of the sketch</source><translation>Menú del boceto</translation></message>
<message><source>Paper, clear, use as start picture</source><translation>Papel, vaciar, usar como imagen inicial</translation></message>
<message><source>Remove strokes</source><translation>Quitar trazos</translation></message>
<message><source>Size of the brush (the wheel over the sketch, or the keys [ and ])</source><translation>Tamaño del pincel (la rueda sobre el boceto, o las teclas [ y ])</translation></message>
<message><source>Start the next pictures from the sketch, and leave it</source><translation>Empezar las próximas imágenes con el boceto y salir de él</translation></message>
<message><source>Tool</source><translation>Herramienta</translation></message>
<message><source>Undo the last stroke</source><translation>Deshacer el último trazo</translation></message>
<message><source>Use as start</source><translation>Como inicial</translation></message>
<message><source>Use as start picture</source><translation>Usar como imagen inicial</translation></message>
</context>
<context>
<name>SliderRow</name>
<message><source>Back to {number}</source><translation>Volver a {number}</translation></message>
<message><source>Reset {name}</source><translation>Restablecer {name}</translation></message>
<message><source>Use {number}</source><translation>Usar {number}</translation></message>
<message><source>{name}: {value}</source><translation>{name}: {value}</translation></message>
</context>
<context>
<name>StartImage</name>
<message><source>About the start picture</source><translation>Sobre la imagen inicial</translation></message>
<message><source>Former start picture</source><translation>Imagen inicial anterior</translation></message>
<message><source>Looking for “{word}”</source><translation>Buscando «{word}»</translation></message>
<message><source>Mask</source><translation>Máscara</translation></message>
<message><source>Mask removed</source><translation>Máscara quitada</translation></message>
<message><source>Paint what to redraw</source><translation>Pintar lo que se redibujará</translation></message>
<message><source>Restore both</source><translation>Restaurar ambas</translation></message>
<message><source>Start from a picture</source><translation>Partir de una imagen</translation></message>
<message><source>Start picture</source><translation>Imagen inicial</translation></message>
<message><source>Start picture removed</source><translation>Imagen inicial quitada</translation></message>
<message><source>The mask belonged to the former start picture</source><translation>La máscara pertenecía a la imagen inicial anterior</translation></message>
<message><source>The painted mask is not used</source><translation>La máscara pintada no se usa</translation></message>
<message><source>The painted mask is used</source><translation>La máscara pintada se usa</translation></message>
<message><source>The start picture has other proportions</source><translation>La imagen inicial tiene otras proporciones</translation></message>
<message><source>Use mask</source><translation>Usar máscara</translation></message>
<message><source>{of} does not fill {width} × {height}, and gets transparent borders.</source><translation>{of} no llena {width} × {height} y tendrá bordes transparentes.</translation></message>
</context>
<context>
<name>StartPicture</name>
<message><source>Inpaint</source><translation>Repintar</translation></message>
<message><source>Paint around the picture, in a larger frame</source><translation>Pintar alrededor de la imagen, en un marco mayor</translation></message>
<message><source>Paint the part to generate again</source><translation>Pintar la parte que se regenerará</translation></message>
<message><source>Remove the mask; the whole picture may change</source><translation>Quitar la máscara; puede cambiar toda la imagen</translation></message>
<message><source>Replaced by the sketch</source><translation>Sustituida por el boceto</translation></message>
<message><source>Show the start picture</source><translation>Mostrar la imagen inicial</translation></message>
<message><source>Start from noise again</source><translation>Partir de nuevo del ruido</translation></message>
<message><source>Start picture</source><translation>Imagen inicial</translation></message>
</context>
<context>
<name>StatusPanel</name>
<message><source>Close</source><translation>Cerrar</translation></message>
</context>
<context>
<name>StepNumbers</name>
<message><source>change by the step</source><translation>cambio debido al paso</translation></message>
<message><source>data predicted in the previous step</source><translation>datos predichos en el paso anterior</translation></message>
<message><source>data with noise</source><translation>datos con ruido</translation></message>
<message><source>factor of the fresh noise</source><translation>factor del ruido nuevo</translation></message>
<message><source>fresh Gaussian noise</source><translation>ruido gaussiano nuevo</translation></message>
<message><source>guidance: prediction with minus without condition</source><translation>guía: predicción con menos sin condición</translation></message>
<message><source>noise after it</source><translation>ruido después</translation></message>
<message><source>noise before the step</source><translation>ruido antes del paso</translation></message>
<message><source>noise predicted in the previous step</source><translation>ruido predicho en el paso anterior</translation></message>
<message><source>predicted between both noise levels</source><translation>predicho entre ambos niveles de ruido</translation></message>
<message><source>predicted data</source><translation>datos predichos</translation></message>
<message><source>predicted noise</source><translation>ruido predicho</translation></message>
<message><source>previous step in log(α/σ)</source><translation>paso anterior en log(α/σ)</translation></message>
<message><source>results of previous steps, by their name in the code</source><translation>resultados de pasos anteriores, con su nombre en el código</translation></message>
<message><source>scale of the data after it</source><translation>escala de los datos después</translation></message>
<message><source>scale of the data before the step</source><translation>escala de los datos antes del paso</translation></message>
<message><source>step in log(α/σ)</source><translation>paso en log(α/σ)</translation></message>
<message><source>weight, computed from the noise levels</source><translation>peso, calculado a partir de los niveles de ruido</translation></message>
</context>
<context>
<name>StepNumbersView</name>
<message><source>As a sum</source><translation>Como suma</translation></message>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Code</source><translation>Código</translation></message>
<message><source>Code of this step</source><translation>Código de este paso</translation></message>
<message><source>Copy</source><translation>Copiar</translation></message>
<message><source>Copy the code of this step</source><translation>Copiar el código de este paso</translation></message>
<message><source>Evaluate the network with and without the prompt</source><translation>Evaluar la red con y sin el prompt</translation></message>
<message><source>Evaluations of the denoiser in this step: {count}</source><translation>Evaluaciones del denoiser en este paso: {count}</translation></message>
<message><source>Formula</source><translation>Fórmula</translation></message>
<message><source>Measure guidance</source><translation>Medir la guía</translation></message>
<message><source>Measuring…</source><translation>Midiendo…</translation></message>
<message><source>Noise levels</source><translation>Niveles de ruido</translation></message>
<message><source>Root mean squares</source><translation>Medias cuadráticas</translation></message>
<message><source>Step {step} of {steps}, in numbers</source><translation>Paso {step} de {steps}, en números</translation></message>
<message><source>The coefficients of this step depend on its data. The code runs the sampler itself.</source><translation>Los coeficientes de este paso dependen de sus datos. El código ejecuta el propio muestreador.</translation></message>
<message><source>This step, in numbers</source><translation>Este paso, en números</translation></message>
<message><source>With its numbers</source><translation>Con sus números</translation></message>
</context>
<context>
<name>Stepper</name>
<message><source>{name}: fewer</source><translation>{name}: menos</translation></message>
<message><source>{name}: more</source><translation>{name}: más</translation></message>
</context>
<context>
<name>Steps</name>
<message><source>Final</source><translation>Final</translation></message>
<message><source>Generate it again</source><translation>Generar de nuevo</translation></message>
<message><source>Generate it again to record it. No copy is saved.</source><translation>Generar la imagen de nuevo para registrarlas. No se guarda por segunda vez.</translation></message>
<message><source>Only a rough preview of step {number} is available; choose another step.</source><translation>Solo hay una vista previa aproximada del paso {number}; elegir otro paso.</translation></message>
<message><source>Paste it into any program.</source><translation>Se puede pegar en cualquier programa.</translation></message>
<message><source>Step {number}</source><translation>Paso {number}</translation></message>
<message><source>Step {number} copied</source><translation>Paso {number} copiado</translation></message>
<message><source>Step {number} of {steps}</source><translation>Paso {number} de {steps}</translation></message>
<message><source>Step {number} saved</source><translation>Paso {number} guardado</translation></message>
<message><source>The branch shares this step with its parent. Open the parent for it.</source><translation>La rama comparte este paso con su imagen de origen. Abra la imagen de origen.</translation></message>
<message><source>The effect of each word can be shown once the picture is finished.</source><translation>El efecto de cada palabra se puede mostrar cuando la imagen esté terminada.</translation></message>
<message><source>The effect of its words was not recorded</source><translation>No se registró el efecto de sus palabras</translation></message>
<message><source>The picture predicted at this step is in the gallery.</source><translation>La imagen predicha en este paso está en la galería.</translation></message>
<message><source>These steps add noise, so no picture can branch off them.</source><translation>Estos pasos añaden ruido; ninguna imagen puede partir de ellos.</translation></message>
<message><source>This is the last step. Choose an earlier one.</source><translation>Este es el último paso. Elegir uno anterior.</translation></message>
<message><source>Wait until the picture is finished.</source><translation>Espere a que la imagen esté terminada.</translation></message>
</context>
<context>
<name>Strip</name>
<message><source>Move the mouse along it, or use ← →, to see how the picture formed</source><translation>Mover el ratón por ella, o usar ← →, para ver cómo se formó la imagen</translation></message>
<message><source>No steps yet</source><translation>Aún no hay pasos</translation></message>
<message><source>Step {number} of {steps}</source><translation>Paso {number} de {steps}</translation></message>
<message><source>Steps of the picture</source><translation>Pasos de la imagen</translation></message>
<message><source>rough preview</source><translation>vista aproximada</translation></message>
<message><source>{milliseconds} ms</source><translation>{milliseconds} ms</translation></message>
</context>
<context>
<name>StylePicker</name>
<message><source>How the picture is drawn</source><translation>Cómo se dibuja la imagen</translation></message>
<message><source>Styles</source><translation>Estilos</translation></message>
</context>
<context>
<name>System</name>
<message><source>A VAE and the score of its latents, together by one bound.</source><translation>Un VAE y el score de sus latentes, juntos mediante una misma cota.</translation></message>
<message><source>A VAE first; then the noise in x_t, given the VAE's picture.</source><translation>Primero un VAE; después el ruido en x_t, dada la imagen del VAE.</translation></message>
<message><source>A VAE whose latents need not follow N(0, I): a score model learns their distribution.</source><translation>Un VAE cuyos latentes no tienen que seguir N(0, I): un modelo de score aprende su distribución.</translation></message>
<message><source>A VAE's picture is noised up to T′ and denoised by DDPM, which removes the VAE's blur with the noise.</source><translation>La imagen de un VAE recibe ruido hasta T′ y DDPM lo elimina, y con el ruido quita lo borroso del VAE.</translation></message>
<message><source>A VAE's picture, to which noise is added.</source><translation>La imagen de un VAE, a la que se añade ruido.</translation></message>
<message><source>A caption guides a small picture by the difference that it makes; a second network enlarges it.</source><translation>Una descripción guía una imagen pequeña por la diferencia que produce; una segunda red la amplía.</translation></message>
<message><source>A fair coin toss for every bit.</source><translation>Una moneda justa al aire por cada bit.</translation></message>
<message><source>A few latent tokens read from the patches, compute, and write back; the next step reuses them.</source><translation>Unos pocos tokens latentes leen los parches, calculan y escriben de vuelta; el paso siguiente los reutiliza.</translation></message>
<message><source>A few numbers z, N(0, I).</source><translation>Unos pocos números z, N(0, I).</translation></message>
<message><source>A first network draws the meaning of the picture, an embedding; others draw the picture from it.</source><translation>Una primera red muestrea el significado de la imagen, un embedding; otras muestrean la imagen a partir de él.</translation></message>
<message><source>A fully degraded picture, e.g. blurred or masked, without noise. For a new picture, a random flat colour.</source><translation>Una imagen totalmente degradada, p. ej. borrosa o enmascarada, sin ruido. Para una imagen nueva, un color plano al azar.</translation></message>
<message><source>A generator learns to deceive a discriminator that distinguishes its pictures from real ones.</source><translation>Un generador aprende a engañar a un discriminador que distingue sus imágenes de las reales.</translation></message>
<message><source>A long step along the ODE as DPM-Solver's, then a correction of it; no fresh noise.</source><translation>Un paso largo por la EDO como el de DPM-Solver y después su corrección; sin ruido nuevo.</translation></message>
<message><source>A long step along the ODE, with the slope of the last two predictions; no fresh noise.</source><translation>Un paso largo por la EDO, con la pendiente de las dos últimas predicciones; sin ruido nuevo.</translation></message>
<message><source>A network learns the direction of higher data density at many noise levels; Langevin steps follow it.</source><translation>Una red aprende la dirección de mayor densidad de los datos en muchos niveles de ruido; pasos de Langevin la siguen.</translation></message>
<message><source>A network learns to take back one of a thousand small steps of noise.</source><translation>Una red aprende a deshacer uno de mil pequeños pasos de ruido.</translation></message>
<message><source>A network learns which way pictures are denser, at many sizes of noise; Langevin steps follow it.</source><translation>Una red aprende en qué dirección son más densas las imágenes, con muchos niveles de ruido; pasos de Langevin la siguen.</translation></message>
<message><source>A network that jumps from any point of a path to its end, distilled from EDM: one step per picture.</source><translation>Una red que salta de cualquier punto de un camino a su final, destilada de EDM: un paso por imagen.</translation></message>
<message><source>A network whose class is sometimes dropped: here DDPM's, for a tenth of its pictures.</source><translation>Una red cuya clase se omite a veces: aquí la de DDPM, para una décima parte de sus imágenes.</translation></message>
<message><source>A picture is noised in a thousand small steps, and a network learns to reverse one step.</source><translation>A una imagen se le añade ruido en mil pasos pequeños, y una red aprende a invertir un paso.</translation></message>
<message><source>A picture is noised step by step, and the reversal is learned by the bound on its likelihood.</source><translation>A una imagen se le añade ruido paso a paso, y la inversión se aprende mediante la cota de su verosimilitud.</translation></message>
<message><source>A picture noised up to T′, generated by a GAN.</source><translation>Una imagen con ruido hasta T′, generada por una GAN.</translation></message>
<message><source>A single step: noise goes through all layers.</source><translation>Un solo paso: el ruido atraviesa todas las capas.</translation></message>
<message><source>A single step: the generator maps z to a picture.</source><translation>Un solo paso: el generador convierte z en una imagen.</translation></message>
<message><source>A single step: z is decoded.</source><translation>Un solo paso: se decodifica z.</translation></message>
<message><source>A step along the velocity, without fresh noise.</source><translation>Un paso según la velocidad, sin ruido nuevo.</translation></message>
<message><source>A step in latent space with two evaluations, with and without the text; decoded at the end.</source><translation>Un paso en el espacio latente con dos evaluaciones, con y sin el texto; se decodifica al final.</translation></message>
<message><source>A text encoder that never saw a picture conditions a small one, which two networks enlarge.</source><translation>Un codificador de texto que nunca vio una imagen condiciona una pequeña, que dos redes amplían.</translation></message>
<message><source>A transformer in which time, class and patches are all tokens, with a U-Net's skips between its halves.</source><translation>Un transformador en el que tiempo, clase y parches son tokens, con las conexiones de una U-Net entre sus mitades.</translation></message>
<message><source>A transformer over patches replaces the U-Net; time and class scale, shift and gate each of its layers.</source><translation>Un transformador sobre parches sustituye a la U-Net; tiempo y clase escalan, desplazan y regulan cada una de sus capas.</translation></message>
<message><source>An autoencoder compresses a picture to an eighth of its numbers, and DDPM runs in this latent space.</source><translation>Un autocodificador comprime una imagen a un octavo de sus números, y DDPM actúa en este espacio latente.</translation></message>
<message><source>An autoencoder first; then the noise in its latents, given the text.</source><translation>Primero un autocodificador; después el ruido en sus latentes, dado el texto.</translation></message>
<message><source>An autoencoder first; then the noise in its latents.</source><translation>Primero un autocodificador; después el ruido en sus latentes.</translation></message>
<message><source>An invertible map, by the exact likelihood.</source><translation>Una transformación invertible, mediante la verosimilitud exacta.</translation></message>
<message><source>An invertible network maps noise to data, so that the likelihood is exact; shown with points in the plane.</source><translation>Una red invertible convierte ruido en datos, de modo que la verosimilitud es exacta; se muestra con puntos del plano.</translation></message>
<message><source>As DDPM's, for the difference between the picture and the VAE's.</source><translation>Como el de DDPM, para la diferencia entre la imagen y la del VAE.</translation></message>
<message><source>As DDPM's, in latent space; the final latents are decoded into a picture.</source><translation>Como el de DDPM, en el espacio latente; los latentes finales se decodifican en una imagen.</translation></message>
<message><source>As DDPM's, moved along the gradient of the classifier's log p(class | x).</source><translation>Como el de DDPM, desplazado según el gradiente de log p(class | x) del clasificador.</translation></message>
<message><source>As DDPM's, with fresh noise of the optimal variance, which has a closed form.</source><translation>Como el de DDPM, con ruido nuevo de la varianza óptima, que tiene forma cerrada.</translation></message>
<message><source>As DDPM's, with fresh noise of the predicted variance.</source><translation>Como el de DDPM, con ruido nuevo de la varianza predicha.</translation></message>
<message><source>As DDPM's, with two evaluations: x̂_0 is moved away from the prediction without class.</source><translation>Como el de DDPM, con dos evaluaciones: x̂_0 se aleja de la predicción sin clase.</translation></message>
<message><source>As DDPM's; its final latents initialise those of the next step.</source><translation>Como el de DDPM; sus latentes finales inicializan los del paso siguiente.</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a centred gamma distribution.</source><translation>Como el de DDPM; el ruido nuevo se extrae de una distribución gamma centrada.</translation></message>
<message><source>As DDPM's; the fresh noise is drawn from a mixture of two Gaussians.</source><translation>Como el de DDPM; el ruido nuevo se extrae de una mezcla de dos gaussianas.</translation></message>
<message><source>As DDPM's; the network sees the VAE's picture at every step.</source><translation>Como el de DDPM; la red ve la imagen del VAE en cada paso.</translation></message>
<message><source>As DDPM's; the noisiest steps are left out.</source><translation>Como el de DDPM; se omiten los pasos con más ruido.</translation></message>
<message><source>As DDPM's; the timesteps are chosen as a shortest path.</source><translation>Como el de DDPM; los pasos de tiempo se eligen como un camino mínimo.</translation></message>
<message><source>As GLIDE's, with predictions scaled into range; then larger pictures.</source><translation>Como los de GLIDE, con predicciones escaladas al rango; después imágenes mayores.</translation></message>
<message><source>As many numbers as the data have, N(0, I).</source><translation>Tantos números como tienen los datos, N(0, I).</translation></message>
<message><source>Bits are flipped until they are random, and a network learns to flip them back.</source><translation>Se invierten bits hasta que son aleatorios, y una red aprende a devolverlos a su valor.</translation></message>
<message><source>Both directions: the drift of the forward process, and the score for the backward process.</source><translation>Ambas direcciones: la deriva del proceso directo y el score para el proceso inverso.</translation></message>
<message><source>DDIM adapts its schedule to the data.</source><translation>DDIM adapta su planificación a los datos.</translation></message>
<message><source>DDIM's step with a combination of the last four predicted noises; no fresh noise.</source><translation>El paso de DDIM con una combinación de los cuatro últimos ruidos predichos; sin ruido nuevo.</translation></message>
<message><source>DDIM's steps with a better estimate of the noise, from the predictions of the last four steps.</source><translation>Los pasos de DDIM con una mejor estimación del ruido, a partir de las predicciones de los cuatro últimos pasos.</translation></message>
<message><source>DDPM in continuous time: one network for noisy steps back, an ODE, and exact likelihoods.</source><translation>DDPM en tiempo continuo: una red para pasos con ruido hacia atrás, una EDO y verosimilitudes exactas.</translation></message>
<message><source>DDPM that also sees a VAE's blurred picture: a few numbers determine the content.</source><translation>DDPM que también ve la imagen borrosa de un VAE: unos pocos números determinan el contenido.</translation></message>
<message><source>DDPM with noise from a Gaussian mixture: rare large jumps among small ones.</source><translation>DDPM con ruido de una mezcla de gaussianas: raros saltos grandes entre otros pequeños.</translation></message>
<message><source>DDPM with noise from a gamma distribution, skewed to one side.</source><translation>DDPM con ruido de una distribución gamma, sesgada hacia un lado.</translation></message>
<message><source>DiffuseVAE with noise centred on the VAE's picture.</source><translation>DiffuseVAE con ruido centrado en la imagen del VAE.</translation></message>
<message><source>Diffusion models of sound, text and 3-D are missing here.</source><translation>Faltan aquí modelos de difusión de sonido, texto y 3D.</translation></message>
<message><source>Draws every bit again, with the probability predicted by the network.</source><translation>Sortea de nuevo cada bit, con la probabilidad predicha por la red.</translation></message>
<message><source>Draws x_{t−1} from a Gaussian around the mean predicted by the network.</source><translation>Extrae x_{t−1} de una gaussiana alrededor de la media predicha por la red.</translation></message>
<message><source>Embeddings of pictures and captions; the clean embedding; then the noise in a picture, given it.</source><translation>Embeddings de imágenes y descripciones; el embedding limpio; después el ruido en una imagen, dado este.</translation></message>
<message><source>Encodes pictures as a few numbers and decodes them: tends to cover the data, but to blur it.</source><translation>Codifica imágenes en unos pocos números y las decodifica: tiende a cubrir los datos, pero a emborronarlos.</translation></message>
<message><source>Every step is corrected by the prediction at its end, which the next step needs anyway.</source><translation>Cada paso se corrige con la predicción en su final, que el paso siguiente necesita de todos modos.</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖², t ≤ T′, and a GAN's between q(x_T′) and G(z)</source><translation>E‖ε − ε_θ(x_t, t)‖², t ≤ T′, y la de una GAN entre q(x_T′) y G(z)</translation></message>
<message><source>E‖ε − ε_θ(x_t, t)‖₁, ε from the noise distribution at unit variance</source><translation>E‖ε − ε_θ(x_t, t)‖₁, ε de la distribución del ruido con varianza unidad</translation></message>
<message><source>Follows an ODE that removes the noise of the latents; the final latents are decoded into a picture.</source><translation>Sigue una EDO que quita el ruido de los latentes; los latentes finales se decodifican en una imagen.</translation></message>
<message><source>Follows the ODE by Heun's method: a step, a second evaluation at its end, and the mean of both.</source><translation>Sigue la EDO con el método de Heun: un paso, una segunda evaluación en su final y la media de ambos.</translation></message>
<message><source>Follows the reverse SDE with score-based corrections at each noise level, or an ODE that adds no noise.</source><translation>Sigue la EDE inversa con correcciones basadas en el score en cada nivel de ruido, o una EDO que no añade ruido.</translation></message>
<message><source>Four long steps; in each a generator samples a picture that explains x, where Gaussian steps use the mean.</source><translation>Cuatro pasos largos; en cada uno un generador muestrea una imagen que explica x, donde los pasos gaussianos usan la media.</translation></message>
<message><source>Fréchet distance above that of real pictures, over that of DDPM in pixels, after equal training</source><translation>distancia de Fréchet por encima de la de imágenes reales, dividida por la de DDPM en píxeles, con igual entrenamiento</translation></message>
<message><source>Gaussian noise around a VAE's blurred picture.</source><translation>Ruido gaussiano alrededor de la imagen borrosa de un VAE.</translation></message>
<message><source>Gaussian noise in latent space, with a 48th of the picture's numbers.</source><translation>Ruido gaussiano en el espacio latente, con 1/48 de los números de la imagen.</translation></message>
<message><source>Gaussian noise in latent space, with an eighth of the picture's numbers.</source><translation>Ruido gaussiano en el espacio latente, con un octavo de los números de la imagen.</translation></message>
<message><source>Gaussian noise in latent space.</source><translation>Ruido gaussiano en el espacio latente.</translation></message>
<message><source>Gaussian noise of 64 numbers, an embedding; then of pictures of three sizes.</source><translation>Ruido gaussiano de 64 números, un embedding; después de imágenes de tres tamaños.</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256, and of 1024 × 1024.</source><translation>Ruido gaussiano de 64 × 64 píxeles; después de 256 × 256, y de 1024 × 1024.</translation></message>
<message><source>Gaussian noise of 64 × 64 pixels; then of 256 × 256.</source><translation>Ruido gaussiano de 64 × 64 píxeles; después de 256 × 256.</translation></message>
<message><source>Gaussian noise of the largest σ, which hides the picture.</source><translation>Ruido gaussiano del mayor σ, que oculta la imagen.</translation></message>
<message><source>Gaussian noise, N(0, I), and a VAE's blurred picture.</source><translation>Ruido gaussiano, N(0, I), y la imagen borrosa de un VAE.</translation></message>
<message><source>Gaussian noise, N(0, I), at time 1.</source><translation>Ruido gaussiano, N(0, I), en el tiempo 1.</translation></message>
<message><source>Gaussian noise, N(0, I).</source><translation>Ruido gaussiano, N(0, I).</translation></message>
<message><source>Gaussian points in the plane.</source><translation>Puntos gaussianos en el plano.</translation></message>
<message><source>It does not: its timesteps are fixed by hand in advance. The variances of Analytic-DPM and the timesteps of a DP trajectory do adapt: they are measured on data.</source><translation>No: sus pasos de tiempo se fijan a mano de antemano. Las varianzas de Analytic-DPM y los pasos de tiempo de una trayectoria DP sí se adaptan: se miden sobre datos.</translation></message>
<message><source>It has no weights here.</source><translation>Aquí no tiene pesos.</translation></message>
<message><source>It is not: it predicts the tokens of an image one after another, like a language model.</source><translation>No: predice los tokens de una imagen uno tras otro, como un modelo de lenguaje.</translation></message>
<message><source>Its weights draw pictures.</source><translation>Sus pesos dibujan imágenes.</translation></message>
<message><source>Its weights move points of the plane; it has none for pictures.</source><translation>Sus pesos mueven puntos del plano; no tiene para imágenes.</translation></message>
<message><source>Large pictures need more noise because neighbouring pixels are redundant: the schedule is shifted by size.</source><translation>Las imágenes grandes necesitan más ruido porque sus píxeles vecinos son redundantes: la planificación se desplaza según el tamaño.</translation></message>
<message><source>Latent diffusion of large pictures that follow a text. Its weights come from a file of your own.</source><translation>Difusión latente de imágenes grandes que siguen un texto. Sus pesos vienen de un archivo propio.</translation></message>
<message><source>Long steps without fresh noise: DDPM's network generates pictures in a tenth of the time.</source><translation>Pasos largos sin ruido nuevo: la red de DDPM genera imágenes en una décima parte del tiempo.</translation></message>
<message><source>NCSN in continuous time: the picture is not scaled, and growing noise hides it.</source><translation>NCSN en tiempo continuo: la imagen no se escala, y un ruido creciente la oculta.</translation></message>
<message><source>NeRF and the models it guides are diffusion models.</source><translation>NeRF y los modelos que guía son modelos de difusión.</translation></message>
<message><source>Noise as large as the distance between pictures, which hides the picture.</source><translation>Ruido tan grande como la distancia entre imágenes, que oculta la imagen.</translation></message>
<message><source>Noise drawn from a centred gamma distribution.</source><translation>Ruido extraído de una distribución gamma centrada.</translation></message>
<message><source>Noise drawn from a mixture of two Gaussians.</source><translation>Ruido extraído de una mezcla de dos gaussianas.</translation></message>
<message><source>Noise fifty times as large as the picture's values, which hides the picture.</source><translation>Ruido cincuenta veces mayor que los valores de la imagen, que la oculta.</translation></message>
<message><source>Nothing: it uses DDPM's network.</source><translation>Nada: usa la red de DDPM.</translation></message>
<message><source>Nothing: it uses Imagen's networks.</source><translation>Nada: usa las redes de Imagen.</translation></message>
<message><source>Nothing: one number per noise level is measured with DDPM's network.</source><translation>Nada: se mide un número por nivel de ruido con la red de DDPM.</translation></message>
<message><source>Nothing: the cost of each step in the bound is measured with DDPM's network.</source><translation>Nada: el coste de cada paso en la cota se mide con la red de DDPM.</translation></message>
<message><source>One network draws a small picture; others enlarge it, after noise is added to it.</source><translation>Una red dibuja una imagen pequeña; otras la amplían, después de añadirle ruido.</translation></message>
<message><source>One network predicts with and without the class, and the difference is amplified.</source><translation>Una misma red predice con y sin la clase, y la diferencia se amplifica.</translation></message>
<message><source>One of a few backward steps, against the learned drift and along the learned score, with fresh noise.</source><translation>Uno de unos pocos pasos hacia atrás, contra la deriva aprendida y según el score aprendido, con ruido nuevo.</translation></message>
<message><source>One of four long steps: samples a picture that explains x_t, then x_{t−1} from the posterior given both.</source><translation>Uno de cuatro pasos largos: muestrea una imagen que explica x_t y luego x_{t−1} de la distribución a posteriori dadas ambas.</translation></message>
<message><source>PGAN (progressive GAN) and BigGAN are diffusion models.</source><translation>PGAN (GAN progresiva) y BigGAN son modelos de difusión.</translation></message>
<message><source>Packs pictures into a few numbers and unpacks them: covers the data, and blurs it.</source><translation>Comprime imágenes en unos pocos números y las descomprime: cubre los datos, pero los emborrona.</translation></message>
<message><source>Parti is a diffusion model.</source><translation>Parti es un modelo de difusión.</translation></message>
<message><source>Pictures and noise are joined by straight lines, and a network learns the velocity along them.</source><translation>Imágenes y ruido se unen con líneas rectas, y una red aprende la velocidad a lo largo de ellas.</translation></message>
<message><source>Pictures are degraded without noise, and a network learns to restore them from any severity.</source><translation>Se degradan imágenes sin ruido, y una red aprende a restaurarlas desde cualquier grado.</translation></message>
<message><source>Predicts the picture; if steps remain, adds less noise and predicts again.</source><translation>Predice la imagen; si quedan pasos, añade menos ruido y predice de nuevo.</translation></message>
<message><source>Reduces the noise in x_t and adds none, in long steps; the initial noise determines the picture.</source><translation>Reduce el ruido en x_t y no añade ninguno, en pasos largos; el ruido inicial determina la imagen.</translation></message>
<message><source>Removes one of a thousand parts of the noise, and adds a little fresh noise of a fixed variance.</source><translation>Quita una de las mil partes del ruido y añade un poco de ruido nuevo de varianza fija.</translation></message>
<message><source>Restores the picture, and replaces its degradation at this severity by the next lower one.</source><translation>Restaura la imagen y sustituye su degradación de este grado por la del siguiente grado inferior.</translation></message>
<message><source>Several Langevin steps at one noise level, along the score with fresh noise; then the next lower level.</source><translation>Varios pasos de Langevin en un nivel de ruido, según el score con ruido nuevo; después el siguiente nivel inferior.</translation></message>
<message><source>Steps of 64 pixels with and without the caption; then steps of 256 pixels.</source><translation>Pasos de 64 píxeles con y sin la descripción; después pasos de 256 píxeles.</translation></message>
<message><source>Steps of the small picture; then of larger ones, given the noised smaller one.</source><translation>Los pasos de la imagen pequeña; después los de las mayores, dada la menor con ruido.</translation></message>
<message><source>Steps of two embeddings, of which the better is kept; then steps of 64, 256 and 1024 pixels.</source><translation>Pasos de dos embeddings, de los que se conserva el mejor; después pasos de 64, 256 y 1024 píxeles.</translation></message>
<message><source>Text by itself; then the noise, given text or a noisy smaller picture.</source><translation>El texto por sí solo; después el ruido, dado el texto o una imagen menor con ruido.</translation></message>
<message><source>The ODE's known part is solved exactly, so that ten to twenty evaluations of the network suffice.</source><translation>La parte conocida de la EDO se resuelve con exactitud, de modo que bastan de diez a veinte evaluaciones de la red.</translation></message>
<message><source>The chain is cut short: a GAN generates the noisy picture it starts from.</source><translation>La cadena se acorta: una GAN genera la imagen con ruido de la que parte.</translation></message>
<message><source>The clean picture, by a network whose inputs and outputs are scaled to unit variance.</source><translation>La imagen limpia, mediante una red cuyas entradas y salidas se escalan a varianza unidad.</translation></message>
<message><source>The forward process is learned too, so that fewer backward steps are needed; shown with points in the plane.</source><translation>El proceso directo también se aprende, de modo que hacen falta menos pasos hacia atrás; se muestra con puntos del plano.</translation></message>
<message><source>The gradient of a classifier of noisy pictures guides a denoiser, even one without classes.</source><translation>El gradiente de un clasificador de imágenes con ruido guía a un eliminador de ruido, incluso sin clases.</translation></message>
<message><source>The network also predicts the variance of each backward step, learned from the variational bound.</source><translation>La red también predice la varianza de cada paso hacia atrás, aprendida de la cota variacional.</translation></message>
<message><source>The noise in x_t below T′, and the GAN.</source><translation>El ruido en x_t por debajo de T′, y la GAN.</translation></message>
<message><source>The noise in x_t below T′; the VAE is not changed.</source><translation>El ruido en x_t por debajo de T′; el VAE no cambia.</translation></message>
<message><source>The noise in x_t, and the variance of a backward step, between β̃_t and β_t.</source><translation>El ruido en x_t y la varianza de un paso hacia atrás, entre β̃_t y β_t.</translation></message>
<message><source>The noise in x_t, by the absolute error.</source><translation>El ruido en x_t, mediante el error absoluto.</translation></message>
<message><source>The noise in x_t, weighted as in the bound on the likelihood: low noise counts most.</source><translation>El ruido en x_t, ponderado como en la cota de la verosimilitud: el ruido bajo cuenta más.</translation></message>
<message><source>The noise in x_t, with equal weight for every noise level.</source><translation>El ruido en x_t, con igual peso para cada nivel de ruido.</translation></message>
<message><source>The noise, given a caption, by two networks, and the encoding of captions.</source><translation>El ruido, dada una descripción, con dos redes, y la codificación de descripciones.</translation></message>
<message><source>The optimal timesteps for the likelihood bound, by dynamic programming; not always the best pictures.</source><translation>Los pasos de tiempo óptimos para la cota de la verosimilitud, por programación dinámica; no siempre las mejores imágenes.</translation></message>
<message><source>The optimal variance of every backward step for the likelihood bound, in closed form.</source><translation>La varianza óptima de cada paso hacia atrás para la cota de la verosimilitud, en forma cerrada.</translation></message>
<message><source>The original bits given x_t, by the whole bound on the likelihood.</source><translation>Los bits originales dado x_t, mediante la cota completa de la verosimilitud.</translation></message>
<message><source>The parts of a diffusion model are separated: training levels, scaling of the network, sampler and its steps.</source><translation>Las partes de un modelo de difusión se separan: niveles de entrenamiento, escala de la red, muestreador y sus pasos.</translation></message>
<message><source>The score of the data at each of many noise levels.</source><translation>El score de los datos en cada uno de muchos niveles de ruido.</translation></message>
<message><source>The score, the direction of higher data density, at every time.</source><translation>El score, la dirección de mayor densidad de los datos, en cada instante.</translation></message>
<message><source>The velocity ε − x_0, the mean over all lines through a point.</source><translation>La velocidad ε − x_0, la media sobre todas las líneas que pasan por un punto.</translation></message>
<message><source>They are not: a NeRF is a three-dimensional scene fitted to views of it. A diffusion model may score these views, but is not changed by that.</source><translation>No: un NeRF es una escena tridimensional ajustada a vistas de ella. Un modelo de difusión puede puntuar esas vistas, pero eso no lo cambia.</translation></message>
<message><source>They are not: they are GANs, which generate an image in a single pass.</source><translation>No: son GAN, que generan una imagen en una sola pasada.</translation></message>
<message><source>They are out of scope: this program generates images.</source><translation>Quedan fuera del alcance: este programa genera imágenes.</translation></message>
<message><source>To classify a picture at any noise level; DDPM's network is not changed.</source><translation>A clasificar una imagen en cualquier nivel de ruido; la red de DDPM no cambia.</translation></message>
<message><source>To encode a picture as z and to decode it, by the bound on the likelihood.</source><translation>A codificar una imagen como z y decodificarla, mediante la cota de la verosimilitud.</translation></message>
<message><source>To generate pictures that a discriminator, which is trained too, cannot distinguish from real ones.</source><translation>A generar imágenes que un discriminador, también entrenado, no pueda distinguir de las reales.</translation></message>
<message><source>To predict the same picture from all points of a path.</source><translation>A predecir la misma imagen desde todos los puntos de un camino.</translation></message>
<message><source>To restore the picture from any severity.</source><translation>A restaurar la imagen desde cualquier grado.</translation></message>
<message><source>To sample a picture that explains x_t, so that a discriminator cannot tell the steps from real ones.</source><translation>A muestrear una imagen que explique x_t, de modo que un discriminador no distinga los pasos de los reales.</translation></message>
<message><source>VP's drift with at most its noise: designed for likelihoods.</source><translation>La deriva de VP con su ruido como máximo: diseñado para verosimilitudes.</translation></message>
<message><source>a VAE's bound; then E‖ε − ε_θ(x_t, x̂, t)‖²</source><translation>la cota de un VAE; después E‖ε − ε_θ(x_t, x̂, t)‖²</translation></message>
<message><source>a minute</source><translation>un minuto</translation></message>
<message><source>bits per heartbeat sequence above the true entropy, log2 5</source><translation>bits por secuencia de latidos por encima de la entropía real, log2 5</translation></message>
<message><source>bound in nats per point at 8 steps minus that of DDPM’s fixed drift, after equal training</source><translation>cota en nats por punto con 8 pasos menos la de la deriva fija de DDPM, con igual entrenamiento</translation></message>
<message><source>bound of held-out points in bits per coordinate minus the best one of three fixed variances</source><translation>cota de puntos de prueba en bits por coordenada menos la mejor de tres varianzas fijas</translation></message>
<message><source>bound of held-out points in nats at 10, 25 and 50 steps minus that of the better fixed variance</source><translation>cota de puntos de prueba en nats con 10, 25 y 50 pasos menos la de la mejor varianza fija</translation></message>
<message><source>bound of held-out points in nats at 5, 10 and 25 steps minus that of even or quadratic steps</source><translation>cota de puntos de prueba en nats con 5, 10 y 25 pasos menos la de pasos uniformes o cuadráticos</translation></message>
<message><source>bound of held-out points in nats over 100 even steps minus that of DDPM, after equal training</source><translation>cota de puntos de prueba en nats sobre 100 pasos uniformes menos la de DDPM, con igual entrenamiento</translation></message>
<message><source>bound or −log p above the entropy of the true distribution, in nats</source><translation>cota o −log p por encima de la entropía de la distribución real, en nats</translation></message>
<message><source>deviation within the modes over the true one</source><translation>desviación dentro de los modos respecto a la real</translation></message>
<message><source>difference of pictures of one prompt over that of different prompts</source><translation>diferencia de las imágenes de un mismo prompt respecto a la de prompts distintos</translation></message>
<message><source>distance of the points of the ODE from those of the SDE, minus that of two samples</source><translation>distancia de los puntos de la EDO a los de la EDE, menos la de dos muestras</translation></message>
<message><source>error in 40 steps over that of DDIM with as many evaluations of the network</source><translation>error en 40 pasos respecto al de DDIM con las mismas evaluaciones de la red</translation></message>
<message><source>error of a run’s random numbers beside independent ones from N(0, 1)</source><translation>error de los números aleatorios de una ejecución respecto a números independientes de N(0, 1)</translation></message>
<message><source>error of a step back beside q(x_{t−1} | x_t, x_0), over its deviation</source><translation>error de un paso atrás junto a q(x_{t−1} | x_t, x_0), respecto a su desviación</translation></message>
<message><source>error of blurred held-out pictures restored by algorithm 2 over that by algorithm 1, at 20 steps</source><translation>error de imágenes de prueba borrosas restauradas con el algoritmo 2, dividido por el del algoritmo 1, con 20 pasos</translation></message>
<message><source>error of pictures restored from their latents over that from as many pixels of a smaller picture</source><translation>error de imágenes restauradas desde sus latentes, dividido por el obtenido con otros tantos píxeles de una imagen menor</translation></message>
<message><source>error of points by Heun’s method over that by Euler’s, at 35 evaluations of the network each</source><translation>error de puntos con el método de Heun, dividido por el del método de Euler, con 35 evaluaciones de la red cada uno</translation></message>
<message><source>error of points encoded as noise and decoded, over their deviation, at 100 steps</source><translation>error de puntos codificados como ruido y decodificados, dividido por su desviación, con 100 pasos</translation></message>
<message><source>error of points in 10 steps over that of DDIM with as many evaluations of the network</source><translation>error de puntos con 10 pasos, dividido por el de DDIM con otras tantas evaluaciones de la red</translation></message>
<message><source>error of points in 10 steps over that of DPM-Solver++ of the same order</source><translation>error de puntos con 10 pasos, dividido por el de DPM-Solver++ del mismo orden</translation></message>
<message><source>error of single steps from the exact path over that of DDIM’s steps</source><translation>error de pasos sueltos desde el camino exacto respecto al de los pasos de DDIM</translation></message>
<message><source>error of the modes’ shares</source><translation>error de las proporciones de los modos</translation></message>
<message><source>error of the noise’s third and fourth moments</source><translation>error de los momentos tercero y cuarto del ruido</translation></message>
<message><source>error of the shares of 25 modes of points</source><translation>error de las proporciones de 25 modos de puntos</translation></message>
<message><source>error of the shares of two far modes, of weights 0.2 and 0.8</source><translation>error de las proporciones de dos modos lejanos, de pesos 0.2 y 0.8</translation></message>
<message><source>error of the start’s coefficients √ᾱ_T′ and √(1 − ᾱ_T′)</source><translation>error de los coeficientes √ᾱ_T′ y √(1 − ᾱ_T′) del inicio</translation></message>
<message><source>error of v over that without gates initialised to zero, after equal training</source><translation>error de v dividido por el obtenido sin puertas inicializadas a cero, con igual entrenamiento</translation></message>
<message><source>error of v over that without latents of the previous step, after equal training</source><translation>error de v dividido por el obtenido sin latentes del paso anterior, con igual entrenamiento</translation></message>
<message><source>error of v over that without long skips, after equal training</source><translation>error de v dividido por el obtenido sin conexiones largas, con igual entrenamiento</translation></message>
<message><source>error of v over that without the shift, after equal training</source><translation>error de v dividido por el obtenido sin el desplazamiento, con igual entrenamiento</translation></message>
<message><source>excess distance of points at 8 even steps over that of DDPM’s network by DDIM, after equal training</source><translation>distancia excedente de puntos con 8 pasos uniformes, dividida por la de la red de DDPM con DDIM, con igual entrenamiento</translation></message>
<message><source>excess distance of points in 10 steps over that from a Gaussian start of the same moments</source><translation>distancia excedente de puntos con 10 pasos, dividida por la de un inicio gaussiano con los mismos momentos</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM in 10 steps</source><translation>distancia excedente de puntos con 10 pasos, dividida por la de DDPM con 10 pasos</translation></message>
<message><source>excess distance of points in 10 steps over that of DDPM with the better fixed variance</source><translation>distancia excedente de puntos con 10 pasos, dividida por la de DDPM con la mejor varianza fija</translation></message>
<message><source>excess distance of points with corrector minus that without, at equal evaluations</source><translation>distancia excedente de puntos con corrector menos la de sin él, con iguales evaluaciones</translation></message>
<message><source>gap in detail between enlarged generated and real pictures, over that without noise in them</source><translation>diferencia de detalle entre imágenes generadas y reales ampliadas, dividida por la obtenida sin ruido en ellas</translation></message>
<message><source>how well latents that it draws are told apart from encoded ones (AUC; 0.5 is not at all)</source><translation>con qué acierto se distinguen los latentes que muestrea de los codificados (AUC; 0,5 es nada)</translation></message>
<message><source>its weights are not shipped</source><translation>sus pesos no se incluyen</translation></message>
<message><source>largest distance of the states x_t from their exact distribution, over its deviation</source><translation>mayor distancia de los estados x_t a su distribución exacta, respecto a su desviación</translation></message>
<message><source>largest prediction x̂_0 where clipping is needed, over the end of its range</source><translation>mayor predicción x̂_0 donde hace falta recorte, respecto al extremo de su intervalo</translation></message>
<message><source>mean error of x̂_0 beside the exact prediction, over that of the exact one beside x_0</source><translation>error medio de x̂_0 frente a la predicción exacta, respecto al de la exacta frente a x_0</translation></message>
<message><source>mean over σ_i of σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²</source><translation>media sobre σ_i de σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²</translation></message>
<message><source>none of its own: DDPM's network</source><translation>ninguna propia: la red de DDPM</translation></message>
<message><source>none of its own: DDPM's, with the class sometimes dropped</source><translation>ninguna propia: la de DDPM, con la clase omitida a veces</translation></message>
<message><source>none of its own: the minimum of DDPM's bound over paths of K steps</source><translation>ninguna propia: el mínimo de la cota de DDPM sobre caminos de K pasos</translation></message>
<message><source>none of its own: Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d of DDPM's network, measured once</source><translation>ninguna propia: Γ_t = 1 − E‖ε_θ(x_t, t) − ε‖²/d de la red de DDPM, medido una vez</translation></message>
<message><source>not measured yet</source><translation>aún sin medir</translation></message>
<message><source>not trained yet</source><translation>aún sin entrenar</translation></message>
<message><source>order of convergence to the exact path, with exact predictions</source><translation>orden de convergencia hacia el camino exacto, con predicciones exactas</translation></message>
<message><source>share of drawn sequences that occur in the data</source><translation>proporción de secuencias generadas que existen en los datos</translation></message>
<message><source>share of fully saturated pixels at guidance 10, over that with clipping, at the same classes</source><translation>proporción de píxeles totalmente saturados con guía 10, dividida por la obtenida con recorte, con las mismas clases</translation></message>
<message><source>share of pictures of the right thing by the prior, minus that with the caption’s own embedding</source><translation>proporción de imágenes del motivo correcto con el prior, menos la obtenida con el embedding de la propia descripción</translation></message>
<message><source>share of pictures of the right thing, minus the best such share by CLIP guidance</source><translation>proporción de imágenes del motivo correcto, menos la mejor obtenida con guía de CLIP</translation></message>
<message><source>share of points at one of 25 modes in 4 steps minus that of exact Gaussian steps</source><translation>proporción de puntos en uno de 25 modos con 4 pasos menos la de pasos gaussianos exactos</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE</source><translation>proporción de puntos en uno de 25 modos menos la del VAE</translation></message>
<message><source>share of points at one of 25 modes minus that of the VAE it starts from</source><translation>proporción de puntos en uno de 25 modos menos la del VAE del que parte</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, at 100 steps</source><translation>proporción de puntos en uno de 25 modos menos el error de las proporciones de los modos, con 100 pasos</translation></message>
<message><source>share of points at one of 25 modes minus the error of the modes’ shares, over EDM’s, in 2 steps</source><translation>proporción de puntos en uno de 25 modos menos el error de las proporciones de los modos, dividida por la de EDM, con 2 pasos</translation></message>
<message><source>share of points at the most frequent mode among those of one z, with different noise</source><translation>proporción de puntos en el modo más frecuente entre los de un mismo z, con ruido distinto</translation></message>
<message><source>share of points that lie in their class, of three that overlap, minus that without guidance</source><translation>proporción de puntos que caen en su clase, de tres que se solapan, menos la de sin guía</translation></message>
<message><source>share of prompts whose better embedding is chosen</source><translation>proporción de prompts cuya mejor representación se elige</translation></message>
<message><source>share of the values of x̂_0 at the end of the range</source><translation>proporción de los valores de x̂_0 en el extremo del intervalo</translation></message>
<message><source>the claim holds</source><translation>la afirmación se cumple</translation></message>
<message><source>the claim is missed</source><translation>la afirmación no se cumple</translation></message>
<message><source>undecided: it holds for the mean, but not for all seeds</source><translation>indeciso: se cumple para la media, pero no para todas las semillas</translation></message>
<message><source>v, by a U-Net with a transformer in the middle.</source><translation>v, mediante una U-Net con un transformador en el medio.</translation></message>
<message><source>v, by a network that reuses its latents of the previous step.</source><translation>v, mediante una red que reutiliza sus latentes del paso anterior.</translation></message>
<message><source>v, by a transformer whose blocks start as the identity.</source><translation>v, mediante un transformador cuyos bloques empiezan como la identidad.</translation></message>
<message><source>v, by a transformer with skips from its first half to its second.</source><translation>v, mediante un transformador con conexiones de su primera mitad a la segunda.</translation></message>
<message><source>{low} to {high}</source><translation>de {low} a {high}</translation></message>
<message><source>{minutes} minutes</source><translation>{minutes} minutos</translation></message>
<message><source>{value} ({low} to {high})</source><translation>{value} (de {low} a {high})</translation></message>
<message><source>−log p of held-out points in nats above that of the true distribution</source><translation>−log p de puntos de prueba en nats por encima del de la distribución real</translation></message>
<message><source>−log p of held-out points in nats minus that by VP’s network, after equal training</source><translation>−log p de puntos de prueba en nats menos el de la red de VP, con igual entrenamiento</translation></message>
<message><source>−the variational bound, one term per sample</source><translation>−la cota variacional, un término por muestra</translation></message>
</context>
<context>
<name>Table</name>
<message><source>Same</source><translation>Igual</translation></message>
</context>
<context>
<name>TagEntry</name>
<message><source>Add</source><translation>Añadir</translation></message>
<message><source>Add the tag</source><translation>Añadir la etiqueta</translation></message>
<message><source>Tag</source><translation>Etiqueta</translation></message>
<message><source>Tag for these pictures: Enter adds it, Esc closes</source><translation>Etiqueta para estas imágenes: Intro la añade, Escape cierra</translation></message>
</context>
<context>
<name>Tags</name>
<message><source>Remove {tag}</source><translation>Quitar {tag}</translation></message>
</context>
<context>
<name>ThingList</name>
<message><source> · the first {maximum} count</source><translation> · cuentan los primeros {maximum}</translation></message>
<message numerus="yes"><source>%n thing(s)</source><translation>
<numerusform>%n motivo</numerusform>
<numerusform>%n motivos</numerusform>
</translation></message>
<message><source>Back to single pictures</source><translation>Volver a imágenes sueltas</translation></message>
<message><source>One thing per line</source><translation>Un motivo por línea</translation></message>
<message><source>The text is too long for a list</source><translation>El texto es demasiado largo para una lista</translation></message>
<message><source>Things of the set</source><translation>Motivos de la serie</translation></message>
<message><source>What the set shows, one thing per line</source><translation>Lo que muestra la serie, un motivo por línea</translation></message>
<message><source>fox
owl
mushroom

One thing per line, or with commas</source><translation>zorro
búho
seta

Un motivo por línea, o con comas</translation></message>
</context>
<context>
<name>TilePopup</name>
<message><source>Nothing has this name</source><translation>Nada tiene este nombre</translation></message>
<message><source>Search {names}</source><translation>Buscar: {names}</translation></message>
<message><source>Type to search. The arrow keys move, Enter chooses</source><translation>Escribir para buscar. Las flechas mueven, Intro elige</translation></message>
</context>
<context>
<name>Tools</name>
<message><source>Copy one in any program; the next pictures then start from it.</source><translation>Copiar una en cualquier programa; las próximas imágenes partirán de ella.</translation></message>
<message><source>No picture to paste</source><translation>Ninguna imagen que pegar</translation></message>
</context>
<context>
<name>TopBar</name>
<message numerus="yes"><source>%n picture(s) to make</source><translation>
<numerusform>%n imagen por hacer</numerusform>
<numerusform>%n imágenes por hacer</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread error(s)</source><translation>
<numerusform>%n error sin leer</numerusform>
<numerusform>%n errores sin leer</numerusform>
</translation></message>
<message numerus="yes"><source>%n unread notice(s)</source><translation>
<numerusform>%n aviso sin leer</numerusform>
<numerusform>%n avisos sin leer</numerusform>
</translation></message>
<message><source>Device in use · {state}</source><translation>Dispositivo en uso · {state}</translation></message>
<message><source>Memory in use by this window: {size}</source><translation>Memoria en uso por esta ventana: {size}</translation></message>
<message><source>Nothing in the queue</source><translation>Nada en la cola</translation></message>
<message><source>Queue</source><translation>Cola</translation></message>
<message><source>Queue {count}</source><translation>Cola {count}</translation></message>
<message><source>not available</source><translation>no disponible</translation></message>
<message><source>preparing</source><translation>preparando</translation></message>
<message><source>ready</source><translation>listo</translation></message>
<message><source>running</source><translation>activo</translation></message>
<message><source>the queue is paused</source><translation>la cola está en pausa</translation></message>
</context>
<context>
<name>TrainControls</name>
<message><source>Add the result of the latest test pictures to the models</source><translation>Añadir a los modelos el resultado de las últimas imágenes de prueba</translation></message>
<message><source>Change a model, or train a system of the literature</source><translation>Cambiar un modelo, o entrenar un sistema de la literatura</translation></message>
<message><source>Choose folder…</source><translation>Elegir carpeta…</translation></message>
<message><source>Choose the pictures to learn from</source><translation>Elegir las imágenes de las que aprender</translation></message>
<message><source>Continue after closing</source><translation>Continuar tras cerrar</translation></message>
<message><source>Discard</source><translation>Descartar</translation></message>
<message><source>Drawn again and again with the same noise, separated by semicolons</source><translation>Se dibujan una y otra vez con el mismo ruido, separados por puntos y comas</translation></message>
<message><source>Higher ranks can learn more details, and copy sooner</source><translation>Los rangos más altos pueden aprender más detalles, y copian antes</translation></message>
<message><source>How often a picture is looked at, in total</source><translation>Cuántas veces se mira una imagen, en total</translation></message>
<message><source>Larger pictures take more time and memory</source><translation>Las imágenes mayores requieren más tiempo y memoria</translation></message>
<message><source>Learning rate</source><translation>Tasa de aprendizaje</translation></message>
<message><source>Method</source><translation>Método</translation></message>
<message><source>Model</source><translation>Modelo</translation></message>
<message><source>Name</source><translation>Nombre</translation></message>
<message><source>Network</source><translation>Red</translation></message>
<message><source>No folder yet</source><translation>Aún sin carpeta</translation></message>
<message><source>Open an earlier run, or begin another one</source><translation>Abrir un entrenamiento anterior, o empezar otro</translation></message>
<message><source>Pause</source><translation>Pausar</translation></message>
<message><source>Picture size</source><translation>Tamaño de imagen</translation></message>
<message><source>Rank</source><translation>Rango</translation></message>
<message><source>Run</source><translation>Entrenamiento</translation></message>
<message><source>Samples</source><translation>Muestras</translation></message>
<message><source>Save and free the memory; start it again later</source><translation>Guardar y liberar la memoria; se puede iniciar de nuevo más tarde</translation></message>
<message><source>Size of the changes of each step. If the loss jumps, lower it.</source><translation>Tamaño de los cambios de cada paso. Si la pérdida salta, reducirla.</translation></message>
<message><source>Start</source><translation>Iniciar</translation></message>
<message><source>Stop, and delete this run</source><translation>Detener y eliminar este entrenamiento</translation></message>
<message><source>Test prompts</source><translation>Prompts de prueba</translation></message>
<message><source>The model that is changed</source><translation>El modelo que se cambia</translation></message>
<message><source>The network that removes the noise</source><translation>La red que quita el ruido</translation></message>
<message><source>Train</source><translation>Entrenar</translation></message>
<message><source>Train in the background</source><translation>Entrenar en segundo plano</translation></message>
<message><source>Train on when the window is closed. Open the run here to see it again.</source><translation>Seguir entrenando al cerrar la ventana. Abrir aquí el entrenamiento para volver a verlo.</translation></message>
<message><source>Training settings</source><translation>Ajustes del entrenamiento</translation></message>
<message><source>Use it in Create</source><translation>Usarlo en Crear</translation></message>
<message><source>fox; house; red car</source><translation>zorro; casa; coche rojo</translation></message>
<message><source>{size} × {size} pixels</source><translation>{size} × {size} píxeles</translation></message>
</context>
<context>
<name>TrainPage</name>
<message numerus="yes"><source>%n minute(s) left</source><translation>
<numerusform>queda %n minuto</numerusform>
<numerusform>quedan %n minutos</numerusform>
</translation></message>
<message numerus="yes"><source>%n test picture(s) is(are) almost the same as yours.</source><translation>
<numerusform>%n imagen de prueba es casi igual a una imagen propia.</numerusform>
<numerusform>%n imágenes de prueba son casi iguales a imágenes propias.</numerusform>
</translation></message>
<message><source>A small file that adds a style or a thing to a model</source><translation>Un archivo pequeño que añade un estilo o un motivo a un modelo</translation></message>
<message><source>Added as {name}</source><translation>Añadido como {name}</translation></message>
<message><source>Another model is called {title} and is kept.</source><translation>Otro modelo se llama {title} y se conserva.</translation></message>
<message><source>Before the training</source><translation>Antes del entrenamiento</translation></message>
<message><source>Better than {run}; the difference is significant.</source><translation>Mejor que {run}; la diferencia es significativa.</translation></message>
<message><source>Caption</source><translation>Descripción</translation></message>
<message><source>Captions cut after {limit} characters: {count}; the first is {first}.</source><translation>Descripciones cortadas tras {limit} caracteres: {count}; la primera es {first}.</translation></message>
<message><source>Change a model</source><translation>Cambiar un modelo</translation></message>
<message><source>Check the captions. Later, you ask for pictures in the same words.</source><translation>Comprobar las descripciones. Después, las imágenes se piden con las mismas palabras.</translation></message>
<message><source>Choose the pictures to learn from</source><translation>Elegir las imágenes de las que aprender</translation></message>
<message><source>Class</source><translation>Clase</translation></message>
<message><source>Compare with</source><translation>Comparar con</translation></message>
<message><source>Continue</source><translation>Continuar</translation></message>
<message><source>Copies among the test pictures are only found with {count} pictures or more.</source><translation>Las copias entre las imágenes de prueba solo se detectan con {count} imágenes o más.</translation></message>
<message><source>Done</source><translation>Hecho</translation></message>
<message><source>Double-click to change the caption</source><translation>Doble clic para cambiar la descripción</translation></message>
<message><source>Earlier runs</source><translation>Anteriores</translation></message>
<message><source>Fine-tuning</source><translation>Ajuste fino</translation></message>
<message><source>From scratch</source><translation>Desde cero</translation></message>
<message><source>It continues without the window.</source><translation>Continúa sin la ventana.</translation></message>
<message><source>It was paused when the window closed.</source><translation>Se pausó al cerrar la ventana.</translation></message>
<message><source>LoRA</source><translation>LoRA</translation></message>
<message><source>New run</source><translation>Nuevo</translation></message>
<message><source>No comparison</source><translation>Sin comparación</translation></message>
<message><source>No significant difference from {run}.</source><translation>Sin diferencia significativa con {run}.</translation></message>
<message><source>Paused. Resume continues it.</source><translation>En pausa. Reanudar continúa el entrenamiento.</translation></message>
<message><source>Pausing…</source><translation>Pausando…</translation></message>
<message><source>Picture</source><translation>Imagen</translation></message>
<message><source>Pictures added, removed or changed since the last checkpoint: {count}. Training goes on with them.</source><translation>Imágenes añadidas, eliminadas o cambiadas desde el último punto de control: {count}. El entrenamiento continúa con ellas.</translation></message>
<message><source>Pictures and captions</source><translation>Imágenes y descripciones</translation></message>
<message><source>Pictures in subfolders, which are left out: {count}; the first subfolder is {first}.</source><translation>Imágenes de subcarpetas, que se omiten: {count}; la primera subcarpeta es {first}.</translation></message>
<message><source>Pictures that cannot be read and are left out: {count}; the first is {first}.</source><translation>Imágenes que no se pueden leer y se omiten: {count}; la primera es {first}.</translation></message>
<message><source>Pictures with the same caption, or in the same folder, form a class.</source><translation>Las imágenes con la misma descripción, o en la misma carpeta, forman una clase.</translation></message>
<message><source>Preparing…</source><translation>Preparando…</translation></message>
<message><source>Saving…</source><translation>Guardando…</translation></message>
<message><source>Show the errors of an earlier run at the same noise beside this one</source><translation>Mostrar junto a este los errores de un entrenamiento anterior con el mismo ruido</translation></message>
<message><source>Some hundreds of one kind are a good start.</source><translation>Unos cientos de un mismo tipo son un buen comienzo.</translation></message>
<message><source>Ten or more pictures give a diagnosis.</source><translation>Con diez imágenes o más hay un diagnóstico.</translation></message>
<message><source>Test pictures</source><translation>Imágenes de prueba</translation></message>
<message><source>The first test pictures and the diagnosis follow in a few minutes.</source><translation>Las primeras imágenes de prueba y el diagnóstico llegan en unos minutos.</translation></message>
<message><source>The process ended unexpectedly. Start it again; at most a minute is lost.</source><translation>El proceso terminó de forma inesperada. Iniciarlo de nuevo; se pierde un minuto como mucho.</translation></message>
<message><source>The run was deleted.</source><translation>El entrenamiento se eliminó.</translation></message>
<message><source>The run was restored.</source><translation>El entrenamiento se restauró.</translation></message>
<message><source>Training</source><translation>Entrenando</translation></message>
<message><source>Training has stopped</source><translation>El entrenamiento se ha detenido</translation></message>
<message><source>Training is finished.</source><translation>Entrenamiento terminado.</translation></message>
<message><source>Training {name}</source><translation>Entrenamiento {name}</translation></message>
<message><source>Training {name} is paused</source><translation>El entrenamiento {name} está en pausa</translation></message>
<message><source>Trains the whole network: another model that can change more</source><translation>Entrena la red entera: otro modelo, que puede cambiar más</translation></message>
<message><source>Twenty of one style, or of one thing, are a good start.</source><translation>Veinte de un mismo estilo o motivo son un buen comienzo.</translation></message>
<message><source>Worse than {run}; the difference is significant.</source><translation>Peor que {run}; la diferencia es significativa.</translation></message>
<message><source>You get a LoRA: a small file that adds this style or thing to any prompt.</source><translation>El resultado es un LoRA: un archivo pequeño que añade este estilo o motivo a cualquier prompt.</translation></message>
<message><source>You get a copy of the model that draws more like your pictures.</source><translation>El resultado es una copia del modelo cuyas imágenes se parecen más a las propias.</translation></message>
<message><source>You get a small model that draws nothing but pictures like yours.</source><translation>El resultado es un modelo pequeño que solo dibuja imágenes como las propias.</translation></message>
<message><source>less than a minute left</source><translation>queda menos de un minuto</translation></message>
<message><source>{done} of {count} pictures encoded</source><translation>{done} de {count} imágenes codificadas</translation></message>
<message><source>{run} has no errors of the same pictures, so it cannot be compared.</source><translation>{run} no tiene errores de las mismas imágenes, así que no se puede comparar.</translation></message>
<message><source>{seen} of {samples} samples</source><translation>{seen} de {samples} muestras</translation></message>
<message><source>{speed} per second</source><translation>{speed} por segundo</translation></message>
</context>
<context>
<name>TrashView</name>
<message><source>Click a picture to restore it.</source><translation>Haga clic en una imagen para restaurarla.</translation></message>
<message><source>Deleted pictures move to the system's trash after 30 days.</source><translation>Las imágenes eliminadas pasan a la papelera del sistema después de 30 días.</translation></message>
<message><source>Pictures of imported folders are only hidden; their files stay.</source><translation>Las imágenes de carpetas importadas solo están ocultas; sus archivos se conservan.</translation></message>
<message><source>Recently deleted</source><translation>Eliminadas recientemente</translation></message>
<message><source>Restore</source><translation>Restaurar</translation></message>
<message><source>Restore {pictures}</source><translation>Restaurar {pictures}</translation></message>
<message><source>There are no deleted pictures.</source><translation>No hay imágenes eliminadas.</translation></message>
<message><source>What this window deleted moves to the system's trash when it closes, the rest after 30 days.</source><translation>Lo que eliminó esta ventana pasa a la papelera del sistema al cerrarla; el resto, después de 30 días.</translation></message>
</context>
<context>
<name>VariationsController</name>
<message><source>A variation</source><translation>Una variación</translation></message>
<message><source>Back to the variations</source><translation>Volver a las variaciones</translation></message>
<message><source>Click one to explore from it, the centre to use it</source><translation>Clic en una para explorar desde ella, en el centro para usarlo</translation></message>
<message><source>The centre</source><translation>El centro</translation></message>
<message><source>There is no model called {model}; its variations cannot be made here.</source><translation>No hay ningún modelo llamado {model}; sus variaciones no se pueden hacer aquí.</translation></message>
<message><source>seed {seed}</source><translation>semilla {seed}</translation></message>
</context>
<context>
<name>VariationsView</name>
<message><source>Back to step {number} of the path</source><translation>Volver al paso {number} del recorrido</translation></message>
<message><source>Back to the start</source><translation>Volver al inicio</translation></message>
<message><source>Compare with the centre</source><translation>Comparar con el centro</translation></message>
<message><source>Current centre</source><translation>Centro actual</translation></message>
<message><source>Distance</source><translation>Distancia</translation></message>
<message><source>Distance from the centre's noise: 0 is the same noise, 1 is entirely different noise</source><translation>Distancia al ruido del centro: 0 es el mismo ruido, 1 es un ruido totalmente distinto</translation></message>
<message><source>Explore from it</source><translation>Explorar desde ella</translation></message>
<message><source>Fast</source><translation>Rápido</translation></message>
<message><source>Pictures between them</source><translation>Imágenes entre ellas</translation></message>
<message><source>Start</source><translation>Inicio</translation></message>
<message><source>Step {number} of the path</source><translation>Paso {number} del recorrido</translation></message>
<message><source>Use the fast variant of the model</source><translation>Usar la variante rápida del modelo</translation></message>
<message><source>Variations</source><translation>Variaciones</translation></message>
<message><source>far</source><translation>lejos</translation></message>
<message><source>near</source><translation>cerca</translation></message>
</context>
<context>
<name>ViewModes</name>
<message><source>Both</source><translation>Ambas</translation></message>
<message><source>Difference</source><translation>Diferencia</translation></message>
<message><source>Noise</source><translation>Ruido</translation></message>
<message><source>Noisy</source><translation>Con ruido</translation></message>
<message><source>Predicted</source><translation>Predicha</translation></message>
<message><source>The change of the predicted picture in this step; grey where it is unchanged</source><translation>El cambio de la imagen predicha en este paso; gris donde no cambia</translation></message>
<message><source>The clean picture that the model predicts so far</source><translation>La imagen limpia que el modelo predice hasta ahora</translation></message>
<message><source>The noisy picture at this step</source><translation>La imagen con ruido en este paso</translation></message>
<message><source>The noisy picture beside the predicted one</source><translation>La imagen con ruido junto a la prevista</translation></message>
<message><source>The predicted noise: the noisy picture without the predicted one</source><translation>El ruido predicho: la imagen con ruido sin la predicha</translation></message>
</context>
<context>
<name>Viewer</name>
<message><source>The first step has no earlier one to compare with</source><translation>El primer paso no tiene otro anterior con el que compararse</translation></message>
<message><source>The noise of this step was not drawn</source><translation>El ruido de este paso no se ha dibujado</translation></message>
<message><source>This step left the predicted picture unchanged</source><translation>Este paso no cambió la imagen prevista</translation></message>
<message><source>seed {seed}</source><translation>semilla {seed}</translation></message>
<message><source>to its noise</source><translation>a su ruido</translation></message>
</context>
<context>
<name>Welcome</name>
<message><source>Add a model file; it is used where it is, and nothing is copied</source><translation>Añadir un archivo de modelo; se usa donde está y no se copia nada</translation></message>
<message><source>Draws pictures from a prompt.</source><translation>Dibuja imágenes a partir de un prompt.</translation></message>
<message><source>Draws pictures without a prompt.</source><translation>Dibuja imágenes sin prompt.</translation></message>
<message><source>Draws things and small scenes as icons, from words in English and twelve other languages.</source><translation>Dibuja cosas y pequeñas escenas como iconos, a partir de palabras en inglés y en otros doce idiomas.</translation></message>
<message><source>Use your own checkpoint…</source><translation>Usar un checkpoint propio…</translation></message>
</context>
<context>
<name>Window</name>
<message><source>Your pictures will appear here.

They are saved in {folder}.</source><translation>Las imágenes aparecerán aquí.

Se guardan en {folder}.</translation></message>
<message><source>{name} was added to the prompt</source><translation>{name} se añadió al prompt</translation></message>
<message><source>{name} was not added to the prompt</source><translation>{name} no se añadió al prompt</translation></message>
</context>
<context>
<name>WordRow</name>
<message><source>Acted most at step {number} of {count} recorded steps</source><translation>Actuó más en el paso {number} de {count} pasos registrados</translation></message>
</context>
<context>
<name>WordsView</name>
<message><source>All steps</source><translation>Todos los pasos</translation></message>
<message><source>Close</source><translation>Cerrar</translation></message>
<message><source>Point at a word to see where it acted, or at a place to see its words.</source><translation>Señalar una palabra para ver dónde actuó, o un lugar para ver sus palabras.</translation></message>
<message><source>Step</source><translation>Paso</translation></message>
<message><source>Step {number}</source><translation>Paso {number}</translation></message>
<message><source>The effect of each word</source><translation>El efecto de cada palabra</translation></message>
<message><source>Words of the prompt</source><translation>Palabras del prompt</translation></message>
<message><source>Words that acted here: {words}</source><translation>Palabras que actuaron aquí: {words}</translation></message>
<message><source>“{word}” acted where the picture is not faded, most at step {step}.</source><translation>«{word}» actuó donde la imagen no está atenuada, sobre todo en el paso {step}.</translation></message>
</context>
<context>
<name>_CanvasArea</name>
<message><source>Divider between the pictures</source><translation>Divisor entre las imágenes</translation></message>
<message><source>Noisy picture</source><translation>Imagen con ruido</translation></message>
<message><source>Sketch</source><translation>Boceto</translation></message>
</context>
<context>
<name>_Cell</name>
<message><source>Restore it</source><translation>Restaurarla</translation></message>
<message><source>Restore {picture}</source><translation>Restaurar {picture}</translation></message>
</context>
<context>
<name>_Crash</name>
<message numerus="yes"><source>GDM Studio crashed %n time(s) while making “{title}”.</source><translation>
<numerusform>GDM Studio falló %n vez al crear «{title}».</numerusform>
<numerusform>GDM Studio falló %n veces al crear «{title}».</numerusform>
</translation></message>
<message><source>Remove</source><translation>Quitar</translation></message>
<message><source>Remove it and resume the queue</source><translation>Quitarla y reanudar la cola</translation></message>
<message><source>Resume it and the queue</source><translation>Reanudarla, y también la cola</translation></message>
<message><source>The queue is paused: try it again or remove it.</source><translation>La cola está en pausa: reintentarla o quitarla.</translation></message>
<message><source>Try again</source><translation>Reintentar</translation></message>
</context>
<context>
<name>_Divider</name>
<message><source>Arrow keys move it</source><translation>Las flechas lo mueven</translation></message>
<message><source>Drag to resize; double-click for the default size</source><translation>Arrastrar para cambiar el tamaño; doble clic: tamaño inicial</translation></message>
</context>
<context>
<name>_Empty</name>
<message><source>Compare pictures</source><translation>Comparar imágenes</translation></message>
<message><source>Open the gallery</source><translation>Abrir la galería</translation></message>
<message><source>Select pictures there</source><translation>Seleccionar imágenes allí</translation></message>
<message><source>They share zoom and position; a table shows their settings.</source><translation>Comparten zoom y posición; una tabla muestra sus ajustes.</translation></message>
</context>
<context>
<name>_Field</name>
<message><source>A few letters of an action, a scheduler, a style or a model</source><translation>Unas letras de una acción, un planificador, un estilo o un modelo</translation></message>
<message><source>What would you like to do?</source><translation>¿Qué hacer?</translation></message>
</context>
<context>
<name>_List</name>
<message><source>Actions</source><translation>Acciones</translation></message>
</context>
<context>
<name>_Name</name>
<message><source>{setting} differs</source><translation>Diferencia: {setting}</translation></message>
</context>
<context>
<name>_Picture</name>
<message><source>Preview</source><translation>Vista previa</translation></message>
</context>
<context>
<name>_PlaceView</name>
<message><source>Places of the gallery</source><translation>Lugares de la galería</translation></message>
<message><source>Rename</source><translation>Renombrar</translation></message>
</context>
<context>
<name>_PresetRow</name>
<message><source>Delete {name}</source><translation>Eliminar {name}</translation></message>
<message><source>New name</source><translation>Nombre nuevo</translation></message>
<message><source>Rename {name}</source><translation>Renombrar {name}</translation></message>
</context>
<context>
<name>_Row</name>
<message><source>in use</source><translation>en uso</translation></message>
<message><source>recent</source><translation>reciente</translation></message>
</context>
<context>
<name>_Strip</name>
<message><source>Above: x at a step. Below: the prediction of the network</source><translation>Arriba: x en un paso. Abajo: la predicción de la red</translation></message>
<message><source>Denoising of a picture: x above, the prediction of the network below</source><translation>Eliminación de ruido de una imagen: x arriba, la predicción de la red abajo</translation></message>
</context>
<context>
<name>_Table</name>
<message><source>Models</source><translation>Modelos</translation></message>
</context>
<context>
<name>card_view</name>
<message numerus="yes"><source>%n noise level(s)</source><translation>
<numerusform>%n nivel de ruido</numerusform>
<numerusform>%n niveles de ruido</numerusform>
</translation></message>
<message><source>A picture, in matrix products</source><translation>Una imagen, en productos de matrices</translation></message>
<message><source>Author</source><translation>Autor</translation></message>
<message><source>Blurry areas, neither flat nor an edge</source><translation>Zonas borrosas, ni planas ni borde</translation></message>
<message><source>Colours as requested</source><translation>Colores pedidos</translation></message>
<message><source>Colours new to a subject</source><translation>Colores nuevos para un motivo</translation></message>
<message><source>Colours new to a subject, subject recognised</source><translation>Colores nuevos para un motivo, motivo reconocido</translation></message>
<message><source>Decoder, colours</source><translation>Decodificador, colores</translation></message>
<message><source>Decoder, its worst style</source><translation>Decodificador, su peor estilo</translation></message>
<message><source>Decoder, transparency</source><translation>Decodificador, transparencia</translation></message>
<message><source>Family</source><translation>Familia</translation></message>
<message><source>File</source><translation>Archivo</translation></message>
<message><source>Fréchet distance, against training</source><translation>Distancia de Fréchet, frente al entrenamiento</translation></message>
<message><source>Hash, {name}</source><translation>Hash, {name}</translation></message>
<message><source>Its file does not say. See the licence on the web page of the model.</source><translation>Su archivo no lo dice. Ver la licencia en la página web del modelo.</translation></message>
<message><source>Kernel distance</source><translation>Distancia de núcleo</translation></message>
<message><source>Kind</source><translation>Tipo</translation></message>
<message><source>Latents</source><translation>Latentes</translation></message>
<message><source>Licence</source><translation>Licencia</translation></message>
<message><source>Made for</source><translation>Hecho para</translation></message>
<message><source>Memory</source><translation>Memoria</translation></message>
<message><source>Named by someone new</source><translation>Nombradas por alguien nuevo</translation></message>
<message><source>Named by someone new, second list</source><translation>Nombradas por alguien nuevo, segunda lista</translation></message>
<message><source>No: its licence, {licence}, does not allow that.</source><translation>No: su licencia, {licence}, no lo permite.</translation></message>
<message><source>No: some of its training data may not be used commercially. See below.</source><translation>No: algunos de sus datos de entrenamiento no se pueden usar con fines comerciales. Ver abajo.</translation></message>
<message><source>Other file's {part}</source><translation>De otro archivo: {part}</translation></message>
<message><source>Parameters</source><translation>Parámetros</translation></message>
<message><source>Pictures</source><translation>Imágenes</translation></message>
<message><source>Pictures a second on a GPU</source><translation>Imágenes por segundo en una GPU</translation></message>
<message><source>Pictures seen before that</source><translation>Imágenes vistas antes</translation></message>
<message><source>Pictures seen in training</source><translation>Imágenes vistas al entrenar</translation></message>
<message><source>Pixel error on training pictures, × 1e-3</source><translation>Error de píxel en imágenes de entrenamiento, × 1e-3</translation></message>
<message><source>Predicts</source><translation>Predice</translation></message>
<message><source>Recognised from its prompt, against drawings</source><translation>Reconocidas por su prompt, frente a dibujos</translation></message>
<message><source>Recognised from its prompt, against its teacher</source><translation>Reconocidas por su prompt, frente a su maestro</translation></message>
<message><source>Recognised from its prompt, without a style</source><translation>Reconocidas por su prompt, sin estilo</translation></message>
<message><source>Repeats among prompts without a style</source><translation>Repeticiones entre prompts sin estilo</translation></message>
<message><source>Repeats among subjects in a new style</source><translation>Repeticiones entre motivos en un estilo nuevo</translation></message>
<message><source>Repeats of training pictures</source><translation>Repeticiones de imágenes de entrenamiento</translation></message>
<message><source>Repeats of training pictures, by features</source><translation>Repeticiones de imágenes de entrenamiento, por rasgos</translation></message>
<message><source>Repeats of training pictures, by pixels</source><translation>Repeticiones de imágenes de entrenamiento, por píxeles</translation></message>
<message><source>Score norms</source><translation>Normas del score</translation></message>
<message><source>Size</source><translation>Tamaño</translation></message>
<message><source>Started from the weights of</source><translation>Partió de los pesos de</translation></message>
<message><source>Style recognised, against drawings</source><translation>Estilo reconocido, frente a dibujos</translation></message>
<message><source>That depends on its licence: {licence}.</source><translation>Depende de su licencia: {licence}.</translation></message>
<message><source>Time</source><translation>Tiempo</translation></message>
<message><source>Varies with temperature</source><translation>Varía con la temperatura</translation></message>
<message><source>Words not in its training</source><translation>Palabras ajenas a su entrenamiento</translation></message>
<message><source>Yes, according to its web page: {licence}.</source><translation>Sí, según su página web: {licence}.</translation></message>
<message><source>Yes, except for the uses that its licence excludes: see {licence}.</source><translation>Sí, salvo los usos que su licencia excluye: ver {licence}.</translation></message>
<message><source>Yes, with credit if a picture is close to its sources: {authors}.</source><translation>Sí, con atribución si una imagen se parece a sus fuentes: {authors}.</translation></message>
<message><source>Yes. Its sources only require that their licences stay with the model.</source><translation>Sí. Sus fuentes solo exigen que sus licencias acompañen al modelo.</translation></message>
<message><source>about {size}</source><translation>unos {size}</translation></message>
<message><source>about {time}, {steps} steps</source><translation>unos {time}, {steps} pasos</translation></message>
<message><source>about {time}, {steps} steps, as before</source><translation>unos {time}, {steps} pasos, como antes</translation></message>
<message><source>{limit} can be used, and it needs at least {least}. Choose a smaller size.</source><translation>Se pueden usar {limit}, y necesita al menos {least}. Elegir un tamaño menor.</translation></message>
<message><source>{limit} can be used, so its weights are read from the disk at each step.</source><translation>Se pueden usar {limit}, así que sus pesos se leen del disco en cada paso.</translation></message>
<message><source>{size} GB</source><translation>{size} GB</translation></message>
<message><source>{size} × {size}, opaque</source><translation>{size} × {size}, opaca</translation></message>
<message><source>{size} × {size}, transparent</source><translation>{size} × {size}, transparente</translation></message>
<message><source>{title} by {author}</source><translation>{title} de {author}</translation></message>
</context>
<context>
<name>compare_facts</name>
<message><source>, transparent</source><translation>, transparente</translation></message>
<message><source>a picture</source><translation>una imagen</translation></message>
<message><source>none</source><translation>ninguno</translation></message>
<message><source>step {step} of {seed}</source><translation>paso {step} de {seed}</translation></message>
<message><source>{made} of {steps}</source><translation>{made} de {steps}</translation></message>
<message><source>{target}, seed {seed}</source><translation>{target}, semilla {seed}</translation></message>
</context>
<context>
<name>dates</name>
<message><source>MMMM</source><translation>MMMM</translation></message>
<message><source>MMMM yyyy</source><translation>MMMM 'de' yyyy</translation></message>
<message><source>d MMM</source><translation>d MMM</translation></message>
<message><source>d MMM yyyy</source><translation>d MMM yyyy</translation></message>
<message><source>dddd, d MMMM</source><translation>dddd, d 'de' MMMM</translation></message>
<message><source>dddd, d MMMM yyyy</source><translation>dddd, d 'de' MMMM 'de' yyyy</translation></message>
<message><source>dddd, dd MMMM yyyy, HH:mm:ss</source><translation>dddd, d 'de' MMMM 'de' yyyy, HH:mm:ss</translation></message>
</context>
<context>
<name>days</name>
<message><source>Today</source><translation>Hoy</translation></message>
<message><source>Yesterday</source><translation>Ayer</translation></message>
</context>
<context>
<name>facts</name>
<message><source>Edited</source><translation>Editada</translation></message>
<message><source>Made with</source><translation>Hecha con</translation></message>
<message><source>Model</source><translation>Modelo</translation></message>
<message><source>Requested by</source><translation>Pedida por</translation></message>
<message><source>Settings</source><translation>Ajustes</translation></message>
<message><source>Size</source><translation>Tamaño</translation></message>
<message><source>Stopped at step</source><translation>Detenida en el paso</translation></message>
<message><source>Style</source><translation>Estilo</translation></message>
<message><source>Target seed</source><translation>Semilla de destino</translation></message>
<message><source>a picture</source><translation>una imagen</translation></message>
<message><source>in another program</source><translation>en otro programa</translation></message>
<message><source>just now</source><translation>ahora mismo</translation></message>
<message><source>none in its file</source><translation>ninguno en el archivo</translation></message>
<message><source>with a mask</source><translation>con una máscara</translation></message>
<message><source>yesterday</source><translation>ayer</translation></message>
<message><source>{minutes} min ago</source><translation>hace {minutes} min</translation></message>
<message><source>{share} of seed {seed}</source><translation>{share} de la semilla {seed}</translation></message>
</context>
<context>
<name>gallery</name>
<message numerus="yes"><source>%n picture(s)</source><translation>
<numerusform>%n imagen</numerusform>
<numerusform>%n imágenes</numerusform>
</translation></message>
</context>
<context>
<name>picture_files</name>
<message><source>Pictures ({suffixes})</source><translation>Imágenes ({suffixes})</translation></message>
</context>
<context>
<name>progress</name>
<message><source>paused</source><translation>en pausa</translation></message>
<message><source>starting…</source><translation>iniciando…</translation></message>
<message><source>{images} of {count} done</source><translation>{images} de {count} hechas</translation></message>
<message><source>{seconds} s</source><translation>{seconds} s</translation></message>
<message><source>{step} of {steps}</source><translation>{step} de {steps}</translation></message>
<message><source>{time} left</source><translation>quedan {time}</translation></message>
</context>
<context>
<name>steps</name>
<message numerus="yes"><source>%n step(s)</source><translation>
<numerusform>%n paso</numerusform>
<numerusform>%n pasos</numerusform>
</translation></message>
</context>
<context>
<name>system_trash</name>
<message><source>{file} cannot be moved to the trash; delete it yourself, or restore it.</source><translation>{file} no se puede mover a la papelera; eliminarlo manualmente o restaurarlo.</translation></message>
</context>
</TS>
