using System.Buffers.Binary;
using System.Security.Cryptography;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Demo;

namespace Dtao.Hosting.Chaos;

/// <summary>What a client of a trial does next: operations of every route, some that are refused, drawn from a seed.</summary>
internal sealed class ChaosCalls(ChaosNetwork network, AccountId signer, ulong seed)
{
    private readonly SplitMix _numbers = new(seed);
    private ulong _keys;

    public Call Next() => network.Claimers.Contains(signer) ? NextOfClaimer() : signer == ChaosNetwork.Owner ? NextOfOwner() : NextOfStaker();

    private Call NextOfStaker()
    {
        var tao = new Tao(10_000_000 + _numbers.Below(490_000_000));
        var alpha = new Alpha(50_000_000 + _numbers.Below(850_000_000));
        var (hotOne, hotTwo) = Pair(ChaosNetwork.HotNetuids);
        var (warmOne, warmTwo) = Pair(ChaosNetwork.WarmNetuids);
        return _numbers.Below(18) switch
        {
            0 or 1 => Calls.AddStake(ChaosNetwork.Hot, hotOne, tao),
            2 => Calls.AddStake(ChaosNetwork.Warm, warmOne, tao),
            3 or 4 => Calls.RemoveStake(ChaosNetwork.Hot, hotOne, alpha),
            5 => Calls.RemoveStake(ChaosNetwork.Warm, warmOne, alpha),
            6 => Calls.SwapStake(ChaosNetwork.Hot, hotOne, hotTwo, alpha),
            7 => Calls.SwapStake(ChaosNetwork.Warm, warmOne, warmTwo, alpha),
            8 => Calls.MoveStake(ChaosNetwork.Warm, ChaosNetwork.Hot, warmOne, hotOne, alpha),
            9 => Calls.TransferStake(Other(), ChaosNetwork.Hot, hotOne, hotOne, alpha),
            10 => Calls.TransferStake(Other(), ChaosNetwork.Hot, hotOne, hotTwo, alpha),
            11 => _numbers.Below(4) == 0 ? Calls.UnstakeAll(ChaosNetwork.Warm) : Calls.AddStake(ChaosNetwork.Warm, NetUid.Root, tao),
            12 => _numbers.Below(2) == 0 ? Calls.AddStake(ChaosNetwork.Hot, hotOne, new Tao(1)) : Calls.RemoveStake(NewKey(), warmOne, alpha),
            13 => Calls.TryAssociateHotkey(NewKey()),
            14 => Calls.Transfer(NewKey(), tao, keepAlive: true),
            _ => Calls.Transfer(Other(), tao, keepAlive: true),
        };
    }

    private Call NextOfClaimer() => _numbers.Below(3) == 0
        ? Calls.Transfer(Other(), new Tao(1_000_000 + _numbers.Below(9_000_000)), keepAlive: true)
        : Calls.ClaimRoot([ChaosNetwork.Earning]);

    private Call NextOfOwner()
    {
        var take = new Take((ushort)(1 + _numbers.Below(11_000)));
        var hotkey = _numbers.Below(2) == 0 ? ChaosNetwork.Hot : ChaosNetwork.Warm;
        return _numbers.Below(3) switch
        {
            0 => Calls.IncreaseTake(hotkey, take),
            1 => Calls.DecreaseTake(hotkey, take),
            _ => Calls.TryAssociateHotkey(NewKey()),
        };
    }

    private (NetUid One, NetUid Two) Pair(NetUid[] netuids)
    {
        var one = (int)_numbers.Below((ulong)netuids.Length);
        return (netuids[one], netuids[(one + 1) % netuids.Length]);
    }

    private AccountId Other() => network.Stakers[(int)_numbers.Below((ulong)network.Stakers.Count)];

    /// <summary>A key that nobody has met.</summary>
    private AccountId NewKey()
    {
        Span<byte> text = stackalloc byte[AccountId.Length + (2 * sizeof(ulong))];
        signer.CopyTo(text);
        BinaryPrimitives.WriteUInt64LittleEndian(text[AccountId.Length..], seed);
        BinaryPrimitives.WriteUInt64LittleEndian(text[(AccountId.Length + sizeof(ulong))..], ++_keys);
        return new AccountId(SHA256.HashData(text));
    }
}
