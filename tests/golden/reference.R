# Makes the inputs and the results that test_reference.py compares with:
#
#     Rscript tests/golden/reference.R        (from anywhere; writes beside itself)
#
# people.csv     made-up respondents: 7 municipalities, 4 waves, unequal weights. Key properties: respondents
#                in several waves (id_half; id_full: all of them; id_none: nobody), answers 0 "don't know" and
#                -1 "no answer", two crossed groups g and h, municipality d with 5, e with 2 and f with 1
#                respondents per wave, x with one respondent who weighs 30 times the others.
# totals.csv     how many there are in all, of whom the respondents are a random sample.
# margins.csv    known numbers of persons for post-stratification (g*h) and raking (g, h).
# reference.csv  case, keys, and what R's survey package says.
#                (R warns that two of its beta quantiles are inexact: they are of x, see test_reference.py)
# weights.csv    weights after post-stratification and raking.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 17, warn = 1)
args <- commandArgs(trailingOnly = FALSE)
here <- dirname(normalizePath(sub("--file=", "", args[grep("--file=", args)])))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20260401)

# ---- inputs ------------------------------------------------------------------------------------------
sizes <- c(a = 90, b = 150, c = 60, d = 5, e = 2, f = 1, x = 40)
people <- do.call(rbind, lapply(names(sizes), function(m) do.call(rbind, lapply(1:4, function(t) {
  n <- sizes[[m]]
  # half of a wave's respondents answer again in the next one
  half <- paste0(m, ifelse(seq_len(n) %% 2 == 0, paste0("s", (t + 0) %/% 2), paste0("s", 10 + (t + 1) %/% 2)), "_", seq_len(n))
  data.frame(m = m, wave = t, id_half = half, id_full = paste0(m, "_", seq_len(n)), id_none = paste0(m, t, "_", seq_len(n)))
}))))
n <- nrow(people)
people$g <- sample(c("p", "q", "r"), n, TRUE, c(.5, .3, .2))
people$h <- sample(c("k", "l"), n, TRUE, c(.6, .4))
people$w <- round(exp(rnorm(n, 0, .45)), 3)
people$w[people$m == "x"] <- 1
people$w[people$m == "x" & people$id_full == "x_1"] <- 30
level <- c(p = .5, q = 0, r = -.6)[people$g] + .25 * (people$wave > 2) * (people$m == "a")
person <- setNames(rnorm(length(unique(people$id_half))), unique(people$id_half))[people$id_half]
answer <- function(shift) {
  latent <- level + shift + .7 * person + rnorm(n, 0, .7)
  as.integer(cut(latent, c(-Inf, -1.2, -.5, .2, 1, Inf)))
}
for (q in 1:3) people[[paste0("q", q)]] <- answer(c(.1, 0, -.1)[q])
for (q in 1:3) {
  people[[paste0("q", q)]][runif(n) < .05] <- 0L
  people[[paste0("q", q)]][runif(n) < .04] <- -1L
}
# teams that a person stays with, nine in each municipality; and three parts that were drawn from one by one
number <- as.integer(sub(".*_", "", people$id_full))
people$team <- paste0(people$m, number %% 9)
people$part <- paste0("part", number %% 3)
# all of e say yes, so that its share is 100 per cent
people$q1[people$m == "e"] <- 5L
people$q1[people$m == "f"] <- 4L
write.csv(people, file.path(here, "people.csv"), row.names = FALSE, quote = FALSE)

big <- c("a", "b", "c")
cells <- expand.grid(m = big, wave = 1:4, g = c("p", "q", "r"), h = c("k", "l"), stringsAsFactors = FALSE)
cells$count <- 100 + (seq_len(nrow(cells)) * 37) %% 211
write.csv(cells, file.path(here, "margins.csv"), row.names = FALSE, quote = FALSE)

# ---- helpers -----------------------------------------------------------------------------------------
results <- list()
say <- function(case, m = "", wave = "", group = "", measure = "", estimate = NA, se = NA, low = NA, high = NA, df = NA, p = NA, n = NA) {
  results[[length(results) + 1]] <<- data.frame(case, m, wave, group, measure, estimate = as.numeric(estimate),
    se = as.numeric(se), low = as.numeric(low), high = as.numeric(high), df = as.numeric(df), p = as.numeric(p), n = as.numeric(n))
}
people$stratum <- paste(people$m, people$wave)
people$valid <- people$q1 > 0
people$positive <- ifelse(people$valid, as.numeric(people$q1 >= 4), NA)
people$mean <- ifelse(people$valid, people$q1, NA)
people$unsure <- ifelse(people$q1 >= 0, as.numeric(people$q1 == 0), NA)
items <- as.matrix(people[, c("q1", "q2", "q3")]); items[items < 1] <- NA
people$index <- ifelse(rowSums(!is.na(items)) >= 2, 25 * (rowMeans(items, na.rm = TRUE) - 1), NA)
measures <- c("positive", "mean", "unsure", "index")

