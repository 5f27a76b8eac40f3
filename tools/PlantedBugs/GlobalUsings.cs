global using Installed;
global using OrderSaga.Contracts;
global using Shouldly;
global using Testing;
