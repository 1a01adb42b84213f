using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dtao.Api.Errors;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Dtao.Api.Tests.Errors;

public sealed class ProblemTests(ApiNetwork network)
{
    [Theory]
    [InlineData("GET", "/api/nothing", 404, "UnknownRoute")]
    [InlineData("GET", "/errors/Nothing", 404, "NotFound")]
    [InlineData("DELETE", "/errors", 405, "MethodNotAllowed")]
    [InlineData("GET", "/errors?netiud=1", 400, "ParameterUnknown")]
    public async Task Request_ThatCannotBeServed_IsAProblem(string method, string path, int status, string name)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("X-Request-Id", "mine-1");

        using var response = await network.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await ApiNetwork.ProblemOf(response);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(name, problem.GetProperty("name").GetString());
        Assert.Equal($"/errors/{name}", problem.GetProperty("type").GetString());
        Assert.NotEmpty(problem.GetProperty("advice").GetString()!);
        Assert.Equal("mine-1", problem.GetProperty("request_id").GetString());
        Assert.Equal("mine-1", Assert.Single(response.Headers.GetValues("X-Request-Id")));
    }

    /// <summary>A busy or missing file may come back; a query that is wrong, or a file that is damaged, is a fault of the server.</summary>
    [Fact]
    public void Database_Faults_MayPassWhereItDoesNotAnswer()
    {
        (DbException Fault, bool MayPass)[] rows =
        [
            .. new[] { 5, 6, 10, 14 }.Select(code => ((DbException)new SqliteException("SQLite", code), true)),
            .. new[] { 1, 8, 11, 19, 26 }.Select(code => ((DbException)new SqliteException("SQLite", code), false)),
            (new NpgsqlException("no connection", new SocketException((int)SocketError.ConnectionRefused)), true),
            (new NpgsqlException("broken", new IOException()), true),
            (new NpgsqlException("a fault of the library's user"), false),
            .. new[] { "57P01", "57P02", "57P03", "53300", "08006" }.Select(state => ((DbException)new PostgresException("it stops", "FATAL", "FATAL", state), true)),
            .. new[] { "42P01", "42601", "23505", "22003" }.Select(state => ((DbException)new PostgresException("it is wrong", "ERROR", "ERROR", state), false)),
        ];

        Assert.All(rows, row => Assert.True(row.MayPass == DatabaseFaults.MayPass(row.Fault), $"{row.Fault.Message} {row.Fault.SqlState}: {!row.MayPass}"));
    }

    [Fact]
    public async Task Errors_OfLedgerAndApi_AreAllListedOnce()
    {
        var listed = (await network.GetJson("/errors")).EnumerateArray().ToDictionary(error => error.GetProperty("code").GetInt32());

        var codes = Enum.GetValues<LedgerError>().Select(error => (int)(ushort)error)
            .Concat(Enum.GetValues<RefusalCode>().Select(code => (int)(ushort)code))
            .Concat(Enum.GetValues<ApiError>().Select(error => (int)(ushort)error)).Where(code => code != 0).Distinct().Order();
        Assert.Equal(codes, listed.Keys.Order());
        Assert.All(listed.Values, error => Assert.InRange(error.GetProperty("status").GetInt32(), 400, 599));
        Assert.Equal("SlippageTooHigh", (await network.GetJson("/errors/slippagetoohigh")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Request_OfAnotherHost_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/errors");
        request.Headers.Host = "evil.example";

        using var response = await network.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("HostNotAllowed", (await ApiNetwork.ProblemOf(response)).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Request_WithALongAddress_IsRefused()
    {
        var problem = await network.GetProblem("/errors?" + new string('a', 3_000));

        Assert.Equal("AddressTooLong", problem.GetProperty("name").GetString());
    }
}
