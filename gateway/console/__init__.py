"""Console: pages on which menus are written, translated, tried, published and watched."""
