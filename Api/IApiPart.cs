using Dtao.Api.Requests;
using Microsoft.Extensions.DependencyInjection;

namespace Dtao.Api;

/// <summary>A group of endpoints with what they need: one folder, one part, one line in <see cref="ApiParts"/>.</summary>
/// <remarks>
/// To add endpoints, make a class of this interface in a folder of your own and add it to the list. Its endpoints are mapped through <see cref="ApiRoutes"/>,
/// which gives them parameters with problems, an ETag, and their place in the OpenAPI document; <see cref="ApiRoutes.Routes"/> is there for what does not fit
/// (streams, files). The client is among the services, as <see cref="Client.DtaoClient"/>, and the newest block as <see cref="Health.ChainWatch"/>.
/// </remarks>
internal interface IApiPart
{
    /// <summary>The heading under which the document and the reference page show its endpoints.</summary>
    string Name { get; }

    void Add(IServiceCollection services, ApiOptions options);

    void Map(ApiRoutes routes);
}
