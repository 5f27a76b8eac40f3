using OrderSaga.Bench;

// As in deploy/Dockerfile and scripts/up; inherited by every child process, baselines included.
Environment.SetEnvironmentVariable("DOTNET_GCgen0size", "0x4000000");
return args switch
{
    ["gateway", .. var rest] => await GatewayServer.Run(rest),
    ["static", .. var rest] => await StaticServer.Run(rest),
    ["baseline", var name, "--smoke", .. var rest] => await Smoke.Run(name, rest),
    ["baseline", .. var rest] => await BaselineCommand.Run(rest),
    _ => await Command.Run(args),
};