describe <- function(case, design, domain, m, wave, group, clustered = FALSE) {
  for (v in measures) {
    d <- design[domain & !is.na(design$variables[[v]]), ]
    if (sum(weights(d) > 0) < 2) next
    # (a calibrated design keeps those outside the domain, with weight 0; missing would spread)
    d$variables[[v]][is.na(d$variables[[v]])] <- 0
    f <- as.formula(paste0("~", v))
    mean <- svymean(f, d)
    # rows with zero weight are those outside the domain, which a calibrated design keeps
    df <- sum(weights(d) > 0) - length(unique(d$variables$stratum[weights(d) > 0]))
    if (clustered) df <- degf(d)
    ci <- c(NA, NA)
    if (v %in% c("mean", "index") && SE(mean) > 1e-12) {  # as svyciprop(method = "logit"), to the last digit
      ends <- if (v == "mean") c(1, 5) else c(0, 100)
      d$variables$place <- (d$variables[[v]] - ends[1]) / diff(ends)
      d$variables$place[weights(d) == 0] <- .5
      fit <- svyglm(place ~ 1, d, family = quasibinomial, control = glm.control(epsilon = 1e-13, maxit = 100))
      ci <- ends[1] + diff(ends) * plogis(confint(fit, method = "Wald", ddf = df))
    }
    if (v %in% c("positive", "unsure")) {
      if (coef(mean) %in% c(0, 1)) ci <- c(NA, NA)
      else if (all(weights(d) > 0)) ci <- attr(svyciprop(f, d, method = "beta"), "ci")
      else ci <- c(NA, NA)
    }
    say(case, m, wave, group, v, coef(mean), SE(mean), ci[1], ci[2], df, n = sum(weights(d) > 0))
  }
}
domains <- function(case, design, which, clustered = FALSE) {
  vars <- design$variables
  for (t in 1:4) {
    describe(case, design, vars$wave == t & vars$m %in% which, "000", t, "", clustered)
    for (m in which) {
      describe(case, design, vars$wave == t & vars$m == m, m, t, "", clustered)
      for (g in c("p", "q", "r")) describe(case, design, vars$wave == t & vars$m == m & vars$g == g, m, t, g, clustered)
    }
  }
}

# ---- estimates: stratum = municipality x wave --------------------------------------------------------
plain <- svydesign(id = ~1, strata = ~stratum, weights = ~w, data = people)
domains("estimate", plain, names(sizes))

three <- people[people$m %in% big, ]
three$cell <- paste(three$stratum, three$g, three$h)
three$sg <- paste(three$stratum, three$g)
three$sh <- paste(three$stratum, three$h)
cells$stratum <- paste(cells$m, cells$wave)
cells$cell <- paste(cells$stratum, cells$g, cells$h)
cells$sg <- paste(cells$stratum, cells$g)
cells$sh <- paste(cells$stratum, cells$h)
known <- function(key) { t <- aggregate(cells$count, cells[key], sum); names(t)[2] <- "Freq"; t }
# (g alone is the margin: every g x stratum has at least five respondents, see the collapse rule)
base <- svydesign(id = ~1, strata = ~stratum, weights = ~w, data = three)
post <- postStratify(base, ~sg, known("sg"))
# one raking problem per stratum: stacked, their margins are one block-diagonal system
rake <- function(design) {
  mm <- cbind(model.matrix(~sg - 1, design$variables), model.matrix(~sh - 1, design$variables))
  total <- c(setNames(known("sg")$Freq, paste0("sg", known("sg")$sg)), setNames(known("sh")$Freq, paste0("sh", known("sh")$sh)))
  calibrate(design, ~sg + sh - 1, population = total[colnames(model.matrix(~sg + sh - 1, design$variables))],
            calfun = "raking", epsilon = 1e-12, maxit = 200)
}
# (scaled to each stratum's total first: raking does not depend on it, its convergence does)
totals <- aggregate(cells$count, cells["stratum"], sum)
three$scaled <- three$w * totals$x[match(three$stratum, totals$stratum)] / ave(three$w, three$stratum, FUN = sum)
raked <- rake(svydesign(id = ~1, strata = ~stratum, weights = ~scaled, data = three))
domains("poststratified", post, big)
domains("raked", raked, big)
write.csv(data.frame(id = three$id_none, poststratified = format(weights(post), digits = 17), raked = format(weights(raked), digits = 17)),
          file.path(here, "weights.csv"), row.names = FALSE, quote = FALSE)

