using OrderSaga.Bench;

// As deploy/Dockerfile and scripts/up do it; every process that is started here takes it over, baselines too.
Environment.SetEnvironmentVariable("DOTNET_GCgen0size", "0x4000000");
return args switch
{
    ["gateway", .. var rest] => await GatewayServer.Run(rest),
    ["baseline", var name, "--smoke", .. var rest] => await Smoke.Run(name, rest),
    ["baseline", .. var rest] => await BaselineCommand.Run(rest),
    _ => await Command.Run(args),
};
