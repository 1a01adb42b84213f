using Dtao.Economics;
using Dtao.Economics.Leases;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Genesis;

/// <summary>Checks what only the whole document can tell: that its parts know each other and that its sums hold.</summary>
internal sealed class GenesisValidator
{
    private readonly GenesisDocument _document;
    private readonly FaultList _faults;
    private readonly HashSet<AccountId> _hotkeys = [];
    private readonly Dictionary<NetUid, DocumentSubnet> _subnets = [];

    private GenesisValidator(GenesisDocument document, FaultList faults)
    {
        _document = document;
        _faults = faults;
    }

    /// <summary>Closes the reading of a document: its faults if there are any, else the document with its total.</summary>
    public static GenesisResult Check(GenesisDocument? document, FaultList faults)
    {
        if (document is null) return new(null, faults.Faults);
        var validator = new GenesisValidator(document, faults);
        validator.CheckRuleSet();
        validator.CheckParameters();
        validator.CheckHotkeys();
        validator.CheckBalances();
        validator.CheckSubnets();
        var staked = validator.CheckStakes();
        var issuance = validator.CheckSums(staked);
        return faults.IsEmpty ? new(document with { TotalIssuance = new Tao((ulong)issuance) }, []) : new(null, faults.Faults);
    }

    private void CheckRuleSet()
    {
        var ruleSet = _document.RuleSet;
        if (RuleSetName.Known.Contains(ruleSet)) return;
        var known = string.Join(", ", RuleSetName.Known.Select(set => $"{set.Name} of {set.Date}"));
        _faults.Add("$.ruleSet", GenesisFaultCode.UnknownRuleSet, $"There are no rules '{ruleSet.Name}' of '{ruleSet.Date}'; this version has {known}.");
    }

    private void CheckParameters()
    {
        if (_document.Parameters.MinTake.Parts > _document.Parameters.MaxTake.Parts)
        {
            _faults.Add("$.parameters.min_take", GenesisFaultCode.Contradiction,
                $"min_take {_document.Parameters.MinTake} exceeds max_take {_document.Parameters.MaxTake}.");
        }
    }

    private void CheckHotkeys()
    {
        var takeMax = _document.Parameters.MaxTake;
        foreach (var entry in _document.Hotkeys)
        {
            if (!_hotkeys.Add(entry.Hotkey)) _faults.Add(entry.Path, GenesisFaultCode.DuplicateHotkey, "This hotkey stands twice, under two names.");
            if (entry.Hotkey.IsSubnetAccount) _faults.Add(entry.Path, GenesisFaultCode.SystemAccountNotAllowed, "The account of a subnet cannot be a hotkey.");
            if (entry.Take is { } take && take.Parts > takeMax.Parts)
            {
                _faults.Add(JsonPath.Field(entry.Path, "take"), GenesisFaultCode.OutOfRange, $"The take {take} exceeds the network's max_take {takeMax}.");
            }
        }
    }

    private void CheckBalances()
    {
        var least = _document.Parameters.ExistentialDeposit;
        var first = new Dictionary<AccountId, string>();
        foreach (var entry in _document.Balances)
        {
            if (!first.TryAdd(entry.Account, entry.Path))
            {
                _faults.Add(entry.Path, GenesisFaultCode.DuplicateAccount, $"This account's balance stands at {first[entry.Account]} already.");
            }
            if (entry.Account.IsSubnetAccount)
            {
                _faults.Add(entry.Path, GenesisFaultCode.SystemAccountNotAllowed, "A subnet's account holds what the subnet's tao_in and account_surplus say.");
            }
            if (entry.Free < least)
            {
                _faults.Add(entry.Path, GenesisFaultCode.BelowExistentialDeposit, $"{entry.Free} rao is below the existential deposit of {least} rao.");
            }
        }
    }

