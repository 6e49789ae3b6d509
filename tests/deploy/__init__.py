"""What deploy/ and docs/operators/production.md tell an operator, tried with the programs that they are for."""
