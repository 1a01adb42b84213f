using System.Text.Json;
using Dtao.Api.ReadSide;
using Dtao.Api.ReadSide.Sql;
using Dtao.Api.Tests.Live;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Dtao.Api.Tests.ReadSide;

/// <content>The history, and who serves it.</content>
public sealed partial class HistoryTests
{
    /// <summary>The history, and a server that answers from it.</summary>
    public sealed class Made : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-history-");
        private readonly HttpClient _http = new() { Timeout = Patience.Max };
        private ApiHost? _api;

        public HttpClient Http => _http;

        public AccountId A { get; } = FactBook.Key(1);

        public AccountId B { get; } = FactBook.Key(2);

        /// <summary>Does nothing that leaves its account.</summary>
        public AccountId C { get; } = FactBook.Key(4);

        public AccountId Hotkey { get; } = FactBook.Key(1_001);

        /// <summary>Has stake on root alone.</summary>
        public AccountId RootHotkey { get; } = FactBook.Key(1_002);

        /// <summary>Comes to a uid of subnet 1, and loses it.</summary>
        public AccountId Neuron { get; } = FactBook.Key(1_003);

        /// <summary>A's stake on subnet 1 at the end.</summary>
        public ulong Stake { get; private set; }

        internal SqlReadStore Store => (SqlReadStore)_api!.Services.GetRequiredService<IReadStore>();

        internal Dtao.Api.Live.ILiveSource Live => _api!.Services.GetRequiredService<Dtao.Api.Live.ILiveSource>();

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public async Task Start(ApiNetwork network, string? store = null)
        {
            if (_api is not null) return;
            var book = Write();
            _api = await network.StartApi(new ApiOptions
            {
                Limits = new ApiLimits { RequestsPerSecond = 0 },
                ReadSide = new ReadSideOptions { Store = store ?? Path.Combine(_folder.FullName, "read.db"), Facts = new MadeFeed(book.Facts), PollMilliseconds = 10 },
            });
            _http.BaseAddress = new Uri(_api.Address);
            await _api.Services.GetRequiredService<IReadSideEvents>().WaitForBlockAfterAsync(book.Block - 1, ReadStores.Cancelled).WaitAsync(Patience.Max, ReadStores.Cancelled);
        }

        public async Task<JsonElement> Get(string path)
        {
            using var response = await _http.GetAsync(path, ReadStores.Cancelled);
            var text = await response.Content.ReadAsStringAsync(ReadStores.Cancelled);
            Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
            return JsonElement.Parse(text);
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            if (_api is not null) await _api.DisposeAsync();
            _folder.Delete(recursive: true);
        }

        private static Call Transfer(AccountId to, ulong amount) => new() { Kind = CallKind.Transfer, ToColdkey = to, Amount = amount };

        private FactBook Write()
        {
            var one = new NetUid(1);
            var book = new FactBook().Genesis(2, (A, 1_000_000_000_000), (B, 50_000_000_000), (C, 1_000)).Owner(Hotkey, B).PutStake(NetUid.Root, RootHotkey, FactBook.Key(3), 100_000_000_000);
            book.Close(10_000, 1_000_000_000, 2_000_000_000).SetTempo(one, B, 100, 1_000_000_000);
            var first = book.Stake(A, Hotkey, one, 100_000_000_000, 101_000_000_000, 1_250_000_000);
            book.Register(one, Hotkey, B, 0, 500, 1_250_000_000).Register(one, Neuron, B, 1, 600, 1_250_000_000);
            book.Close(70_000, 1_125_000_000, 2_000_000_000).PayForSubnet(2_000_000_000_000).GainOfRoot(one, RootHotkey, (UInt128)1 << 60);
            book.Stake(A, Hotkey, one, -40_000_000_000, 44_000_000_000, 875_000_000);
            book.Close(80_000, 1_000_000_000, 2_000_000_000);
            book.SetParameters(new() { NetworkLastLock = new(2_000_000_000_000), NetworkLastLockBlock = 2, NetworkMinLock = new(3_999_970_000_000), NetworkRateLimit = 7 });
            // Of two accounts that had the same idea of an id, each has an operation of its own.
            book.Stake(B, Hotkey, one, 10_000_000_000, 10_000_000_000, 1_062_500_000, first);
            book.Close(3_700_000, 1_500_000_000, 2_000_000_000).GainOfRoot(one, RootHotkey, (UInt128)1 << 58);
            book.Send(A, B, 5_000_000_000, 7);
            book.DecideHere(C, Transfer(B, 9), LedgerError.FundsUnavailable, isOld: true);
            book.DecideHere(C, Transfer(B, 8), LedgerError.FundsUnavailable, fee: 3);
            book.DecideHere(C, Transfer(C, 7), LedgerError.None);
            book.Pay(one, Hotkey, 6_000_000_000, 1_500_000_000).Books(new NetUid(2), Grains.Feed.BooksChange.Block, FactBook.Price(2_000_000_000), null)
                .GainOfRoot(new NetUid(2), RootHotkey, (UInt128)1 << 59);
            book.Register(one, FactBook.Key(1_004), A, 1, 700, 1_500_000_000).SwapSeat(one, 0, FactBook.Key(1_005)).Header(3_760_000);
            Stake = book.Position(one, Hotkey, A).Rao;
            return book;
        }
    }
}
