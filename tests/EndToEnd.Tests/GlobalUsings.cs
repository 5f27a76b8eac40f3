global using System.Net;
global using System.Net.Http.Json;
global using Installed;
global using Shouldly;
global using Testing;
global using Xunit;
