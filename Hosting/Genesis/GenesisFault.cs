namespace Dtao.Hosting.Genesis;

/// <summary>What is wrong at one place of a genesis document. Numbers and names are stable and never reused; 0 means unset.</summary>
public enum GenesisFaultCode : ushort
{
    Unset = 0,

    // The text.
    /// <summary>Not JSON; the message tells line and column. Nothing after it is looked at.</summary>
    MalformedJson = 1,
    /// <summary>Another kind of JSON value was expected here.</summary>
    WrongType = 2,
    UnknownField = 3,
    /// <summary>The same field, or the same key of a map, stands twice in one object.</summary>
    DuplicateField = 4,
    MissingField = 5,
    /// <summary>The field <c>format</c> names no format that this version reads.</summary>
    UnsupportedFormat = 6,

    // Numbers.
    /// <summary>A fraction, an exponent, or text that is no whole decimal number. Amounts are whole rao.</summary>
    NotAWholeNumber = 10,
    NegativeNumber = 11,
    /// <summary>Larger than the field's type can hold.</summary>
    NumberTooLarge = 12,
    /// <summary>Held by the type, and outside the bounds of the rule.</summary>
    OutOfRange = 13,

    // Accounts.
    /// <summary>Neither a declared alias nor an SS58 address, 64 hexadecimal digits, or a known dev account.</summary>
    UnknownAccount = 20,
    /// <summary>Looks like an SS58 address, and its checksum is wrong: most likely a typing error.</summary>
    WrongChecksum = 21,
    /// <summary>An address of another network, or of another kind than a 32-byte account.</summary>
    WrongAddressKind = 22,
    /// <summary>An alias that would hide a built-in one (<c>burn</c>, <c>subnet:N</c>) or another way to write accounts.</summary>
    ReservedAlias = 23,
    /// <summary>Two entries mean one account.</summary>
    DuplicateAccount = 24,
    /// <summary>One hotkey under two names, or twice among a subnet's neurons.</summary>
    DuplicateHotkey = 25,
    /// <summary>The account of a subnet can be neither a hotkey nor a holder named in the balances.</summary>
    SystemAccountNotAllowed = 26,
    DuplicateAlias = 27,

    // Subnets and stakes.
    DuplicateNetuid = 30,
    MissingRoot = 31,
    /// <summary>A stake, a neuron, or an owner names a hotkey that the document does not create.</summary>
    UnknownHotkey = 32,
    /// <summary>A stake lies on a subnet that the document does not create.</summary>
    UnknownSubnet = 33,
    /// <summary>A stake of nothing.</summary>
    ZeroStake = 34,
    /// <summary>The stakes of a subnet exceed the alpha that the subnet says is outstanding.</summary>
    StakesAboveOutstanding = 35,
    /// <summary>Root's reserves are its stakes; a figure of its own contradicts them.</summary>
    RootFigureNotAllowed = 36,
    UnknownMechanism = 37,

    // The whole.
    UnknownRuleSet = 40,
    BelowExistentialDeposit = 41,
    /// <summary>A sum of the document exceeds 2^64-1.</summary>
    SumOverflow = 42,
    /// <summary>More TAO than the rules ever allow, 21 million.</summary>
    IssuanceAboveMaximum = 43,
    /// <summary>Two fields contradict each other.</summary>
    Contradiction = 44,

    // The chain's snapshot.
    /// <summary>One hotkey under two coldkeys.</summary>
    HotkeyOwnedTwice = 50,
}

/// <summary>One fault of a document.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.subnets[3].tao_in</c>.</param>
/// <param name="Message">What is wrong and what would be right, in one sentence.</param>
public sealed record GenesisFault(string Path, GenesisFaultCode Code, string Message)
{
    public override string ToString() => $"{Path}: {Message} [{Code}]";
}

/// <summary>Collects the faults of one document in the order in which they are found.</summary>
internal sealed class FaultList
{
    private readonly List<GenesisFault> _faults = [];

    public IReadOnlyList<GenesisFault> Faults => _faults;
    public bool IsEmpty => _faults.Count == 0;

    public void Add(string path, GenesisFaultCode code, string message) => _faults.Add(new(path, code, message));
}
