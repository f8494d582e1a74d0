"""Arrays in, numbers out: estimates with their variance and interval."""
