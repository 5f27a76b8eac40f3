global using OrderSaga.Contracts;
global using OrderSaga.Ledgers;
global using OrderSaga.Settlements;
global using Shouldly;
global using Testing;
global using Xunit;
