"""Engine: begin, advance and resume a call, and render each screen to fit the network."""
