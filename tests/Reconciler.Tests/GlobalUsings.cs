global using OrderSaga.Contracts;
global using Shouldly;
global using Testing;
global using Xunit;
