"""Console: web pages to write, translate, try, publish and monitor menus."""