    private void CheckSubnets()
    {
        foreach (var subnet in _document.Subnets)
        {
            if (!_subnets.TryAdd(subnet.Netuid, subnet))
            {
                _faults.Add(JsonPath.Field(subnet.Path, "netuid"), GenesisFaultCode.DuplicateNetuid,
                    $"Subnet {subnet.Netuid} stands at {_subnets[subnet.Netuid].Path} already.");
            }
            CheckSubnet(subnet);
        }
        if (!_subnets.ContainsKey(NetUid.Root))
        {
            _faults.Add("$.subnets", GenesisFaultCode.MissingRoot, "There is no root: a subnet with netuid 0 is needed.");
        }
    }

    private void CheckSubnet(DocumentSubnet subnet)
    {
        var books = subnet.Books;
        if (books.Mechanism > 1)
        {
            _faults.Add(JsonPath.Field(subnet.Path, "mechanism"), GenesisFaultCode.UnknownMechanism, $"There is no mechanism {books.Mechanism}: 0 is one to one, 1 is a pool.");
        }
        if (subnet.Netuid.IsRoot) CheckRoot(subnet);
        if (books.OwnerHotkey is { } hotkey && !_hotkeys.Contains(hotkey))
        {
            _faults.Add(JsonPath.Field(subnet.Path, "owner_hotkey"), GenesisFaultCode.UnknownHotkey, "This hotkey is not under 'hotkeys'.");
        }
        CheckNeurons(subnet);
        if (subnet.Lease is { } lease) CheckLease(subnet, lease);
        if (books.MinBurn > books.MaxBurn)
        {
            _faults.Add(JsonPath.Field(subnet.Path, "min_burn"), GenesisFaultCode.Contradiction, $"min_burn {books.MinBurn} exceeds max_burn {books.MaxBurn}.");
        }
    }

    private void CheckLease(DocumentSubnet subnet, DocumentLease lease)
    {
        if (subnet.Books is not { Owner: not null, OwnerHotkey: not null } || subnet.Netuid.IsRoot)
        {
            _faults.Add(lease.Path, GenesisFaultCode.Contradiction, "Root is not leased, and a subnet that is has an owner and an owner_hotkey: those of the lease.");
        }
        if (lease.Beneficiary.IsSubnetAccount)
        {
            _faults.Add(JsonPath.Field(lease.Path, "beneficiary"), GenesisFaultCode.SystemAccountNotAllowed, "The account of a subnet cannot take a subnet over.");
        }
        if (lease.Contributions.Count > LeaseShares.ContributorsMax)
        {
            _faults.Add(JsonPath.Field(lease.Path, "contributions"), GenesisFaultCode.OutOfRange, $"A lease has at most {LeaseShares.ContributorsMax} contributors.");
        }
        var contributors = new HashSet<AccountId>();
        foreach (var entry in lease.Contributions)
        {
            if (!contributors.Add(entry.Coldkey)) _faults.Add(entry.Path, GenesisFaultCode.DuplicateAccount, "This coldkey is a contributor already.");
            if (entry.Amount.IsZero) _faults.Add(JsonPath.Field(entry.Path, "amount"), GenesisFaultCode.OutOfRange, "A contribution is at least 1 rao.");
        }
        if (lease.Contributions.Aggregate(UInt128.Zero, (sum, entry) => sum + entry.Amount.Rao) > ulong.MaxValue)
        {
            _faults.Add(JsonPath.Field(lease.Path, "contributions"), GenesisFaultCode.NumberTooLarge, "The contributions come to more than 64 bits hold.");
        }
    }

    private void CheckNeurons(DocumentSubnet subnet)
    {
        var seats = new HashSet<AccountId>();
        foreach (var neuron in subnet.Neurons)
        {
            var path = JsonPath.Field(neuron.Path, "hotkey");
            if (!_hotkeys.Contains(neuron.Hotkey)) _faults.Add(path, GenesisFaultCode.UnknownHotkey, "This hotkey is not under 'hotkeys'.");
            if (!seats.Add(neuron.Hotkey)) _faults.Add(path, GenesisFaultCode.DuplicateHotkey, $"This hotkey is a neuron of subnet {subnet.Netuid} already.");
        }
        if (subnet.Neurons.Count > subnet.Books.Hyper.MaxUids)
        {
            _faults.Add(JsonPath.Field(subnet.Path, "neurons"), GenesisFaultCode.Contradiction,
                $"There are {subnet.Neurons.Count} neurons, and max_uids is {subnet.Books.Hyper.MaxUids}.");
        }
    }

