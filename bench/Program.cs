using OrderSaga.Bench;

return args switch
{
    ["gateway", .. var rest] => await GatewayServer.Run(rest),
    ["baseline", .. var rest] => await BaselineCommand.Run(rest),
    _ => await Command.Run(args),
};