# ---- a random sample of so many: finite population correction by municipality and wave ------------------
drawn <- people[people$m %in% c("a", "b", "c", "d"), ]
drawn$total <- ceiling(c(a = 130, b = 1500, c = 60.5, d = 12)[drawn$m] * (1 + drawn$wave / 10))
finite <- svydesign(id = ~1, strata = ~stratum, weights = ~w, fpc = ~total, data = drawn)
domains("finite", finite, c("a", "b", "c", "d"))
for (m in c("000", big)) for (v in measures) {
  inside <- (m == "000" | drawn$m == m) & drawn$wave < 3 & !is.na(drawn[[v]])
  by <- svyby(as.formula(paste0("~", v)), ~wave, finite[inside, ], svymean, covmat = TRUE)
  found <- svycontrast(by, c(.5, .5))
  say("finite_window", m, "12", "", v, coef(found), SE(found), n = sum(inside))
}
write.csv(unique(drawn[c("m", "wave", "total")]), file.path(here, "totals.csv"), row.names = FALSE, quote = FALSE)

# ---- clusters and strata of the sample's own -----------------------------------------------------------
some <- people[people$m %in% big, ]
some$parts <- paste(some$stratum, some$part)
domains("clusters", svydesign(id = ~team, strata = ~stratum, weights = ~w, data = some, nest = TRUE), big, TRUE)
domains("parts", svydesign(id = ~1, strata = ~parts, weights = ~w, data = some), big, TRUE)
domains("clusters_in_parts", svydesign(id = ~team, strata = ~parts, weights = ~w, data = some, nest = TRUE), big, TRUE)
for (m in c("000", big)) {
  teams <- svydesign(id = ~team, strata = ~stratum, weights = ~w, data = some, nest = TRUE)
  d <- teams[(m == "000" | some$m == m) & some$wave == 4 & some$valid, ]
  test <- svychisq(~positive + g, d, statistic = "F")
  say("rao_scott_clusters", m, 4, "", "positive", test$statistic, df = test$parameter[1], p = test$p.value)
}

# ---- replicate weights: the 27 teams left out in turn -------------------------------------------------
left_out <- sapply(sort(unique(some$team)), function(team) some$w * ifelse(some$team == team, 0, 27 / 26))
replicates <- function(type, ...) svrepdesign(repweights = left_out, weights = some$w, data = some, type = type,
                                              combined.weights = TRUE, mse = TRUE, ...)
jk1 <- replicates("JK1")
for (t in 1:4) for (m in c("000", big)) for (g in c("", "p", "q", "r")) for (v in measures) {
  d <- jk1[(m == "000" | some$m == m) & some$wave == t & (g == "" | some$g == g) & !is.na(some[[v]]), ]
  found <- svymean(as.formula(paste0("~", v)), d)
  ci <- c(NA, NA)
  if (v %in% c("positive", "unsure") && !(coef(found) %in% c(0, 1))) ci <- attr(svyciprop(as.formula(paste0("~", v)), d, method = "beta"), "ci")
  say("replicates", m, t, g, v, coef(found), SE(found), ci[1], ci[2], degf(d), n = nrow(d))
}
for (k in names(contrasts_used <- list("1>2" = c(-1, 1, 0, 0), "12>34" = c(-.5, -.5, .5, .5)))) for (m in c("000", big)) for (v in measures) {
  c <- contrasts_used[[k]]
  d <- jk1[(m == "000" | some$m == m) & some$wave %in% which(c != 0) & !is.na(some[[v]]), ]
  found <- svycontrast(svyby(as.formula(paste0("~", v)), ~wave, d, svymean, covmat = TRUE), c[c != 0])
  say("change_replicates", m, k, "", v, coef(found), SE(found))
}
for (type in c("BRR", "Fay", "bootstrap")) {
  d <- if (type == "Fay") replicates(type, rho = .3) else replicates(type)
  d <- d[some$wave == 4 & some$valid, ]
  say(paste0("scale_", type), "000", 4, "", "positive", coef(svymean(~positive, d)), SE(svymean(~positive, d)))
}

