"""Analytics: the events a hop leaves on its screens, and the funnel they add up to."""
