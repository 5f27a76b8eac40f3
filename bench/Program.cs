using OrderSaga.Bench;

return args switch
{
    ["gateway", .. var rest] => await GatewayServer.Run(rest),
    ["baseline", var name, "--smoke", .. var rest] => await Smoke.Run(name, rest),
    ["baseline", .. var rest] => await BaselineCommand.Run(rest),
    _ => await Command.Run(args),
};
