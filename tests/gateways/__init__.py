"""Real Kannel and real Jasmin in front of the whole service, with an SMSC of ours behind them: `make gateways`."""
