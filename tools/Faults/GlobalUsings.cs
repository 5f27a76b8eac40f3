global using System.Collections.Concurrent;
global using System.Diagnostics;
global using System.Globalization;
global using System.Net;
global using System.Net.Http.Json;
global using Installed;
global using Npgsql;
global using Testing;

// Signals, users and servers are used as on Linux.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
