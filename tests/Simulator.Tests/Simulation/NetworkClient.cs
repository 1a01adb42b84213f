using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>A client of a network whose subnets have neurons: stakes, registers, claims, and lets subnets come and go.</summary>
internal sealed class NetworkClient(World world) : Client(world)
{
    protected override Call DrawCall(AccountId signer)
    {
        var netuid = DrawNetuid();
        var hotkey = Random.Chance(700) ? Pick(World.Genesis.HotkeyIds.AsSpan(0, 2)) : Pick(World.Genesis.HotkeyIds);
        return Random.Below(signer == World.Parameters.SudoKey || Random.Chance(50) ? 106 : 100) switch
        {
            < 18 => new Call { Kind = CallKind.AddStake, Netuid = netuid, Hotkey = hotkey, Amount = DrawTao(signer) },
            < 30 => new Call { Kind = CallKind.RemoveStake, Netuid = netuid, Hotkey = hotkey, Amount = (ulong)(2_000_000 + Random.Below(60_000_000)) },
            < 42 => new Call { Kind = CallKind.Transfer, ToColdkey = DrawReceiver(), Amount = DrawTransfer(signer), KeepAlive = Random.Chance(400) },
            < 50 => new Call { Kind = CallKind.ClaimRoot, Detail = new ClaimDetail([new NetUid(1), new NetUid(2)]) },
            < 54 => new Call { Kind = CallKind.SetRootClaimType, Detail = new ClaimTypeDetail(Random.Chance(500) ? RootClaimType.Keep : RootClaimType.Swap) },
            < 64 => new Call { Kind = CallKind.RegisterNetwork, Hotkey = Pick(World.Genesis.HotkeyIds) },
            < 74 => new Call { Kind = CallKind.RegisterNeuron, Netuid = netuid, Hotkey = Pick(World.Genesis.HotkeyIds) },
            < 80 => new Call { Kind = CallKind.SetWeights, Netuid = netuid, Detail = DrawWeights() },
            < 85 => new Call { Kind = CallKind.SwapStake, Netuid = netuid, Hotkey = hotkey, ToNetuid = DrawNetuid(), Amount = (ulong)(3_000_000 + Random.Below(50_000_000)) },
            < 89 => new Call { Kind = CallKind.TransferStake, Netuid = netuid, Hotkey = hotkey, ToNetuid = DrawNetuid(), ToColdkey = Pick(World.Genesis.Stakers), Amount = (ulong)(3_000_000 + Random.Below(50_000_000)) },
            < 91 => new Call { Kind = CallKind.UnstakeAll, Hotkey = hotkey },
            < 94 => new Call { Kind = CallKind.DecreaseTake, Hotkey = hotkey, Take = new Take((ushort)Random.Below(Take.Default.Parts)) },
            < 97 => new Call { Kind = CallKind.TryAssociateHotkey, Hotkey = Pick(World.Genesis.HotkeyIds) },
            < 100 => new Call { Kind = CallKind.StartCall, Netuid = netuid },
            _ => new Call { Kind = CallKind.DissolveNetwork, Netuid = netuid },
        };
    }

    private NetUid DrawNetuid() => new((ushort)Random.Below(4));

    private WeightsDetail DrawWeights() => new([0, 2], [(ushort)Random.Below(65_536), (ushort)(1 + Random.Below(65_535))], 0, 0, []);

    private AccountId DrawReceiver() => Random.Chance(250) ? AccountId.OfSubnet(new NetUid((ushort)(1 + Random.Below(4)))) : Pick(World.Genesis.Stakers);

    private AccountId Pick(ReadOnlySpan<AccountId> from) => from[Random.Below(from.Length)];
}
