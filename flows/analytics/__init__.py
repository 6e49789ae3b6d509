"""Analytics: the events that a hop records for its screens, and the funnel that they add up to."""
