global using System.Text.Json.Nodes;
global using OrderSaga.Platform.Http;
global using Shouldly;
global using Testing;
global using Xunit;
