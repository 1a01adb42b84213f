using System.Reflection;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;

namespace Dtao.Client.Tests;

/// <summary>A network without a cluster: grains answer from here, and what was asked of them is kept.</summary>
public sealed class FakeNetwork
{
    private readonly Dictionary<string, Func<object[], object?>> _answers = new(StringComparer.Ordinal);

    public List<Operation> Submitted { get; } = [];
    public List<(string Method, object Key, object[] Arguments)> Asked { get; } = [];
    public BlockNumber Head { get; set; } = new(100);
    public Dictionary<AccountId, AccountView> Accounts { get; } = [];
    public List<SubnetInfo> Subnets { get; } = [];
    public List<StakePosition> Positions { get; } = [];
    public List<BlockHeader> Headers { get; } = [];
    public CallQuote? Quote { get; set; }
    public string NetworkId { get; set; } = "fake-1";

    /// <summary>What the account answers to each try, by its place counted from 0.</summary>
    public Func<Operation, int, Task<Receipt>> OnSubmit { get; set; } =
        (operation, _) => Task.FromResult(Receipt.Of(operation.Id, CallOutcome.Done, new BlockNumber(101), 1, null));

    public bool RequiresSignatures { get; set; }

    public FakeNetwork()
    {
        Answer<IBlockCoordinatorGrain>("GetHead", _ => Task.FromResult(new ChainHead(Head, Tao.Zero, Tao.Zero, Headers.LastOrDefault())));
        Answer<IBlockCoordinatorGrain>("GetHeader", a => Task.FromResult(Headers.Find(header => header.Number == (BlockNumber)a[1])));
        Answer<ISubnetRegistryGrain>("GetNetwork", _ => Task.FromResult(new NetworkView(
            "fake", NetworkId, "2026-06", 1, NetworkParameters.Default, [.. Subnets.Select(subnet => subnet.Entry)], Tao.Zero, 1_000)
        {
            RequiresSignatures = RequiresSignatures,
        }));
        Answer<IStakerAccountGrain>("Submit", a =>
        {
            Submitted.Add((Operation)a[1]);
            return OnSubmit((Operation)a[1], Submitted.Count - 1);
        });
        Answer<IStakerAccountGrain>("GetView", a =>
        {
            var account = AccountId.ParseHex((string)a[0]);
            return Task.FromResult(Accounts.GetValueOrDefault(account, new AccountView(account, Tao.Zero, Tao.Zero, 0, Head)));
        });
        Answer<ISubnetPoolGrain>("GetView", a => Task.FromResult(Subnets.Single(subnet => subnet.Entry.PoolKey == (long)a[0]).Pool));
        Answer<ISubnetPoolGrain>("GetPositions", a => Task.FromResult(PageOf((long)a[0], (PositionFilter)a[1], (int)a[2])));
        Answer<IStakerAccountGrain>("Quote", _ => Task.FromResult(Quote!));
        Answer<IStakerAccountGrain>("GetColdkeySwap", a => Task.FromResult(
            AccountId.ParseHex((string)a[0]) == DevAccounts.Alice ? new ColdkeySwap(new BlockNumber(36_100), [.. DevAccounts.Eve.ToArray()], new BlockNumber(120)) : null));
        Answer<IStakerAccountGrain>("GetIdentity", a => Task.FromResult(
            AccountId.ParseHex((string)a[0]) == DevAccounts.Alice ? new ColdkeyIdentityDetail("Alice", "https://example.org", "", "", "", "Stakes.\u001b", "") : null));
        Answer<IValidatorGrain>("GetRecord", _ => Task.FromResult<HotkeyFacts?>(null));
    }

    public IGrainFactory Grains
    {
        get
        {
            var factory = DispatchProxy.Create<IGrainFactory, GrainProxy>();
            ((GrainProxy)(object)factory).Handle = (method, arguments) => CreateGrain(method.GetGenericArguments()[0], arguments[0]!);
            return factory;
        }
    }

    public void Answer<TGrain>(string method, Func<object[], object?> answer) => _answers[$"{typeof(TGrain).Name}.{method}"] = answer;

    public int CountOf(string method) => Asked.Count(asked => asked.Method == method);

    private object CreateGrain(Type grain, object key)
    {
        var proxy = typeof(DispatchProxy).GetMethod(nameof(DispatchProxy.Create), 2, [])!.MakeGenericMethod(grain, typeof(GrainProxy)).Invoke(null, null)!;
        ((GrainProxy)proxy).Handle = (method, arguments) =>
        {
            var name = $"{grain.Name}.{method.Name}";
            lock (Asked) Asked.Add((method.Name, key, [.. arguments.Select(argument => argument!)]));
            return _answers.TryGetValue(name, out var answer)
                ? answer([key, .. arguments!])
                : throw new InvalidOperationException($"The fake network has no answer to {name}.");
        };
        return proxy;
    }

    private PositionPage PageOf(long poolKey, PositionFilter filter, int countMax)
    {
        var rows = Positions
            .Where(position => position.Subnet.PoolKey == poolKey && (filter.Coldkey is not { } coldkey || position.Coldkey == coldkey))
            .Where(position => filter.AfterHotkey is not { } after || position.Hotkey > after)
            .OrderBy(position => position.Hotkey)
            .Select(position => new PositionEntry(position.Hotkey, position.Coldkey, default, position.Value))
            .ToList();
        return new([.. rows.Take(countMax)], rows.Count > countMax);
    }

    public class GrainProxy : DispatchProxy
    {
        public Func<MethodInfo, object?[], object?> Handle { get; set; } = (_, _) => null;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Handle(targetMethod!, args ?? []);
    }
}
