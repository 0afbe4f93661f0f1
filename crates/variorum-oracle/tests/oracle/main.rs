//! The oracle against closed forms, published values and independent recursions, on programs built by hand.

#[cfg(test)]
mod build;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod choices;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod form;
#[cfg(test)]
mod games;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod observed;
#[cfg(test)]
mod projection;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod together;
#[cfg(test)]
mod windows;