    private void CheckRoot(DocumentSubnet root)
    {
        (string Field, bool IsGiven)[] figures =
        [
            ("tao_in", !root.Books.TaoReserve.IsZero), ("alpha_in", !root.Books.AlphaReserve.IsZero),
            ("alpha_out", root.AlphaOutstanding is not null), ("protocol_alpha", !root.Books.ProtocolAlpha.IsZero),
        ];
        foreach (var (field, _) in figures.Where(figure => figure.IsGiven))
        {
            _faults.Add(JsonPath.Field(root.Path, field), GenesisFaultCode.RootFigureNotAllowed, "Root's figures follow from the stakes on root.");
        }
    }

    /// <returns>The sum of the stakes by subnet.</returns>
    private Dictionary<NetUid, UInt128> CheckStakes()
    {
        var staked = new Dictionary<NetUid, UInt128>();
        foreach (var stake in _document.Stakes)
        {
            if (!_hotkeys.Contains(stake.Hotkey)) _faults.Add(JsonPath.Field(stake.Path, "hotkey"), GenesisFaultCode.UnknownHotkey, "This hotkey is not under 'hotkeys'.");
            if (!_subnets.ContainsKey(stake.Netuid)) _faults.Add(JsonPath.Field(stake.Path, "netuid"), GenesisFaultCode.UnknownSubnet, $"There is no subnet {stake.Netuid} under 'subnets'.");
            if (stake.Amount.IsZero) _faults.Add(JsonPath.Field(stake.Path, "amount"), GenesisFaultCode.ZeroStake, "A stake has at least 1 rao.");
            staked[stake.Netuid] = staked.GetValueOrDefault(stake.Netuid) + stake.Amount.Rao;
        }
        return staked;
    }

    /// <returns>All TAO in existence, in rao.</returns>
    private UInt128 CheckSums(Dictionary<NetUid, UInt128> staked)
    {
        UInt128 issuance = 0;
        foreach (var entry in _document.Balances) issuance += entry.Free.Rao;
        foreach (var subnet in _subnets.Values)
        {
            var stakes = staked.GetValueOrDefault(subnet.Netuid);
            issuance += (subnet.Netuid.IsRoot ? stakes : subnet.Books.TaoReserve.Rao) + subnet.AccountSurplus.Rao;
            CheckAlpha(subnet, stakes);
        }
        if (issuance > ulong.MaxValue)
        {
            _faults.Add(JsonPath.Root, GenesisFaultCode.SumOverflow, $"All TAO together is {issuance} rao, more than 2^64-1.");
        }
        else if (issuance > NetworkParameters.MaxSupply.Rao)
        {
            _faults.Add(JsonPath.Root, GenesisFaultCode.IssuanceAboveMaximum, $"All TAO together is {issuance} rao; the rules allow {NetworkParameters.MaxSupply} rao, 21 million TAO.");
        }
        return issuance;
    }

    private void CheckAlpha(DocumentSubnet subnet, UInt128 stakes)
    {
        var held = stakes + subnet.Books.ProtocolAlpha.Rao;
        var outstanding = subnet.AlphaOutstanding?.Rao ?? stakes;
        if (held > outstanding)
        {
            _faults.Add(JsonPath.Field(subnet.Path, "alpha_out"), GenesisFaultCode.StakesAboveOutstanding,
                $"{outstanding} rao of alpha are outstanding, and stakes and protocol_alpha come to {held}.");
        }
        var issued = outstanding + subnet.Books.AlphaReserve.Rao;
        if (issued > ulong.MaxValue)
        {
            _faults.Add(subnet.Path, GenesisFaultCode.SumOverflow, $"The alpha of subnet {subnet.Netuid} comes to {issued} rao, more than 2^64-1.");
        }
    }
}
