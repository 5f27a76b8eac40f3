global using System.Net;
global using System.Text.Json;
global using System.Text.Json.Nodes;
global using Microsoft.EntityFrameworkCore;
global using Orders.Model;
global using Shouldly;
global using Testing;
global using Xunit;
