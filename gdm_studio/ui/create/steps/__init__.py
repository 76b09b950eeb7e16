"""What can be done with the steps of a picture: bring them back, play, keep, branch, steer, export as a film."""
