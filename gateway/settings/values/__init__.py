"""Values: how a setting is declared and read, and which phone numbers can be called and texted."""
