global using System.Net;
global using Shouldly;
global using Xunit;
