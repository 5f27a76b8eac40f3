using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Migrations;

// Applies the schema to the configured databases: dotnet run --project Migrations
// Same settings as the services: Database:Mode, ConnectionStrings:NAME, Data (environment: Database__Mode and so on).
if (EF.IsDesignTime)
    return;

var settings = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
var applied = await Schema.Apply(settings);
Console.WriteLine(applied.Count == 0 ? "All databases are up to date." : string.Join(Environment.NewLine, applied));
