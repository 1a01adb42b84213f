using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>One operation as its client sees it.</summary>
internal sealed class ClientOperation(Operation operation)
{
    public Operation Operation => operation;

    /// <summary>The first answer that ends it.</summary>
    public Receipt? Final { get; set; }
}

/// <summary>Sends operations, repeats those that are not answered, and sometimes those that are, always with the same id.</summary>
internal class Client(World world)
{
    private readonly SeededRandom _random = world.Random;

    protected World World => world;

    protected SeededRandom Random => _random;

    public List<ClientOperation> Operations { get; } = [];

    public void SubmitNext()
    {
        var (signer, call) = Draw();
        var operation = new Operation
        {
            Id = new OperationId(new Guid(Operations.Count + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
            Signer = signer,
            Call = call,
            LastValidBlock = new BlockNumber(world.Coordinator.Image.Block.Value + 1 + (ulong)_random.Below(1 + world.Focus.ValidBlocksMax)),
        };
        var client = new ClientOperation(operation);
        Operations.Add(client);
        _ = Drive(client);
        if (_random.Chance(100)) _ = Drive(client);
    }

    private (AccountId Signer, Call Call) Draw()
    {
        while (true)
        {
            var signer = Pick(world.Genesis.Stakers);
            var call = DrawCall(signer);
            if (world.Focus.Calls(world.Genesis, signer, call)) return (signer, call);
        }
    }

    private async Task Drive(ClientOperation client)
    {
        var operation = client.Operation;
        while (true)
        {
            var reply = await world.Call<SimAccount, Receipt>(
                null, world.AccountOf(operation.Signer), "submit", account => account.Submit(operation));
            if (reply.IsOk && !reply.Value.MayPassOnRetry)
            {
                Take(client, reply.Value);
                if (!_random.Chance(world.Focus.AsksAgain)) return;
            }

            await world.Schedule.Delay(null, "client asks again");
        }
    }

    private void Take(ClientOperation client, Receipt receipt)
    {
        world.Invariants.CheckAnswer(client.Operation, receipt);
        if (client.Final is { } first && !Invariants.Same(first, receipt))
        {
            if (first.Status != ReceiptStatus.NotAccepted || receipt.Status != ReceiptStatus.NotAccepted)
            {
                world.Break($"operation {client.Operation.Id} was answered {first.Status} {first.ErrorName}, then {receipt.Status} {receipt.ErrorName}");
            }
        }

        client.Final ??= receipt;
    }

    protected virtual Call DrawCall(AccountId signer)
    {
        var subnets = world.Network.Subnets;
        var netuid = subnets[_random.Below(subnets.Length)].Netuid;
        var hotkey = _random.Chance(60) ? world.Genesis.HotkeyIds[2] : world.Genesis.HotkeyIds[_random.Below(2)];
        return _random.Below(100) switch
        {
            < 35 => new Call { Kind = CallKind.AddStake, Netuid = netuid, Hotkey = hotkey, Amount = DrawTao(signer) },
            < 45 => new Call
            {
                Kind = CallKind.AddStakeLimit,
                Netuid = netuid,
                Hotkey = hotkey,
                Amount = DrawTao(signer),
                Limit = (ulong)(490_000_000 + _random.Below(30_000_000)),
                AllowPartial = _random.Chance(500),
            },
            < 65 => new Call { Kind = CallKind.RemoveStake, Netuid = netuid, Hotkey = hotkey, Amount = (ulong)(2_000_000 + _random.Below(40_000_000)) },
            < 95 => new Call { Kind = CallKind.Transfer, ToColdkey = DrawReceiver(), Amount = DrawTransfer(signer), KeepAlive = _random.Chance(400) },
            _ => new Call { Kind = CallKind.TransferAll, ToColdkey = DrawReceiver(), KeepAlive = _random.Chance(400) },
        };
    }

    protected ulong DrawTao(AccountId signer) => _random.Chance(150)
        ? world.AccountOf(signer).Image.Free.Rao
        : (ulong)(1_990_000 + _random.Below(8_000_000));

    protected ulong DrawTransfer(AccountId signer) => _random.Below(6) switch
    {
        0 => (ulong)_random.Below(3_000),
        1 => world.AccountOf(signer).Image.Free.Rao,
        2 => world.AccountOf(signer).Image.Free.SubtractSaturating(new Tao((ulong)_random.Below(2_000))).Rao,
        _ => (ulong)_random.Below(9_000_000),
    };

    private AccountId DrawReceiver() => _random.Chance(60)
        ? AccountId.OfSubnet(new NetUid(1))
        : _random.Chance(60) ? world.Genesis.FeeAccount : Pick(world.Genesis.Stakers);

    protected T Pick<T>(IReadOnlyList<T> from) => from[_random.Below(from.Count)];
}
