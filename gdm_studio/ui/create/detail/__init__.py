"""Details of the displayed image: the areas that a word describes, such as faces, are generated again."""
