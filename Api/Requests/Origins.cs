using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Dtao.Api.Requests;

/// <summary>What pages of other origins may do; see <see cref="ApiOrigins"/>.</summary>
internal static class Origins
{
    private static readonly string[] s_shown = ["ETag", RequestIds.Header, "Retry-After"];
    private static readonly TimeSpan s_remembered = TimeSpan.FromMinutes(10);

    public static void Configure(CorsOptions cors, ApiOrigins origins)
    {
        var trusted = origins.Trusted.Select(origin => origin.TrimEnd('/')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reading = new CorsPolicyBuilder().AllowAnyOrigin().WithMethods("GET", "HEAD").AllowAnyHeader().WithExposedHeaders(s_shown).SetPreflightMaxAge(s_remembered).Build();
        cors.AddDefaultPolicy(reading);
        cors.AddPolicy(Trusted, policy => policy.SetIsOriginAllowed(trusted.Contains).AllowAnyMethod().AllowAnyHeader().WithExposedHeaders(s_shown).SetPreflightMaxAge(s_remembered));
    }

    /// <summary>The policy of endpoints that change something.</summary>
    public const string Trusted = "trusted";
}
