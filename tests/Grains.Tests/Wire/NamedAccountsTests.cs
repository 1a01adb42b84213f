using CsCheck;
using Dtao.Economics;
using Dtao.Grains.Wire;
using Xunit;

namespace Dtao.Grains.Tests.Wire;

/// <summary>Records that write each of their accounts out once.</summary>
public sealed class NamedAccountsTests
{
    /// <summary>More different accounts than are known again, so that some are written out each time.</summary>
    private static readonly Gen<AccountId[]> s_accounts = Gen.Byte[0, 24].Select(Account).Array[0, 64];

    [Fact]
    public void Accounts_AnyOfThem_AreReadAsTheyWereWritten() => s_accounts.Sample(accounts =>
    {
        var writer = new RecordWriter(8);
        Write(writer, accounts);
        var reader = new RecordReader(writer.WrittenSpan);
        reader.Byte();
        reader.NameAccountsOnce();

        foreach (var account in accounts)
        {
            Assert.Equal(account, reader.Account());
            Assert.Equal(account, reader.OptionalAccount());
            Assert.Null(reader.OptionalAccount());
        }

        Assert.True(reader.IsAtEnd);
    });

    [Fact]
    public void Accounts_NamedAgain_TakeOneByte()
    {
        var writer = new RecordWriter();
        Write(writer, [Account(1)]);
        var once = writer.Length;
        Write(writer, [Account(1), Account(1)]);

        Assert.Equal(once + 1 + 2 + 1, writer.Length);
    }

    /// <summary>What a writer that is used again wrote before is not known in the next record, and whether accounts have numbers is said in each anew.</summary>
    [Fact]
    public void Clear_AfterARecordWithNumbers_BeginsAnew()
    {
        var writer = new RecordWriter();
        Write(writer, [Account(1)]);
        writer.Clear();
        writer.Account(Account(1));
        Assert.Equal(AccountId.Length, writer.Length);

        Write(writer, [Account(2)]);
        var reader = new RecordReader(writer.WrittenSpan[1..]);
        reader.NameAccountsOnce();
        Assert.Equal(Account(2), reader.Account());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    public void Account_NumberThatNoneBeforeHas_IsRefused(byte number)
    {
        var reader = new RecordReader([number]);
        reader.NameAccountsOnce();

        try
        {
            reader.Account();
        }
        catch (InvalidDataException refused)
        {
            Assert.Contains(number.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Fail("It was read.");
    }

    private static void Write(RecordWriter writer, AccountId[] accounts)
    {
        writer.Clear();
        writer.Byte(2);
        writer.NameAccountsOnce();
        foreach (var account in accounts)
        {
            writer.Account(account);
            writer.Account((AccountId?)account);
            writer.Account(null);
        }
    }

    private static AccountId Account(byte number)
    {
        var bytes = new byte[AccountId.Length];
        bytes.AsSpan().Fill(number);
        return new AccountId(bytes);
    }
}