# ---- changes: id = respondent, strata = municipality -------------------------------------------------
contrasts <- list("1>2" = c(-1, 1, 0, 0), "2>3" = c(0, -1, 1, 0), "12>34" = c(-.5, -.5, .5, .5))
changes <- function(case, data, id, calibration = NULL, which = names(sizes)) {
  for (k in names(contrasts)) {
    c <- contrasts[[k]]
    used <- data[data$wave %in% which(c != 0), ]
    design <- svydesign(id = as.formula(paste0("~", id)), strata = ~m, weights = ~w, data = used, nest = TRUE)
    if (!is.null(calibration)) design <- calibration(design)
    one <- function(m, g) {
      for (v in measures) {
        vars <- design$variables
        inside <- (m == "000" | vars$m == m) & (g == "" | vars$g == g) & !is.na(vars[[v]])
        present <- table(factor(vars$wave[inside], which(c != 0)))
        if (min(present) < 2) next
        if (is.null(calibration)) {
          by <- svyby(as.formula(paste0("~", v)), ~wave, design[inside, ], svymean, covmat = TRUE)
          found <- svycontrast(by, c[c != 0])
        } else {
          # ratios of totals over everybody, as svyby cannot give covariances of a calibrated subset
          d <- design
          for (t in which(c != 0)) {
            d$variables[[paste0("n", t)]] <- as.numeric(inside & vars$wave == t)
            d$variables[[paste0("y", t)]] <- ifelse(inside & vars$wave == t, vars[[v]], 0)
          }
          totals <- svytotal(as.formula(paste0("~", paste0("n", which(c != 0), "+y", which(c != 0), collapse = "+"))), d)
          terms <- paste0("(", c[c != 0], ")*y", which(c != 0), "/n", which(c != 0), collapse = "+")
          found <- svycontrast(totals, parse(text = terms)[[1]])
        }
        say(case, m, k, g, v, coef(found), SE(found), n = sum(inside))
      }
    }
    one("000", "")
    for (m in which) { one(m, ""); if (sizes[[m]] > 10) for (g in c("p", "q", "r")) one(m, g) }
  }
}
changes("change_clusters", people[people$m %in% big, ], "team", which = big)
several <- people[people$m %in% c("a", "b", "c", "x"), ]
for (id in c("id_none", "id_half", "id_full")) changes(paste0("change_", id), several, id, which = c("a", "b", "c", "x"))
changes("change_poststratified", three, "id_half", function(d) postStratify(d, ~sg, known("sg")[known("sg")$sg %in% d$variables$sg, ]), which = big)

# ---- mix and rates (Kitagawa) by the delta method on totals ------------------------------------------
split <- function(m, k) {
  c <- contrasts[[k]]; before <- which(c < 0); after <- which(c > 0)
  used <- three[three$m == m & three$wave %in% c(before, after), ]
  groups <- c("p", "q", "r")
  names <- c()
  for (t in c(before, after)) for (g in groups) {
    inside <- used$valid & used$wave == t & used$g == g
    used[[paste0("n", t, g)]] <- as.numeric(inside)
    used[[paste0("y", t, g)]] <- ifelse(inside, used$positive, 0)
    names <- c(names, paste0(c("n", "y"), t, g))
  }
  design <- svydesign(id = ~id_half, strata = ~m, weights = ~w, data = used)
  totals <- svytotal(as.formula(paste0("~", paste(names, collapse = "+"))), design)
  all <- function(t) paste0("(", paste0("n", t, groups, collapse = "+"), ")")
  mean <- function(letter, window, g) paste0("((", paste0(letter, window, g, "/", sapply(window, all), collapse = "+"), ")/", length(window), ")")
  B0 <- sapply(groups, mean, letter = "n", window = before); B1 <- sapply(groups, mean, letter = "n", window = after)
  A0 <- sapply(groups, mean, letter = "y", window = before); A1 <- sapply(groups, mean, letter = "y", window = after)
  rates <- paste0("((", B0, "+", B1, ")/2*(", A1, "/", B1, "-", A0, "/", B0, "))", collapse = "+")
  mix <- paste0("((", A1, "/", B1, "+", A0, "/", B0, ")/2*(", B1, "-", B0, "))", collapse = "+")
  for (part in c("rates", "mix")) {
    found <- svycontrast(totals, parse(text = get(part))[[1]])
    say(part, m, k, "", "positive", coef(found), SE(found))
  }
}
for (m in big) for (k in names(contrasts)) split(m, k)

