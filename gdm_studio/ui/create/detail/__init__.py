"""Details of the displayed image: what a word describes is generated again."""
