"""Material for learning: lessons, runs on points of the plane, step formulas and handouts."""
