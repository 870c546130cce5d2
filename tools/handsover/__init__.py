"""Training tools of Handsover: data in, networks and honest figures out."""
