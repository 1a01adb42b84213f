namespace Dtao.Api.Errors;

/// <summary>Why the API itself did not do what was asked; what the ledger refuses has the ledger's codes. Numbers are stable and never reused.</summary>
/// <remarks>2030 to 2049 are for writes and streams, 2050 to 2069 for the read side.</remarks>
public enum ApiError : ushort
{
    None = 0,
    UnknownRoute = 2001,
    MethodNotAllowed = 2002,
    ParameterInvalid = 2003,
    ParameterUnknown = 2004,
    ParameterMissing = 2005,
    InvalidBody = 2006,
    BodyTooLarge = 2007,
    UnsupportedMediaType = 2008,
    NotFound = 2009,
    TooManyRequests = 2010,
    Busy = 2011,
    TimedOut = 2012,
    NetworkUnreachable = 2013,
    NetworkChanged = 2014,
    Failed = 2015,
    UnknownKey = 2016,
    KeyRequired = 2017,
    HostNotAllowed = 2018,
    AddressTooLong = 2019,
    NotADevelopmentNetwork = 2030,
    FaucetEmpty = 2031,
    TooManySubscribers = 2032,
    NoLiveMarkets = 2033,
    WebSocketRequired = 2034,
    BlocksCloseByThemselves = 2035,
    BlocksNotForClients = 2036,
    ReadSideOff = 2050,
    ReadSideEmpty = 2051,
    PageTooDeep = 2052,
    ReadSideUnreachable = 2053,
}
