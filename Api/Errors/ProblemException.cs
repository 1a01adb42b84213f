namespace Dtao.Api.Errors;

/// <summary>Ends a request with a problem; caught in one place, <see cref="ProblemAnswers"/>.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Detail ?? problem.Title)
{
    public Problem Problem => problem;
}
