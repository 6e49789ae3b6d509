"""Values of settings: how one is declared and read, and which phone numbers can be called and texted."""
