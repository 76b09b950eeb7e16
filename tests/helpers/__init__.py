"""Stand-ins and fixtures shared by the tests."""
