namespace Dtao.Keys;

/// <summary>How a key signs. The numbers are those that Substrate writes before a signature of several kinds; they are stored and never reused.</summary>
public enum KeyScheme : byte
{
    Ed25519 = 0,
    /// <summary>Schnorr over ristretto255: what wallets of the chain make unless they are told otherwise.</summary>
    Sr25519 = 1,
}
