"""USSD: one hop: the session store, replay, the circuit breaker and the transaction of its actions."""
