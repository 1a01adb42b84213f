using Dtao.Client;
using Dtao.FirstStake;

// Connects to the gateway of a network on this machine, as 'dotnet run -c Release --project Silo' starts one.
await using var client = await DtaoClient.ConnectAsync(new DtaoConnectionOptions());
return await Sample.RunAsync(client, Console.Out) ? 0 : 1;
