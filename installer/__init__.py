"""Makes GDM Studio's environment, keeps it whole, and starts what runs in it; standard library only."""