# ---- tests, correlations, regression: the latest wave ------------------------------------------------
last <- people$wave == 4
for (m in c("000", big)) {
  here_ <- last & people$m %in% big & (m == "000" | people$m == m)
  d <- plain[here_ & people$valid, ]
  d$variables$yes <- factor(d$variables$positive)
  test <- svychisq(~yes + g, d, statistic = "F")
  say("rao_scott", m, 4, "", "positive", test$statistic, df = test$parameter[[1]], p = test$p.value, n = nrow(d))
  d <- plain[here_ & !is.na(people$index), ]
  by <- svyby(~index, ~g, d, svymean, covmat = TRUE)
  C <- rbind(c(-1, 1, 0), c(-1, 0, 1))
  W <- t(C %*% coef(by)) %*% solve(C %*% vcov(by) %*% t(C)) %*% (C %*% coef(by))
  df <- degf(d); k <- 2
  F <- W * (df - k + 1) / (df * k)
  say("wald", m, 4, "", "index", F, df = df - k + 1, p = pf(F, k, df - k + 1, lower.tail = FALSE), n = nrow(d))
  d <- plain[here_ & rowSums(!is.na(items)) == 3, ]
  v <- d$variables
  for (q in c("q2", "q3")) {
    d$variables$x <- 25 * (v[[q]] - 1); d$variables$y <- 25 * (v$q1 - 1)
    d <- update(d, xx = x * x, yy = y * y, xy = x * y)
    r <- svycontrast(svymean(~x + y + xx + yy + xy, d), quote((xy - x * y) / sqrt((xx - x^2) * (yy - y^2))))
    say("correlation", m, 4, "", q, coef(r), SE(r), n = nrow(d))
  }
  d <- update(d, y = 25 * (q1 - 1), x2 = 25 * (q2 - 1), x3 = 25 * (q3 - 1))
  fit <- svyglm(y ~ x2 + x3, d)
  ci <- confint(fit, ddf = fit$df.residual)
  for (i in 2:3) say("regression", m, 4, "", c("", "q2", "q3")[i], coef(fit)[i], SE(fit)[i], ci[i, 1], ci[i, 2], fit$df.residual, n = nrow(d))
}

# ---- direct standardisation on g to the mix of all (latest wave) --------------------------------------
d <- plain[last & people$m %in% big & people$valid, ]
mix <- coef(svymean(~g, d))
for (m in big) {
  by <- svyby(~positive, ~g, d[d$variables$m == m, ], svymean, covmat = TRUE)
  found <- svycontrast(by, as.numeric(mix))
  say("standardised", m, 4, "", "positive", coef(found), SE(found))
}

# ---- 0 and 100 per cent, reliability -----------------------------------------------------------------
for (size in c(1, 2, 5, 20, 200)) for (yes in c(0, size)) {
  ci <- binom.test(yes, size)$conf.int
  say("binomial", group = yes, estimate = yes / size, low = ci[1], high = ci[2], n = size)
}
complete <- items[rowSums(!is.na(items)) == 3, ]
alpha <- function(x) ncol(x) / (ncol(x) - 1) * (1 - sum(apply(x, 2, var)) / var(rowSums(x)))
say("alpha", estimate = alpha(complete), n = nrow(complete))
for (i in 1:3) say("alpha_without_item", measure = paste0("q", i), estimate = alpha(complete[, -i]))
fit <- factanal(complete, 1, control = list(opt = list(factr = 10)))
say("omega", estimate = sum(fit$loadings)^2 / (sum(fit$loadings)^2 + sum(fit$uniquenesses)), n = nrow(complete))

table <- do.call(rbind, results)
for (column in c("estimate", "se", "low", "high", "df", "p")) table[[column]] <- ifelse(is.na(table[[column]]), "", sprintf("%.17g", table[[column]]))
write.csv(table, file.path(here, "reference.csv"), row.names = FALSE, quote = FALSE, na = "")
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), file.path(here, "versions.txt"))
